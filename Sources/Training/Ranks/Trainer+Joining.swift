import Checkpoints
import Datasets
import JSON
import ModelFiles
import NeuralNetwork
import Ranks

/// How the processes of a run begin: the first one reads files, and the others get the run from it.
extension Trainer {
  /// Checks that all processes have the same program, settings and data.
  ///
  /// - Throws: ``TrainingError/otherRank(rank:host:difference:)``, the same in all processes.
  public func compareRanks() throws(TrainingError) {
    guard communicator.size > 1 else { return }
    func shown(_ value: JSON?) -> String { value?.string ?? value?.text ?? "none" }
    var facts = settings.json
    facts["data_sha256"] = nil
    facts["model"] = options.model?.json
    facts["epochs"] = .integer(options.epochs ?? 0)
    facts["max_steps"] = .integer(options.maxSteps ?? 0)
    facts["changes"] = .string(options.changes.map { "\($0.name)=\($0.value.text)" }.joined())
    facts["program"] = .string("Cairn \(cairnVersion)")
    let text = JSON.object(facts).text(.compact)
    let all = try gatherText(text)
    for (rank, other) in all.enumerated() where other != all[0] {
      let first = (try? JSON(parsing: all[0]))?.object ?? [:]
      let its = (try? JSON(parsing: other))?.object ?? [:]
      let name = Set(first.keys).union(its.keys).sorted().first { first[$0] != its[$0] }
      throw try otherRank(
        rank,
        """
        its \(name ?? "settings") is \(shown(name.flatMap { its[$0] })), but that of rank 0 is \
        \(shown(name.flatMap { first[$0] }))
        """)
    }
    let digests = try gatherText(data.digest.sha256)
    guard let rank = digests.firstIndex(where: { $0 != digests[0] }) else { return }
    // Only the first process and the one that differs have something to say.
    let records = JSON.array(
      data.digest.records.map { .array([.string($0.name), .string($0.digest)]) })
    let isConcerned = [0, rank].contains(communicator.rank)
    let texts = try gatherText(isConcerned ? records.text(.compact) : "")
    let (first, its) = (
      digest(digests[0], texts[0]), digest(digests[rank], texts[rank])
    )
    throw try otherRank(
      rank, "its data is not that of rank 0: \(its.firstDifference(from: first) ?? .unknown)")
  }

  private func digest(_ sha256: String, _ records: String) -> DataDigest {
    let list = (try? JSON(parsing: records))?.array ?? []
    return DataDigest(
      sha256: sha256,
      records: list.compactMap { pair in
        guard let words = pair.array, words.count == 2, let name = words[0].string,
          let digest = words[1].string
        else { return nil }
        return .init(name: name, digest: digest)
      })
  }

  private func otherRank(_ rank: Int, _ difference: String) throws(TrainingError) -> TrainingError {
    .otherRank(rank: rank, host: try gatherText(communicator.host)[rank], difference: difference)
  }

  private func gatherText(_ text: String) throws(TrainingError) -> [String] {
    try among { () throws(RankError) in try communicator.gather(Array(text.utf8)) }
      .map { String(decoding: $0, as: UTF8.self) }
  }

  /// Gives the run to the other processes.
  func share() throws(TrainingError) {
    guard communicator.size > 1 else { return }
    let bytes = try attempt { () throws(CheckpointError) in try checkpoint.makeBytes() }
    _ = try among { () throws(RankError) in try communicator.broadcast(bytes) }
  }

  /// Takes the run from the first process.
  func join() throws(TrainingError) {
    let bytes = try among { () throws(RankError) in try communicator.broadcast([]) }
    guard let memory = MemoryFile(bytes) else {
      throw .ranks(.communication("there is not enough memory for the run"))
    }
    // The first process has checked the options, and applied them.
    var options = RunOptions(savePath: options.savePath)
    (options.maxSteps, options.maxSeconds) = (self.options.maxSteps, self.options.maxSeconds)
    self.options = options
    let file = try open(memory.path)
    guard let found = try state(in: file) else {
      throw .ranks(.communication("the run of the first process has no state"))
    }
    try restore(found, from: file)
    try build()
  }
}
