import RankArguments
import Ranks
import Training

/// What is different in a job of several processes.
extension Train {
  /// Says if the processes of a job do not watch each other, or have too few processors.
  func noteJob(_ communicator: Communicator, _ reporter: Reporter) throws(RankError) {
    try communicator.warnings(threads: watching.threads).forEach(reporter.warn)
  }

  /// The extents to which pictures are brought, as the first process finds them in its files.
  func extents(
    for options: RunOptions, _ communicator: Communicator
  ) throws(RankError) -> [Int?] {
    let own = communicator.isFirst ? Trainer.inputExtents(for: options) : []
    let text = own.map { $0.map(String.init) ?? "any" }.joined(separator: " ")
    let bytes = try communicator.broadcast(Array(text.utf8))
    return String(decoding: bytes, as: UTF8.self).split(separator: " ").map { Int($0) }
  }
}
