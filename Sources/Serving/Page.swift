/// The page on which one draws: one file, which loads nothing else.
package enum Page {
  /// What stands in the file for a number that is used once.
  private static let placeholder = Array("NONCE".utf8)

  /// The parts of the file between the placeholders.
  private static let parts: [ArraySlice<UInt8>] = {
    let page = PackageResources.page_html[...]
    var parts: [ArraySlice<UInt8>] = []
    var start = page.startIndex
    for place in page.indices.dropLast(placeholder.count - 1)
    where page[place] == placeholder[0]
      && page[place..<place + placeholder.count].elementsEqual(placeholder)
    {
      parts.append(page[start..<place])
      start = place + placeholder.count
    }
    return parts + [page[start...]]
  }()

  /// The page, with a policy that lets the browser run only its own script, and load nothing but
  /// the answers of this server.
  package static var answer: ServiceAnswer {
    let nonce = (0..<4).map { _ in String(UInt32.random(in: 0 ... .max), radix: 36) }.joined()
    let policy = [
      "default-src 'none'", "script-src 'nonce-\(nonce)'", "style-src 'nonce-\(nonce)'",
      "img-src data: blob:", "connect-src 'self'", "base-uri 'none'", "form-action 'none'",
      "frame-ancestors 'none'",
    ]
    return ServiceAnswer(
      .ok, mediaType: "text/html; charset=utf-8",
      fields: [
        ("Content-Security-Policy", policy.joined(separator: "; ")),
        ("Referrer-Policy", "no-referrer"),
      ],
      body: Array(parts.joined(separator: Array(nonce.utf8))))
  }
}
