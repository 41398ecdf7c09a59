import Glibc
import RankSupport
import Ranks
import Synchronization
import Tensors
import Testing

@Suite("Gradients that are exchanged during the backward pass", .timeLimit(.minutes(30)))
struct OverlapTests {
  /// The variables of a process, one for each way in which a gradient is exchanged.
  private struct Variables {
    let first = Variable(Tensor(repeating: 0.5, shape: [20_011]), name: "first")
    let shared = Variable(Tensor(repeating: -0.25, shape: [20_011]), name: "shared")
    let convolution = Variable(Tensor(repeating: 0.75, shape: [3, 3, 50, 41]), name: "convolution")
    let divided = Variable(Tensor(repeating: 1.5, shape: [160, 125]), name: "divided")
    let kernel = Variable(Tensor(repeating: 0.25, shape: [160, 120]), name: "kernel")
    let dense = Variable(Tensor(repeating: 0.125, shape: [150, 130]), name: "dense")
    let rare = Variable(Tensor(repeating: 2, shape: [16_500]), name: "rare")
    let unused = Variable(Tensor(zeros: [16_400]), name: "unused")
    let small = Variable([1, 2, 3], name: "small")

    var all: [Variable] {
      [first, shared, convolution, divided, kernel, dense, rare, unused, small]
    }

    /// The recorded loss of a shard.
    func loss(_ shard: Int, step: Int) -> Tensor {
      var random = RandomStream(seed: UInt64(step), stream: UInt32(shard))
      func factor(_ shape: Shape) -> Tensor {
        Tensor(random.uniform(in: -1e3..<1e3, count: shape.elementCount), shape: shape)
      }
      return withGradientTape {
        let sum = (first.value * factor([20_011]) + shared.value).square()
        let product = sum * shared.value
        let others = [convolution, divided, small].map {
          ($0.value * factor($0.shape)).square().sum()
        }
        let loss =
          product.sum() + factor([6, 150]).matrixProduct(dense.value).square().sum()
          + factor([5, 160]).matrixProduct(kernel.value).square().sum()
        return others.reduce(shard % 2 == 0 ? loss : loss + rare.value.square().sum(), +)
      }
    }
  }

