import HDF5
import Tensors

/// A checkpoint in memory, as the bytes of the file that it becomes.
struct CheckpointImage: ~Copyable {
  /// The file, without its seal.
  var file: FileImage

  /// The step of the run that it is the state of, if it is of a run.
  let step: Int?

  /// Where the digests of the tensors go, if they get some.
  let digests: Digests?

  /// The digests of tensors that are part of the HDF5 file: see ``ContentDigest``.
  struct Digests {
    /// The path of each tensor, its type and shape, as in `float32 3x3x1x32`, and its bytes in the file.
    let tensors: [(path: String, heading: String, range: Range<Int>)]

    /// Where the digests go in the file, one after another.
    let offset: Int
  }

  init(file: consuming FileImage, step: Int?, digests: Digests? = nil) {
    self.file = file
    self.step = step
    self.digests = digests
  }

  /// Gives away the memory, for another checkpoint.
  consuming func takeFile() -> FileImage { file }

  /// The complete file, without a seal.
  consuming func finished() -> FileImage {
    _ = seal()
    return file
  }

  /// The path of the first tensor that holds NaN or an infinity.
  var notFinite: String? {
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

  /// Computes all digests, and calls `body` with the bytes of the whole file.
  ///
  /// The digests of the tensors are written into the file, and then the file is sealed. It takes most of
  /// the time that a save takes, and nobody has to wait for it.
  ///
  /// - Parameter body: What to do with the bytes, in parts that follow each other; they are valid only
  ///   while it runs.
  /// - Returns: What `body` returns.
  /// - Throws: What `body` throws.
  mutating func withSealedBytes<Result, Failure: Error>(
    _ body: ([UnsafeRawBufferPointer]) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let trailer = seal().trailer
    return try unsafe file.withUnsafeBytes { payload throws(Failure) in
      try unsafe trailer.span.bytes.withUnsafeBytes { trailer throws(Failure) in
        try unsafe body([payload, trailer])
      }
    }
  }

  /// Makes the seal, and writes the digests of the tensors into the file.
  ///
  /// The large tensors begin where pieces of the seal begin, so no byte of theirs is digested twice.
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
