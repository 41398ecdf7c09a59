import CheckpointStore
import Checkpoints
import Files
import Glibc
import HDF5
import ModelFiles
import TestSupport
import func TestSupport.unlink

/// Test 22: damaged copies of sealed files, each in one of six ways.
///
/// None is taken for sealed and whole, nor for one that never had a seal; and no weights come from
/// one but the right ones.
func seals(_ workshop: Workshop, _ effort: Effort) throws -> Finding {
  let mutants = effort.mutants ?? effort.choose(80_000, short: 2000)
  let tally = try workshop.withFolder { base in
    // Four files: of the small model at two steps, and weights of the small model and of the large
    // one.
    let start = try State.twoSaves(workshop, base)
    let training = try Training(in: base)
    let large = try training.run("--max-steps", "1", "--export-weights", "w.h5")
    guard large.code == 0 else { throw CannotRun(reason: "train fails: \(large.error)") }
    let files =
      [start["c.step-00000001.h5"] ?? [], start["c.step-00000002.h5"] ?? []]
      + [try readBytes(training.path), try readBytes("\(base)/w.h5")]
    // Large files take longer, and are damaged less often.
    let shares = [48, 48, 2, 2]
    let seeds = (0..<40).map { effort.seed &* 1000 &+ UInt64($0) }
    return Tally.sum(
      try concurrently(seeds) { seed in
        var random = SplitMix(state: seed)
        let path = "\(base)/mutant-\(seed).h5"
        defer { unlink(path) }
        var tally = Tally()
        for (file, share) in zip(files, shares) {
          for _ in 0..<mutants * share / 100 / seeds.count {
            let mutation = Mutation.random(of: file.count, using: &random)
            let bytes = mutation.applied(to: file)
            guard bytes != file else { continue }
            try writeBytes(bytes, to: path)
            tally.cases += 1
            if let problem = acceptance(of: path) {
              tally.failures.append("\(mutation): \(problem)")
            }
          }
        }
        return tally
      })
  }
  return Finding(
    "\(tally.cases) damaged files: accepted \(tally.failures.count)", failures: tally.failures)
}

/// Why a damaged file would be accepted, or nil.
private func acceptance(of path: String) -> String? {
  do {
    let file = try CheckpointFile(opening: path)
    switch file.seal {
    case .unsealed: return "taken for a file without a seal"
    case .broken: return nil
    case .sealed: return try SealCheck(ofHDF5: DiskFile(path)).isGood ? "taken for sealed" : nil
    }
  } catch {
    return nil
  }
}

/// One way to damage a file.
private enum Mutation: CustomStringConvertible {
  case bit(Int)
  case bytes(at: Int, [UInt8])
  case zeros(Range<Int>)
  case cut(to: Int)
  case trailerBit(fromEnd: Int)
  case longer(by: Int)

  static func random(of count: Int, using random: inout SplitMix) -> Mutation {
    switch Int.random(in: 0..<6, using: &random) {
    case 0: return .bit(.random(in: 0..<count * 8, using: &random))
    case 1:
      let bytes = (0..<16).map { _ in UInt8.random(in: .min ... .max, using: &random) }
      return .bytes(at: .random(in: 0...count - 16, using: &random), bytes)
    case 2:
      let start = Int.random(in: 0...(count - 512) / 512, using: &random) * 512
      return .zeros(start..<start + 512)
    case 3: return .cut(to: .random(in: 0..<count, using: &random))
    case 4: return .trailerBit(fromEnd: .random(in: 0..<(128 + 32 * 4) * 8, using: &random))
    default: return .longer(by: .random(in: 1...4096, using: &random))
    }
  }

  func applied(to file: [UInt8]) -> [UInt8] {
    var bytes = file
    switch self {
    case .bit(let index): bytes[index / 8] ^= 1 << (index % 8)
    case .bytes(let offset, let new): bytes.replaceSubrange(offset..<offset + new.count, with: new)
    case .zeros(let range): bytes.replaceSubrange(range, with: repeatElement(0, count: range.count))
    case .cut(let count): bytes.removeLast(bytes.count - count)
    case .trailerBit(let index): bytes[bytes.count - 1 - index / 8] ^= 1 << (index % 8)
    case .longer(let count): bytes += [UInt8](repeating: 0, count: count)
    }
    return bytes
  }

  var description: String {
    switch self {
    case .bit(let index): "bit \(index) flipped"
    case .bytes(let offset, _): "16 bytes at \(offset) replaced"
    case .zeros(let range): "zeros in \(range)"
    case .cut(let count): "cut to \(count) bytes"
    case .trailerBit(let index): "bit \(index) before the end flipped"
    case .longer(let count): "\(count) zeros appended"
    }
  }
}
