/// A request to the service, independent of how it came.
package struct ServiceRequest: Equatable, Sendable {
  /// The method, line and header of a request, which come before its body.
  package struct Head: Equatable, Sendable {
    /// The method in capitals, such as `POST`.
    package let method: String

    /// The path and the query, such as `/predict?seen=1`.
    package let target: String

    /// Whether the version is HTTP/1.0, which has no `Host`.
    package let isHTTP10: Bool

    /// The names and values of the header, in order.
    package let fields: [(name: String, value: String)]

    /// Creates a head.
    ///
    /// - Parameters:
    ///   - method: The method in capitals.
    ///   - target: The path and the query.
    ///   - isHTTP10: Whether the version is HTTP/1.0.
    ///   - fields: The names and values of the header.
    package init(
      _ method: String, _ target: String, isHTTP10: Bool = false,
      fields: [(name: String, value: String)] = []
    ) {
      (self.method, self.target, self.isHTTP10, self.fields) = (method, target, isHTTP10, fields)
    }

    /// The values of a field.
    ///
    /// - Parameter name: The name in small letters.
    /// - Returns: The values in order.
    package func values(of name: String) -> [String] {
      fields.filter { $0.name.lowercased() == name }.map(\.value)
    }

    /// The path.
    package var path: Substring { target.prefix { $0 != "?" } }

    /// The query without its question mark; empty if there is none.
    package var query: Substring { target.drop { $0 != "?" }.dropFirst() }

    /// The media type of the body in small letters, without parameters; empty if it has none.
    package var mediaType: String {
      let type = values(of: "content-type").first?.prefix { $0 != ";" } ?? ""
      return type.filter { $0 != " " && $0 != "\t" }.lowercased()
    }

    /// Whether all is the same.
    package static func == (a: Head, b: Head) -> Bool {
      a.method == b.method && a.target == b.target && a.isHTTP10 == b.isHTTP10
        && a.fields.elementsEqual(b.fields, by: ==)
    }
  }

  /// What came before the body.
  package let head: Head

  /// The body.
  package let body: [UInt8]

  /// Creates a request.
  ///
  /// - Parameters:
  ///   - head: What came before the body.
  ///   - body: The body.
  package init(_ head: Head, body: [UInt8] = []) { (self.head, self.body) = (head, body) }
}
