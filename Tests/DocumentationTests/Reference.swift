import TestSupport

/// The public types of the modules that `import Cairn` gives, as their sources declare them.
struct Reference {
  /// A public type with its documentation.
  struct PublicType {
    /// The name of the type.
    let name: String

    /// The module that declares it.
    let module: String

    /// The lines of its documentation comment, without the marks of a comment.
    let documentation: [String]

    /// Whether the documentation has a block of Swift.
    var hasExample: Bool { documentation.contains("```swift") }

    /// The type to whose example the documentation refers; `nil` if it refers to none.
    var referredType: String? {
      documentation.joined(separator: " ").firstMatch(of: /See ``(\w+)`` for an example\./)
        .map { String($0.1) }
    }
  }

  /// The types that are not inside of another one.
  private(set) var types: [PublicType] = []

  /// Creates a reference of some types.
  init(_ types: [PublicType]) { self.types = types }

  /// Reads the sources.
  ///
  /// - Parameter root: The folder of the package.
  /// - Throws: An error if a file cannot be read.
  init(of root: String) throws {
    let exports = try readText("\(root)/Sources/Cairn/Cairn.swift")
      .matches(of: /@_exported public import (?:\w+ )?(\w+)(?:\.(\w+))?\n/)
    for export in exports {
      let module = String(export.1)
      for file in files(below: "\(root)/Sources/\(module)") where file.hasSuffix(".swift") {
        let declared = Self.types(in: try readText("\(root)/Sources/\(module)/\(file)"), module)
        types += declared.filter { type in export.2.map { type.name == $0 } ?? true }
      }
    }
  }

  /// The public types of a file, without those inside of other types and of extensions.
  static func types(in text: String, _ module: String) -> [PublicType] {
    var (types, documentation): ([PublicType], [String]) = ([], [])
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("///") {
        documentation.append(Documentation.withoutIndentation(line))
      } else if !line.hasPrefix("@") {
        if line.hasPrefix("public ") || line.hasPrefix("open "),
          let declaration = line.prefixMatch(
            of: /\w+ (?:(?:final|indirect) )*(?:actor|class|enum|protocol|struct) (\w+)/)
        {
          types.append(
            PublicType(
              name: String(declaration.1), module: module, documentation: documentation))
        }
        documentation = []
      }
    }
    return types
  }

  /// The types without an example of their own, or of a type to which they refer.
  ///
  /// A type inside of another one shares the example of the outer type.
  var typesWithoutExample: [PublicType] {
    let withExample = Set(types.filter(\.hasExample).map(\.name))
    return types.filter { type in
      !type.hasExample && !(type.referredType.map(withExample.contains) ?? false)
    }
  }
}
