import Checkpoints
import Glibc
import NeuralNetwork
import Tensors
import TestSupport
import Testing

@Suite("Loading weights", .serialized)
struct LoadingTests {
  // How long it takes is measured by `tools/bench/bench --only load`.
  @Test("Nothing of the optimizer's is read")
  func bytes() throws {
    try withTemporaryDirectory { directory in
      let path = "\(directory)/c.h5"
      let model = Sequential([
        Conv2D(32, 3, activation: .relu), Flatten(), Dense(128, activation: .relu), Dense(10),
      ])
      model.build(inputShape: [28, 28, 1])
      let optimizer = Adam()
      optimizer.build(for: model.trainableVariables)
      try Checkpoint(model: model, optimizer: optimizer).save(to: path)

      let bytes = model.parameterCount * 4
      let before = try bytesRead()
      try CheckpointFile(opening: path).loadWeights(into: model)
      let read = try bytesRead() - before
      #expect((bytes..<bytes + 1 << 17).contains(read))
    }
  }

  /// How many bytes this thread has asked the system for.
  private func bytesRead() throws -> Int {
    let file = try #require(fopen("/proc/thread-self/io", "r"))
    defer { fclose(file) }
    var text = [UInt8](repeating: 0, count: 64)
    let count = fread(&text, 1, text.count, file)
    let line = String(decoding: text.prefix(count), as: UTF8.self).split(separator: "\n").first
    return try #require(line.flatMap { Int($0.dropFirst("rchar: ".count)) })
  }
}
