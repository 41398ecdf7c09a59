import Inference
import Serving
import Testing

@Suite("The rules for a request, before its body is read")
struct RequestRulesTests {
  private let rules = RequestRules(host: "Digits.example", bodyLimit: 1 << 20)

  private func status(
    _ method: String, _ target: String, isHTTP10: Bool = false, _ fields: (String, String)...
  ) -> Int? {
    let head = ServiceRequest.Head(
      method, target, isHTTP10: isHTTP10, fields: fields.map { (name: $0.0, value: $0.1) })
    return rules.refusal(of: head)?.status.rawValue
  }

  @Test(
    "The host is an address, localhost or the host of the server",
    arguments: [
      "localhost", "LOCALHOST:8080", "127.0.0.1", "127.0.0.1:80", "192.168.1.20:8080", "[::1]:8080",
      "[fe80::1]", "digits.example:1",
    ])
  func allowedHost(host: String) {
    #expect(status("GET", "/", ("Host", host)) == nil)
  }

  @Test(
    "Another host may be a web site that has its name point here",
    arguments: [
      "evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "", "127.0.0.1@evil",
      "[evil]", "[::1", "[]", "[::1].evil", "localhost:", "localhost:80:80", "127.0.0.256",
      "127.0.0.1:80a", "1.2.3", "١٢٧.0.0.1", "localhost:1234567",
    ])
  func foreignHost(host: String) {
    // An empty port is allowed (RFC 3986, section 3.2.3).
    #expect(status("GET", "/", ("Host", host)) == (host == "localhost:" ? nil : 403))
  }

  @Test("HTTP/1.1 needs one host, HTTP/1.0 none")
  func missingHost() {
    #expect(status("GET", "/") == 400)
    #expect(status("GET", "/", ("Host", "localhost"), ("host", "localhost")) == 400)
    #expect(status("GET", "/", isHTTP10: true) == nil)
    #expect(status("GET", "/", isHTTP10: true, ("Host", "evil.example")) == 403)
  }

  @Test("A page of another web site may not use the server")
  func origin() {
    func status(_ origin: String) -> Int? {
      self.status("GET", "/model", ("Host", "localhost:80"), ("Origin", origin))
    }
    #expect(status("http://localhost:80") == nil)
    for origin in ["http://localhost:81", "https://localhost:80", "http://evil.example", "null"] {
      #expect(status(origin) == 403)
    }
  }

  @Test("There are four paths, each with its methods")
  func paths() {
    let host = ("Host", "localhost")
    for path in ["/", "/health", "/model", "/?x", "/model?a=b"] {
      #expect(status("GET", path, host) == nil)
      #expect(status("HEAD", path, host) == nil)
      #expect(status("POST", path, host) == 405)
    }
    for path in ["", "*", "//", "/predict/", "/Predict", "/../predict", "http://localhost/"] {
      #expect(status("GET", path, host) == 404)
    }
    for method in ["GET", "HEAD", "PUT", "OPTIONS", "post"] {
      #expect(status(method, "/predict", host, ("Content-Length", "9")) == 405)
    }
    let refusal = rules.refusal(
      of: ServiceRequest.Head("PUT", "/predict", fields: [("Host", "localhost")]))
    #expect(refusal?.fields.map(\.value) == ["POST"])
  }

  @Test("A body must have a size within the limit, and may be a picture or a form")
  func bodies() {
    func status(_ fields: (String, String)...) -> Int? {
      rules.refusal(
        of: ServiceRequest.Head(
          "POST", "/predict",
          fields: [("Host", "localhost")] + fields.map { (name: $0.0, value: $0.1) })
      )?.status.rawValue
    }
    #expect(status(("Content-Length", "1048576")) == nil)
    #expect(status(("Content-Length", "1048577")) == 413)
    #expect(status(("Content-Length", "99999999999999999999999")) == 413)
    #expect(status(("Transfer-Encoding", "chunked")) == nil)
    #expect(status() == 400)
    #expect(status(("Content-Length", "0")) == 400)
    for (type, wanted) in [
      ("image/png", nil), ("IMAGE/JPEG; q=1", nil), ("application/octet-stream", nil),
      ("application/x-www-form-urlencoded", nil), ("multipart/form-data; boundary=x", nil),
      ("text/plain", 415), ("application/json", 415),
    ] as [(String, Int?)] {
      #expect(status(("Content-Length", "9"), ("Content-Type", type)) == wanted, "\(type)")
    }
    #expect(status(("Content-Length", "9"), ("Content-Encoding", "gzip")) == 415)
    #expect(self.status("GET", "/", ("Host", "localhost"), ("Content-Length", "9")) == 400)
  }

  @Test("A query says what the answer shows, and nothing else")
  func queries() throws {
    #expect(try PredictionQuery("").showsInput == false)
    #expect(try PredictionQuery("seen=1&explain=gradcam").showsInput)
    #expect(try PredictionQuery("seen=1&explain=gradcam").method == .gradcam)
    #expect(try PredictionQuery("&&seen=0&").showsInput == false)
    #expect(throws: PredictionQuery.Problem.seen) { try PredictionQuery("seen=yes") }
    #expect(throws: PredictionQuery.Problem.explain) { try PredictionQuery("explain=") }
    #expect(throws: PredictionQuery.Problem.unknown) { try PredictionQuery("accept=1") }
    #expect(
      status("POST", "/predict?x", ("Host", "localhost"), ("Content-Length", "9")) == 400)
  }
}
