/// The first file in a form (RFC 7578), as `curl -F picture=@digit.png` sends it.
package struct FormFile: Equatable {
  /// The name of the file; `nil` if it has none.
  package let name: String?

  /// The bytes of the file.
  package let bytes: ArraySlice<UInt8>

  /// Finds the first part with the name of a file; `nil` if there is no complete one.
  ///
  /// - Parameters:
  ///   - body: The body of a request.
  ///   - contentType: The value of its field `Content-Type`, with the boundary.
  package init?(in body: [UInt8], contentType: String) {
    guard let boundary = Self.parameter("boundary", of: contentType[...]),
      (1...70).contains(boundary.utf8.count)
    else { return nil }
    // Each boundary but the first follows a line break.
    let mark = Array("\r\n--\(boundary)".utf8)
    var place = body.starts(with: mark.dropFirst(2)) ? mark.count - 2 : nil
    if place == nil { place = Self.find(mark, in: body, from: 0).map { $0 + mark.count } }
    let blank = Array("\r\n\r\n".utf8)
    while let start = place, let end = Self.find(mark, in: body, from: start) {
      guard let header = Self.find(blank, in: body, from: start), header + 2 <= end else {
        return nil
      }
      let lines = String(decoding: body[start..<header], as: UTF8.self).split(separator: "\r\n")
      let disposition = lines.first { $0.lowercased().hasPrefix("content-disposition:") } ?? ""
      if let name = Self.parameter("filename", of: disposition) {
        self.name = name.isEmpty ? nil : name
        bytes = body[min(header + blank.count, end)..<end]
        return
      }
      place = end + mark.count
    }
    return nil
  }

  /// The first position of bytes.
  private static func find(_ bytes: [UInt8], in body: [UInt8], from start: Int) -> Int? {
    var rest = body[start...]
    while let place = rest.firstIndex(of: bytes[0]), place + bytes.count <= body.count {
      if body[place..<place + bytes.count].elementsEqual(bytes) { return place }
      rest = body[(place + 1)...]
    }
    return nil
  }

  /// A parameter of a field, in quotation marks or not.
  private static func parameter(_ name: String, of field: Substring) -> String? {
    for part in field.split(separator: ";").dropFirst() {
      let trimmed = part.drop { $0 == " " || $0 == "\t" }
      guard trimmed.lowercased().hasPrefix("\(name)=") else { continue }
      let value = trimmed.dropFirst(name.count + 1)
      guard value.hasPrefix("\"") else { return String(value.prefix { $0 != " " }) }
      return String(value.dropFirst().prefix { $0 != "\"" })
    }
    return nil
  }
}
