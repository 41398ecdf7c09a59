import Fuzzing
import Glibc
import TestSupport
import Testing

/// The targets of the fuzzer without it: `tools/check-fuzz` runs them with it, for hours.
///
/// An input that makes a target trap ends the process. To get the input, repeat the test with
/// `CAIRN_FUZZ_INPUT` in the environment, the path of a file to which each is written before.
@Suite("Hostile inputs", .serialized)
struct FuzzingTests {
  private static let folder = "\(packageDirectory)/Tests/Fuzzing"

  private static func inputs(_ kind: String, of target: FuzzTarget) throws -> [[UInt8]] {
    let folder = "\(folder)/\(kind)/\(target.name)"
    return try names(in: folder).map { try readBytes("\(folder)/\($0)") }
  }

  /// Where each input is written.
  private static let path = unsafe getenv("CAIRN_FUZZ_INPUT").map { unsafe String(cString: $0) }

  private static func run(_ target: FuzzTarget, _ input: [UInt8]) throws {
    if let path { try writeBytes(input, to: path) }
    target.run(input)
  }

  @Test("The first inputs, and those that once failed", arguments: FuzzTarget.all)
  func corpus(_ target: FuzzTarget) throws {
    let seeds = try Self.inputs("Corpora", of: target)
    #expect(!seeds.isEmpty)
    for input in try seeds + Self.inputs("Regressions", of: target) + [[]] {
      try Self.run(target, input)
    }
  }

  @Test("Random changes of them, always the same", arguments: FuzzTarget.all)
  func mutants(_ target: FuzzTarget) throws {
    let inputs = try Self.inputs("Corpora", of: target) + Self.inputs("Regressions", of: target)
    var mutator = Mutator(seed: 18)
    for _ in 0..<target.testCount {
      try Self.run(target, mutator.mutant(of: inputs))
    }
  }

  @Test("Each folder of inputs belongs to a target")
  func folders() {
    for kind in ["Corpora", "Regressions"] {
      let others = Set(names(in: "\(Self.folder)/\(kind)")).subtracting(FuzzTarget.all.map(\.name))
      #expect(others.filter { !$0.hasPrefix(".") } == [])
    }
  }
}
