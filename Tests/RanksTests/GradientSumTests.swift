import RankSupport
import Ranks
import Tensors
import Testing

@Suite("Sums of gradients", .timeLimit(.minutes(30)))
struct GradientSumTests {
  /// The bits of the sum of the gradients of eight shards, computed by so many processes.
  private func bits(_ size: Int, shards: Int = 8) throws -> [[UInt32]] {
    try ThreadJob.run(size) { ranks in
      // Odd sizes, so that halves differ.
      let first = Variable(Tensor(zeros: [37, 5]), name: "first")
      let unused = Variable(Tensor(zeros: [3]), name: "unused")
      let last = Variable(Tensor(zeros: [1]), name: "last")
      let average = Variable(Tensor(repeating: 0.25, shape: [7]), name: "mean", isTrainable: false)
      let sum = GradientSum(of: [first, unused, last], averages: [average], over: ranks)
      let count = shards / size
      sum.begin()
      for shard in ranks.rank * count..<(ranks.rank + 1) * count {
        var random = RandomStream(seed: 9, stream: UInt32(shard))
        let factor = Tensor(random.uniform(in: -1e3..<1e3, count: 185), shape: [37, 5])
        let loss = withGradientTape { (first.value * factor).sum() + last.value.sum() * 0.1 }
        average.value = Tensor(random.uniform(in: 0..<1, count: 7), shape: [7])
        sum.add(loss.gradients(), weight: 1 / Float(shards))
      }
      let gradients = try sum.finish()
      #expect(gradients[unused] == nil)
      let all = [gradients[first], gradients[last], average.value].compactMap(\.self)
      return all.flatMap { $0.scalars.map(\.bitPattern) }
    }
  }

  @Test("Every number of processes gives the same bits", arguments: [2, 4, 8])
  func sameBits(size: Int) throws {
    let alone = try bits(1)[0]
    #expect(alone.count == 193)
    for own in try bits(size) { #expect(own == alone) }
  }

  @Test("The sum is that of a binary tree of the shards")
  func tree() throws {
    var shards = (0..<8).map { shard in
      var random = RandomStream(seed: 9, stream: UInt32(shard))
      return random.uniform(in: -1e3..<1e3, count: 185)
    }
    let inOrder = shards.dropFirst().reduce(shards[0]) { zip($0, $1).map(+) }
    while shards.count > 1 {
      shards = stride(from: 0, to: shards.count, by: 2).map {
        zip(shards[$0], shards[$0 + 1]).map(+)
      }
    }
    let found = try bits(4)[3].prefix(185)
    #expect(Array(found) == shards[0].map(\.bitPattern))
    // The order of the sums matters for the bits, so the test can fail.
    #expect(Array(found) != inOrder.map(\.bitPattern))
  }

  @Test(
    "Gradients of products have the bits of the tree, if they or their factors are exchanged",
    arguments: [1, 2, 4], [6, 40])
  func products(size: Int, examples: Int) throws {
    // Several blocks of rows, the last one smaller, and a large sum with a message of its own.
    let (rows, columns, shards) = (300, 70, 4)
    @Sendable func loss(_ kernel: Variable, _ shard: Int) -> Tensor {
      var random = RandomStream(seed: 3, stream: UInt32(shard))
      let x = Tensor(random.uniform(in: -1..<1, count: examples * rows), shape: [examples, rows])
      return withGradientTape { x.matrixProduct(kernel.value).square().sum() }
    }
    @Sendable func kernel() -> Variable {
      var random = RandomStream(seed: 4, stream: 0)
      let values = random.uniform(in: -1..<1, count: rows * columns)
      return Variable(Tensor(values, shape: [rows, columns]), name: "kernel")
    }
    var sums = (0..<shards).map { shard in
      let kernel = kernel()
      return loss(kernel, shard).gradients()[kernel]?.scalars ?? []
    }
    while sums.count > 1 {
      sums = stride(from: 0, to: sums.count, by: 2).map { zip(sums[$0], sums[$0 + 1]).map(+) }
    }
    let found = try ThreadJob.run(size) { ranks in
      let kernel = kernel()
      let sum = GradientSum(of: [kernel], over: ranks)
      sum.begin()
      let count = shards / size
      let before = ranks.sentBytes
      for shard in ranks.rank * count..<(ranks.rank + 1) * count {
        sum.add(loss(kernel, shard).gradients(), weight: 1 / Float(shards))
      }
      let gradient = try sum.finish()[kernel]?.scalars.map(\.bitPattern)
      return (gradient: gradient, sent: ranks.sentBytes - before)
    }
    #expect(sums[0].count == rows * columns)
    #expect(found.allSatisfy { $0.gradient == sums[0].map(\.bitPattern) })
    // The factors of 24 examples are smaller than the product, those of 160 are not. Beside them go
    // the numbers of examples, and a float that says that there is a gradient.
    let floats = examples == 6 ? shards * examples * (rows + columns) : 2 * rows * columns
    let least = 4 * floats * (size - 1) / size
    let range = least...least + 512 * (size - 1) + 64
    #expect(found.allSatisfy { range.contains($0.sent) })
  }

  @Test("A shard without examples changes nothing")
  func emptyShard() throws {
    let variable = Variable(Tensor(zeros: [2]), name: "v")
    let average = Variable([1, 2], name: "mean", isTrainable: false)
    let sum = GradientSum(of: [variable], averages: [average], over: Communicator())
    sum.begin()
    let loss = withGradientTape { variable.value.sum() }
    average.value = [3, 2]
    sum.add(loss.gradients(), weight: 0.5)
    sum.add(nil, weight: 0)
    let gradients = try sum.finish()
    #expect(gradients[variable]?.scalars == [1, 1])
    #expect(average.value.scalars == [2, 2])
  }

  @Test("A process sends twice the gradient, less what it keeps")
  func sentBytes() throws {
    for size in [2, 4, 8] {
      let sent = try ThreadJob.run(size) { ranks in
        let variable = Variable(Tensor(zeros: [4095]), name: "v")
        let sum = GradientSum(of: [variable], over: ranks)
        let before = ranks.sentBytes
        sum.add(withGradientTape { variable.value.sum() }.gradients(), weight: 1)
        _ = try sum.finish()
        return ranks.sentBytes - before
      }
      // 4096 floats: one says that there is a gradient.
      #expect(sent.allSatisfy { $0 == 2 * 4 * 4096 * (size - 1) / size })
    }
  }
}
