package import CheckpointStore
import Files
import HDF5
package import NeuralNetwork

/// A form of files that contain models or their weights, and how it is recognized and read.
///
/// To add a form, implement this protocol in a file of its own and add it to `readableFormats`.
protocol ModelFormat: SendableMetatype {
  /// Opens a file of this form.
  ///
  /// - Parameters:
  ///   - file: The file.
  ///   - head: Its first bytes.
  ///   - path: Its path.
  ///   - limits: The limits on reading.
  ///   - ignoresSeal: Whether bytes are read without verifying them against the seal.
  /// - Returns: The open container; `nil` if the file does not have this form, judged by its
  ///   content and never by its name.
  /// - Throws: ``CheckpointError`` if it has this form, but cannot be read.
  static func open(
    _ file: DiskFile, head: [UInt8], named path: String, limits: Limits, ignoresSeal: Bool
  ) throws(CheckpointError) -> Container?
}

/// All forms that can be read.
///
/// The last one accepts every file, and reports those that are not HDF5.
let readableFormats: [any ModelFormat.Type] = [
  KerasArchive.self, ShardedWeights.self, CheckpointFormat.self,
]

/// A form in which models can be written.
package protocol WritableModelFormat: SendableMetatype {
  /// The dialect of the model config in this form.
  static var dialect: KerasDialect { get }

  /// Describes what is lost in this form, or computed differently by its readers.
  static func losses(of contents: ModelContents) -> [String]

  /// Makes the HDF5 file that holds the model, in memory.
  ///
  /// - Parameter contents: The model, whose values are read when they are needed.
  /// - Returns: The file, without its seal.
  /// - Throws: ``CheckpointError`` if the form cannot hold the model, a value cannot be read, or
  ///   memory runs out.
  static func image(of contents: ModelContents) throws(CheckpointError) -> CheckpointImage

  /// Writes the file; by default the HDF5 file with its seal.
  ///
  /// - Parameters:
  ///   - image: The HDF5 file that holds the model.
  ///   - contents: The model.
  ///   - store: The store of the file.
  /// - Returns: The size of the file in bytes.
  /// - Throws: ``CheckpointError`` if the file cannot be written; the file at the path is then
  ///   unchanged, unless the error is ``StoreError/unconfirmed(path:reason:)``.
  static func save(
    _ image: consuming CheckpointImage, of contents: ModelContents, to store: CheckpointStore
  ) throws(CheckpointError) -> Int
}

extension WritableModelFormat {
  package static func save(
    _ image: consuming CheckpointImage, of contents: ModelContents, to store: CheckpointStore
  ) throws(CheckpointError) -> Int { try store.write(image) }

  /// Writes a model.
  ///
  /// - Parameters:
  ///   - contents: The model, whose values are read when they are needed.
  ///   - store: The store of the file.
  ///   - check: Is called when all values have been read, and before anything is written; throws if
  ///     the values must not be written.
  /// - Returns: The size of the file in bytes.
  /// - Throws: ``CheckpointError`` if a value cannot be read, or the error of `check`, or if the
  ///   file cannot be written; the file at the path is then unchanged, unless the error is
  ///   ``StoreError/unconfirmed(path:reason:)``.
  package static func write(
    _ contents: ModelContents, to store: CheckpointStore,
    after check: () throws(CheckpointError) -> Void
  ) throws(CheckpointError) -> Int {
    let image = try image(of: contents)
    try check()
    return try save(image, of: contents, to: store)
  }
}
