import HDF5
import Inspection
import JSON
import TestSupport
import Testing

/// Comparisons with NumPy; `tools/fixtures/inspection.py` wrote the expected numbers.
@Suite("Comparing elements")
struct ComparisonTests {
  private func compare(
    _ tolerance: Tolerance = Tolerance(), ignoring: [String] = []
  ) throws -> FileComparison {
    try Inspector(opening: fixture("a.h5")).compared(
      with: Inspector(opening: fixture("b.h5")), tolerance: tolerance, ignoring: ignoring)
  }

  private func number(_ json: JSON?) -> Double? {
    json?.string == "Infinity" ? .infinity : json?.string == "NaN" ? .nan : json?.number
  }

  @Test("Counts, maximum difference, norm, ULP distance and first indices equal NumPy's")
  func againstNumpy() throws {
    let text = String(decoding: try readBytes(fixture("comparison.json")), as: UTF8.self)
    let expected = try #require(try JSON(parsing: text).object)
    let comparison = try compare()
    #expect(expected.count == 15)
    for (name, numbers) in expected {
      let tensor = try #require(comparison.tensors.first { $0.name == "/\(name)" }, "\(name)")
      let elements = try #require(tensor.elements, "\(name)")
      #expect(elements.count == numbers["count"]?.integer, "\(name)")
      #expect(elements.differingCount == numbers["differing"]?.integer, "\(name)")
      #expect(elements.distantCount == numbers["not_close"]?.integer, "\(name)")
      #expect(elements.nonFiniteCount == numbers["non_finite_differing"]?.integer, "\(name)")
      #expect(elements.maximumDifference == number(numbers["max_abs"]), "\(name)")
      let (norm, numpys) = (
        try #require(elements.relativeDifference), try #require(number(numbers["relative_l2"]))
      )
      #expect(
        norm == numpys || norm.isNaN && numpys.isNaN || abs(norm - numpys) <= 1e-12 * numpys,
        "\(name)")
      // The distance of doubles of different signs exceeds `Int`.
      let steps = numbers["max_ulp"]?.integer.map { Double($0) } ?? numbers["max_ulp"]?.number
      #expect(elements.maximumSteps.map { Double($0) } == steps, "\(name)")
      let isScalar = name == "scalar"
      #expect(
        elements.firstDifference?.index
          == (isScalar ? [] : numbers["first_difference"]?.array?.compactMap(\.integer)), "\(name)")
      #expect(
        elements.firstDistant?.index
          == (isScalar ? [] : numbers["first_not_close"]?.array?.compactMap(\.integer)), "\(name)")
    }
  }

  @Test("Distinguishes equal, close and different datasets, and those that cannot be compared")
  func statuses() throws {
    let comparison = try compare()
    #expect(comparison.matching == .path)
    let statuses = Dictionary(
      uniqueKeysWithValues: comparison.tensors.map { ($0.name.dropFirst(), $0.status) })
    #expect(
      statuses == [
        "noisef2": .different, "noisef4": .different, "noisef8": .different,
        "noisef4be": .different, "small": .different, "equal": .equal, "special": .different,
        "zero": .different, "huge": .different, "signed": .different, "unsigned": .close,
        "scalar": .different, "narrow": .otherType, "mixed": .otherType, "tall": .different,
        "words": .different, "shape": .otherShape, "lone": .onlyInFirst, "other": .onlyInSecond,
        "empty": .equal, "null": .equal, "same": .equal,
      ])
    #expect(
      comparison.facts.map { "\($0.name): \($0.status.rawValue)" } == [
        "/: equal", "/@rate: close", "/@title: different", "/equal@unit: only in A",
        "/kind: different", "/soft: different",
      ])
    #expect(comparison.problems == [])
    #expect(!comparison.isSame)
  }

  @Test("NaN equals only NaN of the same bits, and infinity equals itself")
  func nonFinite() throws {
    let special = try #require(try compare().tensors.first { $0.name == "/special" })
    #expect(special.elements?.firstDifference?.index == [2])
    #expect(special.elements?.firstDifference?.second == .float(5))
    // Zeros of different signs differ in a bit, but their difference is 0.
    #expect(special.elements?.differingCount == 9)
    #expect(special.elements?.distantCount == 7)
    #expect(special.elements?.nonFiniteCount == 5)
  }

  @Test("The tolerance determines which numbers are close, and whether close counts as the same")
  func tolerance() throws {
    let names = ["small", "noisef4", "noisef8", "zero"]
    func status(_ tolerance: Tolerance) throws -> [ComparisonStatus] {
      let tensors = try compare(tolerance).tensors
      return names.compactMap { name in tensors.first { $0.name == "/\(name)" }?.status }
    }
    #expect(try status(Tolerance()) == [.different, .different, .different, .different])
    #expect(try status(Tolerance(absolute: 1e-8)) == [.close, .different, .different, .different])
    #expect(try status(Tolerance(absolute: 2e-5)) == [.close, .close, .close, .different])
    #expect(try status(Tolerance(relative: 0.34)) == [.close, .close, .close, .different])
    #expect(try status(Tolerance(relative: 0.33)) == [.different, .close, .close, .different])
    #expect(!Tolerance().acceptsClose)
    #expect(Tolerance(relative: 0).acceptsClose)
  }

  @Test("Ignored parts are not compared, nor anything below them")
  func ignoring() throws {
    let all = try compare()
    let some = try compare(ignoring: ["/noisef4", "words", "/@title", "kind"])
    #expect(all.tensors.count == some.tensors.count + 2)
    #expect(all.facts.count == some.facts.count + 2)
    let attributes = try compare(ignoring: ["attributes"])
    #expect(attributes.facts.map(\.name) == ["/", "/kind", "/soft"])
    #expect(throws: InspectionError.ignored("wrods", similar: "words")) {
      try compare(ignoring: ["wrods"])
    }
  }

  @Test("Compares datasets of several blocks completely")
  func parts() throws {
    try withTemporaryDirectory { directory in
      // Two blocks and a part of a third one, with three rows.
      var values = [Float](repeating: 1, count: 3 * 600_001)
      func write(_ name: String) throws {
        try writeFile("\(directory)/\(name)") { root in
          try root.write(values, shape: [3, 600_001], to: "x")
        }
      }
      try write("a.h5")
      values[values.count - 1] = 1.5
      values[700_000] = .infinity
      try write("b.h5")
      let comparison = try Inspector(opening: "\(directory)/a.h5").compared(
        with: Inspector(opening: "\(directory)/b.h5"))
      let elements = try #require(comparison.tensors.first?.elements)
      #expect(elements.count == values.count)
      #expect(elements.differingCount == 2)
      #expect(elements.nonFiniteCount == 1)
      #expect(elements.maximumDifference == 0.5)
      #expect(elements.firstDifference?.index == [1, 99_999])
    }
  }
}
