package import JSON

/// An answer of the service, independent of how it is sent.
package struct ServiceAnswer: Equatable, Sendable {
  /// The status.
  package let status: AnswerStatus

  /// The media type of the body.
  package let mediaType: String

  /// Further fields of the header.
  package let fields: [(name: String, value: String)]

  /// The body.
  package let body: [UInt8]

  /// Creates an answer.
  ///
  /// - Parameters:
  ///   - status: The status.
  ///   - mediaType: The media type of the body.
  ///   - fields: Further fields of the header.
  ///   - body: The body.
  package init(
    _ status: AnswerStatus, mediaType: String, fields: [(name: String, value: String)] = [],
    body: [UInt8]
  ) {
    (self.status, self.mediaType, self.fields, self.body) = (status, mediaType, fields, body)
  }

  /// Creates an answer of JSON, with a line break at its end.
  ///
  /// - Parameters:
  ///   - json: The value.
  ///   - status: The status.
  ///   - fields: Further fields of the header.
  package init(
    _ json: JSON, _ status: AnswerStatus = .ok, fields: [(name: String, value: String)] = []
  ) {
    self.init(
      status, mediaType: "application/json", fields: fields,
      body: Array((json.text(.canonicalUTF8) + "\n").utf8))
  }

  /// Creates the answer for an error.
  ///
  /// - Parameters:
  ///   - status: The status.
  ///   - message: One sentence without a full stop.
  ///   - fields: Further fields of the header.
  package init(
    _ status: AnswerStatus, _ message: String, fields: [(name: String, value: String)] = []
  ) {
    self.init(.object(["error": .string(message)]), status, fields: fields)
  }

  /// Whether all is the same.
  package static func == (a: ServiceAnswer, b: ServiceAnswer) -> Bool {
    a.status == b.status && a.mediaType == b.mediaType && a.body == b.body
      && a.fields.elementsEqual(b.fields, by: ==)
  }
}
