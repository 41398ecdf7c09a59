import Dispatch
import Glibc
import Inference
import Serving
import Synchronization
import TestSupport
import Testing

@Suite("The server, with real connections")
struct PictureServerTests {
  private static let digit = try? readBytes("\(packageDirectory)/samples/7.png")

  /// Runs a server with limits that a test can reach, and times that suffice beside other tests.
  private func withServer(
    _ change: (inout ServingLimits) -> Void = { _ in },
    _ body: (PictureServer, ServingLimits) throws -> Void
  ) throws {
    var limits = ServingLimits()
    limits.bodyBytes = 1 << 20
    // Longer than stopping, so that no time limit closes what the server should close.
    (limits.headerTime, limits.bodyTime) = (.seconds(240), .seconds(240))
    limits.stoppingTime = .seconds(120)
    change(&limits)
    let path = "\(packageDirectory)/models/quickstart.h5"
    let service = PictureService(try Classifier(loading: path), name: path)
    let server = try PictureServer(service, host: "127.0.0.1", port: 0, limits: limits)
    defer { server.stop() }
    try body(server, limits)
  }

  private func get(_ path: String) -> String { "GET \(path) HTTP/1.1\r\nHost: localhost\r\n\r\n" }

  private func post(_ body: [UInt8]) -> [UInt8] {
    Array(
      "POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Length: \(body.count)\r\n\r\n".utf8)
      + body
  }

  @Test("Requests on one connection are answered in order, also if all come at once")
  func pipelined() throws {
    let digit = try #require(Self.digit)
    try withServer { server, _ in
      let client = try HTTPClient(port: server.port)
      for _ in 0..<3 { client.send(Array(get("/health").utf8) + post(digit)) }
      for _ in 0..<3 {
        #expect(client.receive()?.body == "{\"status\":\"ok\"}\n")
        #expect(client.receive()?.body.contains("\"digit\":7") == true)
      }
      client.send("HEAD / HTTP/1.1\r\nHost: localhost\r\n\r\n" + get("/health"))
      #expect(client.receive(hasBody: false)?.status == 200)
      #expect(client.receive()?.body == "{\"status\":\"ok\"}\n")
    }
  }

  @Test("A body may come in chunks, after a permission, or before the client closes its side")
  func bodies() throws {
    let digit = try #require(Self.digit)
    try withServer { server, _ in
      let client = try HTTPClient(port: server.port)
      let head = "POST /predict HTTP/1.1\r\nHost: localhost\r\n"
      client.send(head + "Transfer-Encoding: chunked\r\n\r\n")
      for byte in digit { client.send(Array("1\r\n".utf8) + [byte] + Array("\r\n".utf8)) }
      client.send("0\r\n\r\n")
      #expect(client.receive()?.status == 200)
      client.send(head + "Expect: 100-continue\r\nContent-Length: \(digit.count)\r\n\r\n")
      #expect(client.receive()?.status == 100)
      client.send(digit)
      #expect(client.receive()?.status == 200)
      client.send(post(digit))
      client.endSending()
      #expect(client.receive()?.status == 200)
      #expect(client.isClosed())
    }
  }

  @Test("What is no HTTP is answered, and the connection closed")
  func broken() throws {
    try withServer { server, _ in
      for (text, status) in [
        ("\u{0}garbage\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost localhost\r\n\r\n", 400),
        ("GET /" + String(repeating: "a", count: 100_000), 431),
        ("GET / HTTP/1.1\r\nA: " + String(repeating: "a", count: 100_000), 431),
        (
          "POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n"
            + "Transfer-Encoding: chunked\r\n\r\n", 400
        ),
      ] {
        let client = try HTTPClient(port: server.port)
        client.send(text)
        let answer = try #require(client.receive())
        #expect(answer.status == status)
        #expect(answer.body.hasPrefix("{\"error\":"))
        #expect(client.isClosed())
      }
    }
  }

