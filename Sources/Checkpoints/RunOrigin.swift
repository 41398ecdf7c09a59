public import ModelFiles

/// The file from which a run started, if it differs from the file to which the run is saved.
///
/// See ``RunChange`` for an example.
public struct RunOrigin: Equatable, Sendable {
  /// The absolute path of the file at the start of the run.
  public var path: String

  /// The contents of the file.
  public var content: Content

  /// The identity of a file's contents.
  public enum Content: Equatable, Sendable {
    /// Another run: its ID and its number of completed steps.
    case run(id: String, step: Int)

    /// Weights without a run: the SHA-256 of the file, in hexadecimal.
    case weights(sha256: String)
  }

  /// Records the origin of a run.
  ///
  /// - Parameters:
  ///   - path: The absolute path of the file.
  ///   - content: The contents of the file.
  public init(path: String, content: Content) {
    self.path = path
    self.content = content
  }

  /// Whether a file is the one from which the run started, possibly trained further since then.
  ///
  /// - Parameter file: The path and current contents of the file.
  /// - Returns: Whether the file is the origin.
  public func isOrigin(of file: RunOrigin) -> Bool {
    guard case .run(let id, let step) = content, case .run(id, let now) = file.content else {
      return content == file.content
    }
    return now == step || now > step && path == file.path
  }
}

extension CheckpointFile {
  /// The identity of the file's contents.
  ///
  /// - Parameter state: The training state in the file, if any.
  /// - Returns: The run and its step, or the digest of the file.
  /// - Throws: ``CheckpointError`` if the file cannot be read.
  public func origin(of state: TrainingState?) throws(CheckpointError) -> RunOrigin.Content {
    if let state, !state.runID.isEmpty { return .run(id: state.runID, step: state.globalStep) }
    return .weights(sha256: try sha256())
  }
}
