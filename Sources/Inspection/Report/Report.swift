public import CheckpointStore
public import Checkpoints
public import ModelFiles

/// A report about the content of a file, which does not need the model's code.
///
/// Creating a report reads names, shapes, attributes and a few scalars, but not the values of the
/// model.
///
/// ```swift
/// let report = try Inspector(opening: path).report
/// print(report.kind, report.size)  // Cairn checkpoint (format 1), and its bytes
/// print("resumable: \(report.resumability)")
/// for problem in report.problems { print(problem) }
/// ```
public struct Report: Sendable {
  /// The path of the file.
  public let path: String

  /// The size of the file in bytes.
  public let size: Int

  /// The kind of the file.
  public let kind: FileKind

  /// How the contents are packed; only HDF5 files can have a seal.
  public let format: CheckpointFile.Format

  /// The state of the seal; the sealed bytes are verified when they are read.
  public let seal: SealState

  /// The version of Keras that the file names, which determines its layout.
  public let kerasVersion: String?

  /// The model, if the file contains one.
  public let model: ModelReport?

  /// The optimizer, if the file contains its state.
  public let optimizer: OptimizerReport?

  /// The training state, if the file contains one that can be read.
  public let training: TrainingState?

  /// The course of the learning rate, if the file contains the state of a run.
  public let schedule: ScheduleReport?

  /// The preparation of pictures and the names of the classes, if the file contains them.
  public let pictures: PictureConfig?

  /// The parts that cannot be read, each in one sentence.
  public let problems: [String]

  /// Whether a run can be resumed from the file.
  public let resumability: Resumability
}
