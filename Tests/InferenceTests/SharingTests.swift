import Glibc
import Inference
import RankSupport
import Ranks
import TestSupport
import Testing

/// Pictures that several processes divide.
@Suite("Shares of pictures", .timeLimit(.minutes(30)))
struct SharingTests {
  /// What a process has seen: the answers of each round, and the names in all steps.
  private struct Seen: Sendable {
    var answers: [[String]] = [[]]
    var names: [String] = []
    var digests: [[UInt8]] = []
  }

  /// Seventy arguments with every sample, a file that is no picture, and one that is missing.
  private static let arguments: [String] = {
    let names = (0..<10).map { "\($0).png" } + ["missing.png", "drawn-4-chalk.png", "README.md"]
    return (0..<70).map { "\(packageDirectory)/samples/\(names[$0 * 7 % names.count])" }
  }()

  private static func text(_ outcome: PictureOutcome) -> String {
    let answer: String =
      switch outcome.result {
      case .prediction(let prediction): "\(prediction.label) \(prediction.confidence)"
      case .failure(let error): "\(error)"
      case .reading(let reading): reading.number
      case .otherFile: "other"
      }
    return "\(outcome.input.name): \(answer)"
  }

  private static func see(
    _ arguments: [String], _ share: PictureShare, readsNumbers: Bool = false
  ) throws -> Seen {
    let classifier = try Classifier(loading: "\(packageDirectory)/models/quickstart.h5")
    var seen = Seen()
    classifier.classify(
      PictureInputs(arguments), share: share, readsNumbers: readsNumbers,
      report: { step in
        switch step {
        case .own(let outcomes):
          seen.answers[seen.answers.count - 1] += outcomes.map(text)
          seen.names += outcomes.map(\.input.name)
        case .others(let inputs): seen.names += inputs.map(\.name)
        case .round(let digest, let isLast):
          if !isLast { seen.answers.append([]) }
          seen.digests.append(digest)
        }
      })
    return seen
  }

  @Test(
    "The outcomes of all processes, by round and rank, are those of one", arguments: [1, 2, 4, 8])
  func outcomes(size: Int) throws {
    var expected: [String] = []
    try Classifier(loading: "\(packageDirectory)/models/quickstart.h5").classify(
      PictureInputs(Self.arguments), report: { expected += $0.map(Self.text) })
    try #require(expected.count == 70)
    let all = try ThreadJob.run(size) { ranks in
      let seen = try Self.see(Self.arguments, PictureShare(rank: ranks.rank, of: ranks.size))
      #expect(seen.names == Self.arguments)
      let digests = try ranks.gather(seen.digests.flatMap(\.self))
      #expect(digests.allSatisfy { $0 == digests[0] })
      return seen
    }
    let rounds = all[0].answers.count
    #expect(all.allSatisfy { $0.answers.count == rounds })
    let found = (0..<rounds).flatMap { round in all.flatMap { $0.answers[round] } }
    #expect(found == expected)
    // Rounds of 4, 8, 16 and more pictures for each process.
    #expect(all.allSatisfy { !$0.answers[0].isEmpty })
  }

  @Test("Numbers are divided in the same way")
  func numbers() throws {
    let arguments = (0..<20).map { "\(packageDirectory)/samples/\($0 % 10).png" }
    let all = try (0..<2).map {
      try Self.see(arguments, PictureShare(rank: $0, of: 2), readsNumbers: true)
    }
    let found = all[0].answers.indices.flatMap { all[0].answers[$0] + all[1].answers[$0] }
    var expected: [String] = []
    try Classifier(loading: "\(packageDirectory)/models/quickstart.h5").classify(
      PictureInputs(arguments), readsNumbers: true, report: { expected += $0.map(Self.text) })
    try #require(expected.count == 20)
    #expect(found == expected)
    #expect(found[7] == "\(arguments[7]): 7")
  }

  @Test("The digest of a round tells another list, another order and a missing folder")
  func digests() throws {
    let share = PictureShare(rank: 1, of: 2)
    let first = Array(Self.arguments.prefix(8))
    let digest = try Self.see(first, share).digests[0]
    #expect(try Self.see(first, PictureShare(rank: 0, of: 2)).digests[0] == digest)
    #expect(try Self.see(first.reversed(), share).digests[0] != digest)
    #expect(try Self.see(Array(first.dropLast()), share).digests[0] != digest)
    // The same name stands for a folder, which is not searched.
    let name = "\(try sharedTemporaryDirectory())/f"
    let file = try Self.see([name], share).digests[0]
    mkdir(name, 0o777)
    #expect(try Self.see([name], share).digests[0] != file)
  }
}
