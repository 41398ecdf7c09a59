import HDF5
import Inspection
import JSON
import TestSupport
import Testing

/// Comparisons against numpy; `tools/fixtures/inspection.py` wrote the numbers.
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

  @Test("Counts, largest difference, norm, steps and first indices are numpy's")
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
      // Those of doubles of different signs are more than an Int.
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

  @Test("What is equal, close and different is told, and why the rest cannot be compared")
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

  @Test("NaN equals NaN of the same bits and no other one; infinity equals itself")
  func nonFinite() throws {
    let special = try #require(try compare().tensors.first { $0.name == "/special" })
    #expect(special.elements?.firstDifference?.index == [2])
    #expect(special.elements?.firstDifference?.second == .float(5))
    // A difference in the sign of zero is one of bits, and of no number.
    #expect(special.elements?.differingCount == 9)
    #expect(special.elements?.distantCount == 7)
    #expect(special.elements?.nonFiniteCount == 5)
  }

  @Test("A tolerance decides what is close, and whether that is the same")
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

  @Test("What is ignored is not compared, nor what is below it")
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

  @Test("Datasets that are read in parts are compared to the end")
  func parts() throws {
    try withTemporaryDirectory { directory in
      // Two parts and a bit in each of three rows.
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
