package import CheckpointStore
import Files
import Glibc
import HDF5
package import ModelFiles

/// The current contents of an output path.
///
/// ```swift
/// let path = "\(folder)/ckpt.h5"
/// switch Occupant(at: path) {
/// case nil: print("free")
/// case .run(let id, let step): print("run \(id) at step \(step)")
/// case .weights(let runID): print("weights of run \(runID)")
/// case .other: print("a file that is no checkpoint")
/// }
/// ```
public enum Occupant: Equatable, Sendable {
  /// A checkpoint of a run; `id` is empty if the file does not contain the run's ID.
  case run(id: String, step: Int)

  /// Weights exported by a run.
  case weights(runID: String)

  /// Anything else, including damaged checkpoints.
  case other

  /// Examines a path; `nil` if it does not exist or is an empty file.
  ///
  /// - Parameter path: The path.
  public init?(at path: String) {
    var status = stat()
    guard unsafe lstat(path, &status) == 0 else { return nil }
    if unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size == 0 {
      return nil
    }
    do throws(CheckpointError) {
      let file = try CheckpointFile(opening: path)
      if let state = try file.trainingState() {
        self = .run(id: state.runID, step: state.globalStep)
        return
      }
      let attribute = try file.attribute(KerasLayout.runID)
      if case .string(let runID)? = attribute {
        self = .weights(runID: runID)
      } else {
        self = .other
      }
    } catch {
      self = .other
    }
  }

  /// The ID of the run that wrote the file; `nil` if it is unknown.
  public var runID: String? {
    switch self {
    case .run(let id, _), .weights(let id): id.isEmpty ? nil : id
    case .other: nil
    }
  }
}

extension Occupant: CustomStringConvertible {
  /// The contents, as the end of a sentence about the path.
  public var description: String {
    switch self {
    case .run(_, let step): "holds a run of training, at step \(step)"
    case .weights: "holds the weights that a run of training exported"
    case .other: "exists"
    }
  }
}

extension Occupant {
  /// The sentence that refuses to create a file.
  ///
  /// - Parameters:
  ///   - path: The path of the file to create.
  ///   - file: The path of the file that must not be replaced: the same one, or one with a name
  ///     derived from it.
  /// - Returns: The sentence, without a full stop.
  package func refusal(of path: String, occupiedBy file: String) -> String {
    path == file
      ? "Cannot create '\(path)': it \(self)"
      : "Cannot create '\(path)': '\(file)' beside it \(self)"
  }
}

extension CheckpointStore {
  /// The numbered checkpoints beside the path and their contents, sorted by name.
  package func numbered() throws(CheckpointError) -> [(path: String, occupant: Occupant)] {
    try converting { () throws(StoreError) in try numberedPaths() }
      .compactMap { path in Occupant(at: path).map { (path, $0) } }
  }
}