  /// The bits of the sums of three batches of eight shards, two of them without examples.
  ///
  /// With `halfOverlapping`, the first half of the processes exchanges all of them at the end. With
  /// `sharing`, the divided ones are exchanged in shared memory.
  private func bits(
    _ size: Int, overlapping: Bool, halfOverlapping: Bool = false, sharing: Bool = false
  ) throws -> [[UInt32]] {
    try ThreadJob.run(size) { ranks in
      ranks.sharesMemory = sharing
      if halfOverlapping { ranks.overlapsExchanges = ranks.rank >= size / 2 }
      let variables = Variables()
      let divided =
        size > 1
        ? [variables.divided, variables.kernel].map { DividedVariable($0, over: ranks) } : []
      let sum = GradientSum(
        of: variables.all, averages: [], divided: divided, over: ranks)
      let own = ranks.rank * 8 / size..<(ranks.rank + 1) * 8 / size
      var bits: [UInt32] = []
      for step in 0..<3 {
        sum.begin()
        // The processes begin at different times.
        usleep(UInt32((ranks.rank + step) % 3) * 2000)
        for shard in own {
          if [3, 7].contains(shard) {
            sum.add(nil, weight: 0)
          } else if overlapping, shard == own.last {
            sum.addLast(gradientsOf: variables.loss(shard, step: step), weight: 1)
          } else {
            sum.add(variables.loss(shard, step: step).gradients(), weight: 1)
          }
        }
        let gradients = try sum.finish()
        #expect(gradients[variables.unused] == nil)
        for variable in variables.all {
          var found = gradients[variable]
          if let part = divided.first(where: { $0.whole === variable }) {
            let whole = Variable(Tensor(zeros: variable.shape), name: "whole")
            try part.join(#require(gradients[part.part]), in: whole)
            found = whole.value
          }
          bits += found?.scalars.map(\.bitPattern) ?? []
        }
      }
      return bits
    }
  }

  @Test("Every number of processes gives the bits of one process", arguments: [2, 4, 8])
  func sameBits(size: Int) throws {
    let alone = try bits(1, overlapping: false)[0]
    #expect(alone.count == 3 * (2 * 20_011 + 18_450 + 20_000 + 19_200 + 19_500 + 16_500 + 3))
    let others =
      try bits(1, overlapping: true) + bits(size, overlapping: true)
      + bits(size, overlapping: false) + bits(size, overlapping: true, halfOverlapping: true)
      + bits(size, overlapping: false, sharing: true)
      + bits(size, overlapping: true, halfOverlapping: true, sharing: true)
    #expect(others.count == 1 + 5 * size)
    // Of long arrays, a failure would look for the differences for minutes.
    #expect(others.allSatisfy { $0 == alone } as Bool)
  }

  @Test("The gradient of the last layer is under way before that of the first one is computed")
  func begins() throws {
    let sent = try ThreadJob.run(2) { ranks in
      // The pullback must be `Sendable`, but runs on this thread only.
      nonisolated(unsafe) let own = ranks
      let first = Variable(Tensor(zeros: [20_011]), name: "first")
      let last = Variable(Tensor(zeros: [20_011]), name: "last")
      let counts = Mutex<[Int]>([])
      func loss() -> Tensor {
        withGradientTape {
          let middle = withCustomGradient(of: [first.value * 2]) { inputs in
            let pullback: @Sendable (Tensor) -> [Tensor] = { gradient in
              counts.withLock { unsafe $0.append(own.sentBytes) }
              return [gradient]
            }
            return (inputs[0], pullback)
          }
          return (middle * last.value).sum()
        }
      }
      let sum = GradientSum(of: [first, last], over: ranks)
      sum.begin()
      sum.addLast(gradientsOf: loss(), weight: 1)
      _ = try sum.finish()
      let all = ranks.sentBytes
      sum.begin()
      sum.add(loss().gradients(), weight: 1)
      return counts.withLock { $0 } + [all]
    }
    // Each gives half of 20,011 floats, and later half of the other gradient, the two sums, and
    // two floats that say that there are gradients.
    #expect(sent[0] == [4 * 10_006, 4 * (2 * 20_011 + 2), 4 * (2 * 20_011 + 2)])
    #expect(sent[1] == [4 * 10_005, 4 * (2 * 20_011 + 2), 4 * (2 * 20_011 + 2)])
  }

  @Test("A process that fails ends a batch that others have begun to exchange", arguments: [2, 4])
  func failure(size: Int) throws {
    let found = try ThreadJob.run(size) { ranks in
      guard ranks.rank > 0 else { return "\(ranks.fail(RankFailure("no picture", status: 65)))" }
      let variables = Variables()
      let sum = GradientSum(of: variables.all, over: ranks)
      sum.begin()
      sum.addLast(gradientsOf: variables.loss(ranks.rank, step: 0), weight: 1)
      do throws(RankError) {
        try ranks.barrier()
        return ""
      } catch {
        return "\(error)"
      }
    }
    #expect(found == [String](repeating: "Rank 0 on host0: no picture", count: size))
  }

  @Test("A batch that all processes give up leaves nothing to the next one", arguments: [2, 4])
  func discarding(size: Int) throws {
    func sums(discarding: Bool) throws -> [[Float]?] {
      try ThreadJob.run(size) { ranks in
        let variables = Variables()
        let sum = GradientSum(of: variables.all, over: ranks)
        for step in discarding ? [0, 1] : [1] {
          sum.begin()
          if step == 0, ranks.rank == 1 {
            sum.add(nil, weight: 0)
          } else {
            sum.addLast(gradientsOf: variables.loss(ranks.rank, step: step), weight: 1)
          }
          if step == 0 { try sum.discard() }
        }
        return try sum.finish()[variables.shared]?.scalars
      }
    }
    let isEqual = try sums(discarding: true) == sums(discarding: false)
    #expect(isEqual)
  }
}
