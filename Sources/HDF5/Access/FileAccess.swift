/// The reader of an open file: libhdf5 in this process, or in a sandboxed one.
protocol FileAccess: Sendable {
  /// The objects that are known already.
  var outline: Outline? { get }

  /// Asks a question.
  func ask<Q: Question>(_ question: Q) throws(HDF5Error) -> Q.Answer

  /// Fills a buffer with elements.
  func read(
    _ elements: ElementsQuestion, into buffer: UnsafeMutableRawBufferPointer
  ) throws(HDF5Error)

  /// Closes an object.
  func close(_ number: Int)
}
