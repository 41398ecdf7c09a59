import RankSupport
import Ranks
import Tensors
import Testing

@Suite("Exchanges of divided variables", .timeLimit(.minutes(30)))
struct PartExchangeTests {
  /// The bits of two divided variables after three steps, of which the second changes one of them
  /// only, and the bytes that each process has sent.
  private func steps(_ size: Int, sharing: Bool) throws -> [(bits: [UInt32], sent: Int)] {
    try ThreadJob.run(size) { ranks in
      ranks.sharesMemory = sharing
      let variables = [[20_011], [160, 125]].map { (shape: Shape) in
        Variable(Tensor(repeating: 0.5, shape: shape), name: "variable")
      }
      let divided = variables.map { DividedVariable($0, over: ranks) }
      let exchange = PartExchange(divided, over: ranks)
      let before = ranks.sentBytes
      var bits: [UInt32] = []
      for step in 1...3 {
        for (index, divided) in divided.enumerated() where step != 2 || index == 0 {
          // In place, as an optimizer does, and once with another tensor, as a constraint does.
          let count = divided.part.shape.elementCount
          if step == 3, index == 1 { divided.part.value = divided.part.value * 2 }
          unsafe divided.part.withUnsafeMutablePointer { values in
            for place in 0..<count {
              unsafe values[place] += Float(place % 17) * Float(step + ranks.rank)
            }
          }
        }
        try exchange.join { $0.whole === variables[0] || step != 2 }
        let kept = variables.map(\.value)
        // Nobody changes a part before all have copied it.
        try ranks.barrier()
        bits += kept.flatMap { $0.scalars.map(\.bitPattern) }
      }
      return (bits, ranks.sentBytes - before)
    }
  }

  @Test("Shared memory gives the bits of messages", arguments: [2, 4, 8])
  func sameBits(size: Int) throws {
    let messages = try steps(size, sharing: false)
    let shared = try steps(size, sharing: true)
    #expect(messages[0].bits.count == 3 * (20_011 + 20_000))
    let isEqual = (messages + shared).allSatisfy { $0.bits == messages[0].bits }
    #expect(isEqual)
    // Two small messages agree on the memory: 512 bytes for each other process.
    for (one, other) in zip(messages, shared) {
      #expect(abs(other.sent - 2 * 512 * (size - 1) - one.sent) <= 4 * 5 * size)
    }
  }
}
