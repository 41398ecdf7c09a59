/// The reason why a sandboxed process gave no answer.
package enum SandboxError: Error, Equatable, Sendable {
  /// The process could not be started; with the system's message.
  case notStarted(String)
  /// A signal ended the process; with its number.
  case crashed(signal: Int32)
  /// The process ended by itself, with an exit status.
  case exited(status: Int32)
  /// The process was ended because it used more processor time than it may.
  case tooSlow(seconds: Double)
  /// The answer of the process makes no sense.
  case malformed
}

extension SandboxError: CustomStringConvertible {
  /// The reason as a phrase, for the end of a sentence.
  package var description: String {
    switch self {
    case .notStarted(let reason): "the process that reads files could not be started: \(reason)"
    case .crashed(signal: 9), .crashed(signal: 24):
      "the process that read it was ended by the system"
    case .crashed(signal: 31): "the process that read it did what it is not allowed to do"
    case .crashed(let signal): "the process that read it crashed (signal \(signal))"
    case .exited(let status): "the process that read it ended with status \(status)"
    case .tooSlow(let seconds):
      "the process that read it did not finish in \(Int(seconds.rounded(.up))) s"
    case .malformed: "the process that read it answered nonsense"
    }
  }
}