  @Test("A body beyond the limit is refused before it is sent, and also if it grows")
  func tooLarge() throws {
    try withServer { server, limits in
      let head = "POST /predict HTTP/1.1\r\nHost: localhost\r\n"
      let announced = try HTTPClient(port: server.port)
      announced.send(head + "Content-Length: 1000000000\r\n\r\n")
      #expect(announced.receive()?.status == 413)
      let growing = try HTTPClient(port: server.port)
      growing.send(head + "Transfer-Encoding: chunked\r\n\r\n")
      let chunk = Array("10000\r\n".utf8) + Array(repeating: 0, count: 1 << 16) + [13, 10]
      for _ in 0...limits.bodyBytes >> 16 { growing.send(chunk) }
      #expect(growing.receive()?.status == 413)
    }
  }

  @Test("Bodies of all connections together are limited")
  func buffers() throws {
    try withServer({ $0.bufferedBytes = 300_000 }) { server, _ in
      let half = Array(post(Array(repeating: 0, count: 200_000)).dropLast())
      let first = try HTTPClient(port: server.port)
      first.send(half)
      // Time for the server to read it.
      usleep(2_000_000)
      let second = try HTTPClient(port: server.port)
      second.send(half)
      #expect(second.receive()?.status == 503)
      first.send([0])
      #expect(first.receive()?.status == 415)
      let third = try HTTPClient(port: server.port)
      third.send(half + [0])
      #expect(third.receive()?.status == 415)
    }
  }

  @Test("A connection too much is told so, and the next one is welcome again")
  func connections() throws {
    try withServer({ $0.connections = 3 }) { server, _ in
      var clients = try (0..<3).map { _ in try HTTPClient(port: server.port) }
      for client in clients { client.send(get("/health")) }
      for client in clients { #expect(client.receive()?.status == 200) }
      #expect(try HTTPClient(port: server.port).receive()?.status == 503)
      clients.removeLast()
      let isWelcome = eventually {
        guard let client = try? HTTPClient(port: server.port) else { return false }
        client.send(get("/health"))
        return client.receive()?.status == 200
      }
      #expect(isWelcome)
    }
  }

  @Test("Slow clients lose their connection, and others do not wait for them")
  func slow() throws {
    let digit = try #require(Self.digit)
    try withServer({
      ($0.headerTime, $0.bodyTime) = (.seconds(5), .seconds(5))
    }) { server, _ in
      let silent = try HTTPClient(port: server.port)
      let header = try HTTPClient(port: server.port)
      header.send("GET / HTTP/1.1\r\nHo")
      let body = try HTTPClient(port: server.port)
      body.send(post(digit).dropLast(50))
      let quick = try HTTPClient(port: server.port)
      quick.send(post(digit))
      #expect(quick.receive()?.status == 200)
      #expect(header.receive()?.status == 408)
      #expect(body.receive()?.status == 408)
      #expect(silent.isClosed())
    }
  }

  @Test("A server that stops answers what has begun, and takes nothing new")
  func stopping() throws {
    let digit = try #require(Self.digit)
    try withServer { server, _ in
      let idle = try HTTPClient(port: server.port)
      let busy = try HTTPClient(port: server.port)
      idle.send(get("/health"))
      #expect(idle.receive()?.status == 200)
      busy.send(
        "POST /predict HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n"
          + "Content-Length: \(digit.count)\r\n\r\n")
      #expect(busy.receive()?.status == 100)
      let isStopped = Mutex(false)
      let queue = DispatchQueue(label: "stop")
      queue.async {
        server.stop()
        isStopped.withLock { $0 = true }
      }
      #expect(idle.isClosed())
      #expect(throws: HTTPClient.Failure.self) { try HTTPClient(port: server.port) }
      #expect(!isStopped.withLock { $0 })
      busy.send(digit)
      #expect(busy.receive()?.status == 200)
      #expect(busy.isClosed())
      queue.sync {}
      #expect(isStopped.withLock { $0 })
    }
  }

  @Test("A port that is taken, and a host that is not there, are errors")
  func errors() throws {
    try withServer { server, _ in
      let path = "\(packageDirectory)/models/quickstart.h5"
      let service = PictureService(try Classifier(loading: path), name: path)
      #expect(throws: ServerError.portInUse(host: "127.0.0.1", port: server.port)) {
        try PictureServer(service, host: "127.0.0.1", port: server.port)
      }
      #expect(throws: ServerError.self) {
        try PictureServer(service, host: "no.such.host.invalid", port: 0)
      }
      #expect(throws: ServerError.self) {
        try PictureServer(service, host: "192.0.2.1", port: 0)
      }
    }
  }
}
