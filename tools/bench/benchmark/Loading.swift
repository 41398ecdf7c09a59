import Checkpoints
import Glibc
import ModelFiles
import NeuralNetwork

/// Measures how long it takes to load the weights of a checkpoint, against reading as many bytes.
///
/// Both are warm: the file is in the page cache, and the process has loaded it before. They take
/// turns, so that what else the machine does disturbs both.
struct Loading {
  let path: String

  func run() throws {
    let model = try CheckpointFile(opening: path).loadModel()
    let bytes = model.parameterCount * 4
    let buffer = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 4096)
    defer { unsafe buffer.deallocate() }
    let descriptor = unsafe open(path, O_RDONLY)
    defer { close(descriptor) }

    let clock = ContinuousClock()
    var (reading, loading): ([Double], [Double]) = ([], [])
    for round in 0..<202 {
      let read = clock.measure { _ = unsafe pread(descriptor, buffer, bytes, 0) } / .seconds(1)
      let load = try clock.measure { try CheckpointFile(opening: path).loadWeights(into: model) }
      guard round >= 2 else { continue }
      reading.append(read)
      loading.append(load / .seconds(1))
    }
    let ratios = zip(loading, reading).map { $0 / $1 }.sorted()
    reading.sort()
    loading.sort()
    print("loading \(bytes) bytes of weights, \(reading.count) times in turns with reading them")
    print("  reading: \(shown(reading)); loading: \(shown(loading))")
    print(
      "  loading takes \(rounded(ratios[ratios.count / 2])) times as long"
        + " (best against best \(rounded(loading[0] / reading[0])))")
  }

  private func shown(_ times: [Double]) -> String {
    "\(rounded(times[times.count / 2] * 1e3)) ms (best \(rounded(times[0] * 1e3)))"
  }
}

/// A number as it is printed: three digits after the point, one from 10 on.
func rounded(_ number: Double) -> String {
  let scaled = (number * 1000).rounded() / 1000
  return number >= 10 ? "\((number * 10).rounded() / 10)" : "\(scaled)"
}
