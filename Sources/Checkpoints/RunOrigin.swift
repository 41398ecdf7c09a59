/// The file that a run began with, if it began in another file than it is saved to.
public struct RunOrigin: Equatable, Sendable {
  /// The absolute path of the file when the run began.
  public var path: String

  /// What the file held.
  public var content: Content

  /// What tells a file from every other one.
  public enum Content: Equatable, Sendable {
    /// Another run, by its ID, and how many of its steps were done.
    case run(id: String, step: Int)

    /// Weights without a run, by the SHA-256 of the file in hexadecimal.
    case weights(sha256: String)
  }

  /// Records where a run came from.
  ///
  /// - Parameters:
  ///   - path: The absolute path of the file.
  ///   - content: What the file held.
  public init(path: String, content: Content) {
    self.path = path
    self.content = content
  }

  /// Whether a file that is looked at now is the one that the run began with, perhaps trained further
  /// since.
  ///
  /// - Parameter file: What tells the file from others.
  /// - Returns: Whether it is.
  public func isOrigin(of file: RunOrigin) -> Bool {
    guard case .run(let id, let step) = content, case .run(id, let now) = file.content else {
      return content == file.content
    }
    return now == step || now > step && path == file.path
  }
}

extension CheckpointFile {
  /// What tells the file from every other one.
  ///
  /// - Parameter state: The state of the run that it holds, if it holds one.
  /// - Returns: The run and its step, or the digest of the file.
  /// - Throws: ``CheckpointError`` if the file cannot be read.
  public func origin(of state: TrainingState?) throws(CheckpointError) -> RunOrigin.Content {
    if let state, !state.runID.isEmpty { return .run(id: state.runID, step: state.globalStep) }
    return .weights(sha256: try sha256())
  }
}
