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
  KerasArchive.self, ShardedWeights.self, SafetensorsFormat.self, CheckpointFormat.self,
]

/// A form in which models can be written.
///
/// To add a form, implement this protocol in a file of its own and add a case to
/// ``ModelFileFormat``.
package protocol WritableModelFormat: SendableMetatype {
  /// The dialect of the model config in this form, that of `.keras` archives by default; `nil` if
  /// the form has none.
  static var dialect: KerasDialect? { get }

  /// Whether the form holds the state of the optimizer.
  static var holdsOptimizer: Bool { get }

  /// Describes what is lost in this form, or computed differently by its readers.
  static func losses(of contents: ModelContents) -> [String]

  /// Makes the file, in memory.
  ///
  /// - Parameter contents: The model, whose values are read when they are needed.
  /// - Returns: The complete file.
  /// - Throws: ``CheckpointError`` if the form cannot hold the model, a value cannot be read, or
  ///   memory runs out.
  static func encode(_ contents: ModelContents) throws(CheckpointError) -> EncodedModel

  /// Makes the source code that uses the file, in the language of its readers.
  ///
  /// - Parameter contents: The model.
  /// - Returns: The source code; `nil` if the readers need none.
  /// - Throws: ``CheckpointError`` if the form cannot hold the model.
  static func source(for contents: ModelContents) throws(CheckpointError) -> String?
}

extension WritableModelFormat {
  package static var dialect: KerasDialect? { .archive }

  package static var holdsOptimizer: Bool { true }

  package static func source(for contents: ModelContents) throws(CheckpointError) -> String? { nil }
}
