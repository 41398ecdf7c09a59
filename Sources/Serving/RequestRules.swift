/// The rules that a request must fulfil before its body is read.
package struct RequestRules: Sendable {
  /// The host under which the server was asked to be reachable, such as `localhost`.
  private let host: String

  /// The bytes of a body.
  private let bodyLimit: Int

  /// Creates the rules.
  ///
  /// - Parameters:
  ///   - host: The host under which the server was asked to be reachable, such as `localhost`.
  ///   - bodyLimit: The bytes of a body.
  package init(host: String, bodyLimit: Int) { (self.host, self.bodyLimit) = (host, bodyLimit) }

  /// Checks a request.
  ///
  /// - Parameter head: What comes before the body.
  /// - Returns: The answer that refuses it; `nil` if it may go on.
  package func refusal(of head: ServiceRequest.Head) -> ServiceAnswer? {
    if let refusal = refusalOfOrigin(head) { return refusal }
    guard let endpoint = Endpoint(rawValue: String(head.path)) else {
      let paths = Endpoint.allCases.map(\.rawValue).joined(separator: ", ")
      return ServiceAnswer(.notFound, "There is nothing at this path, only at \(paths)")
    }
    guard endpoint.methods.contains(head.method) else {
      return ServiceAnswer(
        .methodNotAllowed, "\(endpoint.rawValue) needs the method \(endpoint.methods[0])",
        fields: [("Allow", endpoint.methods.joined(separator: ", "))])
    }
    guard endpoint == .predict else { return refusalOfNeedlessBody(head) }
    do throws(PredictionQuery.Problem) {
      _ = try PredictionQuery(head.query)
    } catch {
      return ServiceAnswer(.badRequest, "\(error)")
    }
    return refusalOfBody(head)
  }

  /// Refuses what another web site makes a browser send.
  ///
  /// A site may name an address of this machine in its own domain (DNS rebinding). The browser then
  /// takes the server for a part of the site, but its `Host` is the name of the site. It cannot be
  /// an address, because then the browser would have connected to the site itself.
  private func refusalOfOrigin(_ head: ServiceRequest.Head) -> ServiceAnswer? {
    let hosts = head.values(of: "host")
    guard hosts.count == 1 || hosts.isEmpty && head.isHTTP10 else {
      return ServiceAnswer(.badRequest, "The request needs one field 'Host'")
    }
    if let name = hosts.first, !allows(host: name) {
      return ServiceAnswer(
        .forbidden, "The host must be an address, 'localhost' or the host of --host")
    }
    let origins = head.values(of: "origin")
    guard origins.isEmpty || hosts.count == 1 && origins == ["http://\(hosts[0])"] else {
      return ServiceAnswer(.forbidden, "The request comes from another web site")
    }
    return nil
  }

  /// Whether the value of `Host` is an address, `localhost` or the host of the server.
  private func allows(host value: String) -> Bool {
    var name = value.lowercased()[...]
    if name.hasPrefix("[") {
      guard let end = name.firstIndex(of: "]") else { return false }
      guard isPort(name[name.index(after: end)...]) else { return false }
      name = name[name.index(after: name.startIndex)..<end]
      return name.contains(":") && name.allSatisfy { $0.isHexDigit || $0 == ":" || $0 == "." }
    }
    guard isPort(name.drop { $0 != ":" }) else { return false }
    name = name.prefix { $0 != ":" }
    return name == "localhost" || name == host.lowercased() || isAddress(name)
  }

  /// Whether a text is empty or a colon and a port.
  private func isPort(_ text: Substring) -> Bool {
    text.isEmpty || text.hasPrefix(":") && text.count <= 6 && text.dropFirst().allSatisfy(isDigit)
  }

  /// Whether a text is an address of IP version 4.
  private func isAddress(_ text: Substring) -> Bool {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4
      && parts.allSatisfy { part in
        (1...3).contains(part.count) && part.allSatisfy(isDigit) && Int(part) ?? 256 < 256
      }
  }

  private func isDigit(_ character: Character) -> Bool { ("0"..."9").contains(character) }

  private func refusalOfNeedlessBody(_ head: ServiceRequest.Head) -> ServiceAnswer? {
    guard !hasChunks(head), length(of: head) ?? 0 == 0 else {
      return ServiceAnswer(.badRequest, "\(head.path) takes no body")
    }
    return nil
  }

  private func refusalOfBody(_ head: ServiceRequest.Head) -> ServiceAnswer? {
    if let length = length(of: head), length > bodyLimit {
      return ServiceAnswer(.tooLarge, Self.tooLarge(bodyLimit))
    }
    guard hasChunks(head) || length(of: head) ?? 0 > 0 else {
      return ServiceAnswer(.badRequest, "The body must be a PNG or JPEG, but is empty")
    }
    guard head.values(of: "content-encoding").allSatisfy({ $0.lowercased() == "identity" }) else {
      return ServiceAnswer(.otherType, "The body must not have a content encoding")
    }
    let type = head.mediaType
    // curl says application/x-www-form-urlencoded of --data-binary; the content decides.
    let isPicture =
      type.isEmpty || type.hasPrefix("image/")
      || ["application/octet-stream", "application/x-www-form-urlencoded", "multipart/form-data"]
        .contains(type)
    guard isPicture else {
      return ServiceAnswer(.otherType, "The body must be a PNG or JPEG, or a form with one")
    }
    return nil
  }

  /// The sentence about a body that is too large.
  ///
  /// - Parameter limit: The bytes of a body.
  /// - Returns: The sentence.
  static func tooLarge(_ limit: Int) -> String {
    "The body has more than \(limit >> 20) MiB"
  }

  private func hasChunks(_ head: ServiceRequest.Head) -> Bool {
    !head.values(of: "transfer-encoding").isEmpty
  }

  private func length(of head: ServiceRequest.Head) -> Int? {
    head.values(of: "content-length").first.map { Int($0) ?? .max }
  }
}
