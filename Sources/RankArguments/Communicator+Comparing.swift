import Console
public import Ranks

extension Communicator {
  /// Ends all processes if one of them has something else than the first one.
  ///
  /// - Parameters:
  ///   - values: What each process has, by rank: the same array in all processes.
  ///   - message: What the process says that has something else: one sentence without a full stop.
  ///   - hint: Advice for the user.
  /// - Throws: ``RankError/failed(_:)``, with status 65, in all processes.
  public func requireEqual(
    _ values: [[UInt8]], _ message: String, hint: String
  ) throws(RankError) {
    guard values.contains(where: { $0 != values[0] }) else { return }
    // Those that agree with the first one only wait for the others.
    guard values[rank] != values[0] else { return try barrier() }
    let failure = RankFailure(message, hint: hint, status: ExitStatus.badData.rawValue)
    throw .failed(fail(failure))
  }
}
