/// The reason why one process of a job cannot continue, as all of them learn it.
///
/// See ``RankError`` for an example.
public struct RankFailure: Error, Equatable, Sendable {
  /// The number of the process; `nil` if all processes have failed for the same reason.
  public var rank: Int?

  /// The name of its machine.
  public var host: String

  /// The exit status with which all processes end.
  public var status: Int32

  /// One sentence without a full stop; empty for an end without a message.
  public var message: String

  /// Advice for the user.
  public var hint: String?

  /// Creates a failure of this process.
  ///
  /// - Parameters:
  ///   - message: One sentence without a full stop; empty for an end without a message.
  ///   - hint: Advice for the user.
  ///   - status: The exit status with which all processes end.
  public init(_ message: String, hint: String? = nil, status: Int32) {
    (self.message, self.hint, self.status) = (message, hint, status)
    host = ""
  }

  /// The failure as bytes.
  var bytes: [UInt8] {
    let fields = ["\(status)", host, message, hint.map { "+\($0)" } ?? ""]
    return Array(fields.map { $0.replacing("\0", with: "") }.joined(separator: "\0").utf8)
  }

  /// Reads a failure.
  ///
  /// - Parameters:
  ///   - bytes: The bytes of a failure.
  ///   - rank: The process that failed.
  init(_ bytes: [UInt8], rank: Int) {
    let fields = String(decoding: bytes, as: UTF8.self)
      .split(separator: "\0", omittingEmptySubsequences: false).map(String.init)
    self.init(
      fields.count > 2 ? fields[2] : "",
      hint: fields.count > 3 && !fields[3].isEmpty ? String(fields[3].dropFirst()) : nil,
      status: fields.first.flatMap { Int32($0) } ?? 1)
    host = fields.count > 1 ? fields[1] : ""
    self.rank = rank
  }

  /// The failure that a job reports, of those of its processes.
  ///
  /// - Parameters:
  ///   - failures: The failures, at least one.
  ///   - size: The number of processes.
  init(of failures: [RankFailure], size: Int) {
    self = failures[0]
    let isShared = failures.allSatisfy { ($0.message, $0.status) == (message, status) }
    if failures.count == size, isShared { rank = nil }
  }
}

extension RankFailure: CustomStringConvertible {
  /// The failure in one sentence, with the process unless all have failed.
  public var description: String {
    guard let rank, !message.isEmpty else { return message }
    return "Rank \(rank) on \(host): \(message)"
  }
}
