import Tensors
import Testing

@Suite("Random numbers")
struct PhiloxTests {
  /// The known answers that come with the authors' Random123 library, version 1.14
  /// (tests/kat_vectors, philox4x32 with 10 rounds).
  @Test("Philox passes the authors' known-answer tests")
  func knownAnswers() {
    #expect(
      Philox(key: 0).block([0, 0, 0, 0])
        == [0x6627_E8D5, 0xE169_C58D, 0xBC57_AC4C, 0x9B00_DBD8])
    #expect(
      Philox(key: .max).block([.max, .max, .max, .max])
        == [0x408F_276D, 0x41C8_3B0E, 0xA20B_C7C6, 0x6D54_51FD])
    #expect(
      Philox(key: 0x299F_31D0_A409_3822)
        .block([0x243F_6A88, 0x85A3_08D3, 0x1319_8A2E, 0x0370_7344])
        == [0xD16C_FE09, 0x94FD_CCEB, 0x5001_E420, 0x2412_6EA1])
  }

  @Test("A stream depends only on seed, stream and substream")
  func streams() {
    func first(_ seed: UInt64, _ stream: UInt32, _ substream: UInt32) -> [UInt64] {
      var stream = RandomStream(seed: seed, stream: stream, substream: substream)
      return (0..<8).map { _ in stream.next() }
    }
    #expect(first(1, 2, 3) == first(1, 2, 3))
    #expect(Set([first(1, 2, 3), first(2, 2, 3), first(1, 3, 3), first(1, 2, 4)]).count == 4)
    #expect(Set(first(1, 2, 3)).count == 8)
  }

  @Test("Integers below a bound are uniformly distributed")
  func integers() {
    var stream = RandomStream(seed: 7, stream: 0)
    var counts = [Int](repeating: 0, count: 7)
    for _ in 0..<70_000 { counts[stream.integer(below: 7)] += 1 }
    // Five standard deviations of the binomial distribution are 463.
    #expect(counts.allSatisfy { abs($0 - 10_000) < 463 })
  }

  @Test("Integers below a bound that does not divide 2⁶⁴ are not biased")
  func rejection() {
    // Eight words map to three integers: without rejection in the ratio 3 : 3 : 2.
    var stream = RandomStream(seed: 11, stream: 0)
    var counts = [0, 0, 0]
    for _ in 0..<30_000 { counts[stream.integer(below: 3 << 61) % 3] += 1 }
    #expect(counts.allSatisfy { abs($0 - 10_000) < 410 })
  }

  @Test("Normal numbers have mean 0, variance 1 and the tails of the distribution")
  func normal() {
    var stream = RandomStream(seed: 3, stream: 1)
    let samples = (0..<100_000).map { _ in Double(stream.normal()) }
    let mean = samples.reduce(0, +) / 100_000
    let variance = samples.reduce(0) { $0 + $1 * $1 } / 100_000
    let beyondTwo = samples.count { abs($0) > 2 }
    #expect(abs(mean) < 0.016)
    #expect(abs(variance - 1) < 0.023)
    #expect(abs(Double(beyondTwo) - 4550) < 330)
  }

  @Test(
    "Filling an array gives the same uniform numbers as single calls",
    arguments: [0, 1, 2, 7, 1000])
  func manyUniform(count: Int) {
    var (one, many) = (
      RandomStream(seed: 5, stream: 9, substream: 3), RandomStream(seed: 5, stream: 9, substream: 3)
    )
    for round in 0..<3 {
      let expected = (0..<count).map { _ in one.uniform(in: -0.3..<0.7) }
      #expect(many.uniform(in: -0.3..<0.7, count: count) == expected, "round \(round)")
    }
    #expect(one.next() == many.next())
  }
}
