import TestSupport
import Testing

@Suite("Reference")
struct ReferenceTests {
  @Test("Each public type of the modules of Cairn has an example, or refers to one")
  func examples() throws {
    let reference = try Reference(of: packageDirectory)
    #expect(Set(reference.types.map(\.module)).count == 17)
    #expect(reference.types.count > 380)
    for type in reference.typesWithoutExample {
      Issue.record(
        """
        \(type.module).\(type.name) has no example. Its documentation needs a block of Swift, or \
        the sentence "See ``Other`` for an example." with a type that has one.
        """)
    }
  }

  @Test("A type without an example, and one that refers to it, are found")
  func missing() {
    let types = Reference.types(
      in: """
        /// Adds.
        ///
        /// ```swift
        /// let sum = Add()([x, y])
        /// ```
        public final class Add: Merge {}

        /// Merges. See ``Add`` for an example.
        @frozen
        public class Merge {
          /// An inner type.
          public struct Options {}
        }

        /// Multiplies. See ``Merge`` for an example.
        open class Multiply: Merge {}

        /// ```swift
        /// ```
        struct Inner {}

        public indirect enum Undocumented {}
        """, "Layers")
    #expect(types.map(\.name) == ["Add", "Merge", "Multiply", "Undocumented"])
    #expect(types.map(\.hasExample) == [true, false, false, false])
    #expect(Reference(types).typesWithoutExample.map(\.name) == ["Multiply", "Undocumented"])
  }
}
