import Crypto
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

  /// The digests of tensors: of type and shape, as in `float32 3x3x1x32`, a line feed, and the elements.
  ///
  /// Unlike the seal they are part of the HDF5 file, and remain right when it is packed anew.
  struct Digests {
    /// The path of each tensor, what its digest begins with, and its bytes in the file.
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
    fillDigests()
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
    fillDigests()
    let step = step
    return try unsafe file.withUnsafeBytes { payload throws(Failure) in
      let trailer = unsafe Seal(of: payload, step: step).trailer
      return try unsafe trailer.span.bytes.withUnsafeBytes { trailer throws(Failure) in
        try unsafe body([payload, trailer])
      }
    }
  }

  /// Writes the digests of the tensors into the file.
  private mutating func fillDigests() {
    guard let digests else { return }
    unsafe file.withUnsafeMutableBytes { bytes in
      var place = digests.offset
      for tensor in digests.tensors {
        var hash = SHA256()
        hash.update(data: Array("\(tensor.heading)\n".utf8))
        unsafe hash.update(
          bufferPointer: UnsafeRawBufferPointer(rebasing: bytes[tensor.range]))
        for byte in hash.finalize() {
          unsafe bytes[place] = byte
          place += 1
        }
      }
    }
  }
}
