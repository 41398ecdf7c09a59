import HDF5
import Inspection
import JSON
import TestSupport
import Testing

/// Comparisons with NumPy; `tools/fixtures/inspection.py` wrote the expected numbers.
@Suite("Statistics")
struct StatisticsTests {
  private let expected: JSON.Object

  init() throws {
    let text = String(decoding: try readBytes(fixture("statistics.json")), as: UTF8.self)
    expected = try #require(try JSON(parsing: text).object)
  }

  private func isNear(_ a: Double?, _ b: Double?, scale: Double) -> Bool {
    guard let a, let b else { return a == nil && b == nil }
    return abs(a - b) <= 1e-12 * max(scale, abs(b))
  }

  @Test("Counts, mean, deviation, norm and histogram equal NumPy's")
  func againstNumpy() throws {
    let inspector = try Inspector(opening: fixture("numbers.h5"))
    let entries = try inspector.statistics().datasets
    #expect(entries.map { String($0.name.dropFirst()) } == expected.keys.sorted())
    for entry in entries {
      let numbers = try #require(expected[String(entry.name.dropFirst())])
      let statistics = try #require(entry.statistics)
      #expect(statistics.count == numbers["count"]?.integer, "\(entry.name)")
      #expect(statistics.nanCount == numbers["nan"]?.integer, "\(entry.name)")
      #expect(statistics.infinityCount == numbers["infinite"]?.integer, "\(entry.name)")
      #expect(statistics.zeroCount == numbers["zeros"]?.integer, "\(entry.name)")
      #expect(statistics.minimum == numbers["min"]?.number, "\(entry.name)")
      #expect(statistics.maximum == numbers["max"]?.number, "\(entry.name)")
      let size = statistics.maximum.map(abs) ?? 0
      #expect(isNear(statistics.mean, numbers["mean"]?.number, scale: size), "\(entry.name)")
      // A sum of squares would get small deviations around a large mean wrong.
      #expect(
        isNear(statistics.standardDeviation, numbers["std"]?.number, scale: 1), "\(entry.name)")
      #expect(isNear(statistics.norm, numbers["l2"]?.number, scale: 1), "\(entry.name)")
      #expect(entry.histogram == numbers["histogram"]?.array?.map(\.integer), "\(entry.name)")
    }
  }

  @Test("The statistics do not depend on the number of blocks")
  func blocks() throws {
    try withTemporaryDirectory { directory in
      // Two blocks and a part of a third one: 9,000,000 numbers, of which every third is 1, the
      // first is 10, and one is NaN.
      let shape = [3, 3, 1_000_000]
      var numbers = (0..<9_000_000).map { Float($0.isMultiple(of: 3) ? 1 : 0) }
      numbers[0] = 10
      numbers[8_999_999] = .nan
      try writeFile("\(directory)/a.h5") { root in
        try root.write(numbers, shape: shape, to: "x")
      }
      let entry = try Inspector(opening: "\(directory)/a.h5").statistics().datasets[0]
      let statistics = try #require(entry.statistics)
      #expect(statistics.count == 9_000_000)
      #expect(statistics.nanCount == 1)
      #expect(statistics.zeroCount == 5_999_999)
      #expect(statistics.maximum == 10)
      let mean = 3_000_009.0 / 8_999_999
      #expect(abs((statistics.mean ?? 0) - mean) < 1e-12)
      let variance = 3_000_099.0 / 8_999_999 - mean * mean
      #expect(abs((statistics.standardDeviation ?? 0) - variance.squareRoot()) < 1e-12)
      #expect(entry.histogram == [5_999_999, 2_999_999] + [Int](repeating: 0, count: 13) + [1])
    }
  }

  @Test("Computes statistics of the bfloat16 of Keras")
  func bfloat16() throws {
    let path = fixture("forms/bfloat16.weights.h5", of: "CheckpointsTests")
    let entry = try Inspector(opening: path).statistics(["conv2d_3/bias"]).datasets[0]
    #expect(entry.elementType == "bfloat16")
    #expect(entry.statistics?.count == 2)
    #expect(entry.statistics?.minimum == 0.46875)
    #expect(entry.statistics?.maximum == 0.67578125)
  }

  @Test("Separates model and optimizer in the table, and draws histograms")
  func table() throws {
    try withTemporaryDirectory { directory in
      try writeFile("\(directory)/a.h5") { root in
        try root.write([-1, 0, 0, 1] as [Float], shape: [2, 2], to: "layers/dense/vars/0")
        try root.write([1e-5, 2e-5] as [Float], shape: [2], to: "layers/dense/vars/1")
        try root.write(Int64(12), to: "optimizer/vars/0")
      }
      let result = try inspect("a.h5", "--stats", in: directory)
      #expect(
        result.output == """
          dataset           min     mean      max      std       L2  zeros  histogram
          ──────────────────────────────────────────────────────────────────────────────────
          dense/kernel   -1.000        0    1.000   0.7071    1.414  50.0%  ▅       █      ▅
          dense/bias    1.0e-05  1.5e-05  2.0e-05  5.0e-06  2.2e-05   0.0%  █              █

          optimizer    min   mean    max  std     L2  zeros  histogram
          ───────────────────────────────────────────────────────────────────
          0          12.00  12.00  12.00    0  12.00   0.0%          █

          No NaN, no infinity.

          """)
      #expect(
        try inspect("a.h5", "--stats", in: directory, locale: "POSIX").output.contains(
          "50.0%  +       @      +\n"))
    }
  }

  @Test("Counts NaN and infinity in columns of their own")
  func nonFinite() throws {
    let result = try inspect("numbers.h5", "--stats", "special", "none")
    #expect(
      result.output == """
        dataset      min    mean    max    std     L2  zeros  NaN  Inf  histogram
        ────────────────────────────────────────────────────────────────────────────────
        /special  -2.000  0.8000  5.000  2.315  5.477  22.2%    2    2  ▅   █ ▅        ▅
        /none                                       0   0.0%    1    1

        The statistics are those of the finite elements.

        """)
  }
}
