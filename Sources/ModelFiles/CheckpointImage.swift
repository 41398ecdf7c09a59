import CheckpointStore
package import HDF5
import Tensors

/// The image of a checkpoint in memory: the bytes of its future file.
package struct CheckpointImage: ~Copyable {
  /// The file, without its seal.
  package var file: FileImage

  /// The global step of the run, if the checkpoint is that of a run.
  package let step: Int?

  /// The position of the digests of the tensors, if there are any.
  package let digests: Digests?

  /// The digests of tensors that are stored in the HDF5 file; see ``ContentDigest``.
  package struct Digests {
    /// The path of each tensor, its type and shape, as in `float32 3x3x1x32`, and its bytes in the
    /// file.
    package let tensors: [(path: String, heading: String, range: Range<Int>)]

    /// The offset of the consecutive digests in the file.
    package let offset: Int
  }

  package init(file: consuming FileImage, step: Int?, digests: Digests? = nil) {
    self.file = file
    self.step = step
    self.digests = digests
  }

  /// Returns the memory, to be reused for another checkpoint.
  package consuming func takeFile() -> FileImage { file }

  /// The complete file, without a seal.
  package consuming func finished() -> FileImage {
    _ = seal()
    return file
  }

  /// The path of the first tensor that contains NaN or infinity.
  package var notFinite: String? {
    guard let digests else { return nil }
    return unsafe file.withUnsafeBytes { bytes in
      digests.tensors.first { tensor in
        guard tensor.heading.hasPrefix("float32 ") else { return false }
        let elements = unsafe UnsafeRawBufferPointer(rebasing: bytes[tensor.range])
          .assumingMemoryBound(to: Float.self)
        guard let start = elements.baseAddress else { return false }
        return unsafe holdsNonFinite(start, elements.count)
      }?.path
    }
  }

  /// Computes all digests and calls `body` with the bytes of the complete file.
  ///
  /// The digests of the tensors are written into the file, and then the file is sealed. This can
  /// run on a background thread.
  ///
  /// - Parameter body: Receives the bytes in consecutive parts, which are valid only during the
  ///   call.
  /// - Returns: The result of `body`.
  /// - Throws: The error of `body`.
  package mutating func withSealedBytes<Result, Failure: Error>(
    _ body: ([UnsafeRawBufferPointer]) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let trailer = seal().trailer
    return try unsafe file.withUnsafeBytes { payload throws(Failure) in
      try unsafe trailer.span.bytes.withUnsafeBytes { trailer throws(Failure) in
        try unsafe body([payload, trailer])
      }
    }
  }

  /// Creates the seal and writes the digests of the tensors into the file.
  ///
  /// Large tensors start at the boundaries of pieces of the seal, so that none of their bytes is
  /// digested twice.
  private mutating func seal() -> Seal {
    let (step, digests) = (step, digests)
    return unsafe file.withUnsafeMutableBytes { bytes in
      var seal = unsafe Seal(of: UnsafeRawBufferPointer(bytes), step: step)
      guard let digests else { return seal }
      var place = digests.offset
      for tensor in digests.tensors {
        var digest = ContentDigest(heading: tensor.heading)
        unsafe digest.add(tensor.range, of: UnsafeRawBufferPointer(bytes), seal)
        for byte in digest.bytes {
          unsafe bytes[place] = byte
          place += 1
        }
      }
      unsafe seal.update(digests.offset..<place, of: UnsafeRawBufferPointer(bytes))
      return seal
    }
  }
}
