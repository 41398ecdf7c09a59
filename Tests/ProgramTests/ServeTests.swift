import Glibc
import TestSupport
import Testing

@Suite("serve, as a program")
struct ServeTests {
  private static let model = "\(packageDirectory)/models/quickstart.h5"

  /// Starts the program at a free port, and waits for its address.
  private func start(
    _ options: String..., model: String = Self.model, in directory: String
  ) throws -> (program: RunningProgram, address: String) {
    let program = try RunningProgram(
      "serve", ["--model", model, "--port", "0"] + options,
      shell: "exec \"$@\" > address", in: directory)
    var address = ""
    #expect(
      eventually {
        address = (try? readText("\(directory)/address")) ?? ""
        return address.hasSuffix("\n")
      })
    return (program, String(address.dropLast()))
  }

  private func port(in address: String) throws -> Int {
    try #require(address.split(separator: ":").last.flatMap { Int($0.dropLast()) })
  }

  @Test(
    "It prints its address, answers there, and ends with 0 when it is asked to",
    arguments: [SIGTERM, SIGINT, SIGHUP])
  func life(signal: Int32) throws {
    try withTemporaryDirectory { directory in
      let (program, address) = try start("--verbose", in: directory)
      #expect(address.wholeMatch(of: /http:\/\/127\.0\.0\.1:\d+\//) != nil)
      let digit = try readBytes("\(packageDirectory)/samples/7.png")
      let client = try HTTPClient(port: port(in: address))
      client.send(
        "POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Length: \(digit.count)\r\n\r\n")
      client.send(digit)
      #expect(client.receive()?.body.contains("\"digit\":7") == true)
      program.send(signal)
      let result = program.wait()
      #expect(result.code == 0)
      let lines = result.error.split(separator: "\n")
      #expect(lines.count == 2)
      #expect(lines.first?.contains("without rights, by seccomp, ") == true)
      #expect(lines.last?.wholeMatch(of: /127\.0\.0\.1 POST \/predict 200 .* B .* ms/) != nil)
    }
  }

  @Test("A port that is taken is an error with advice")
  func takenPort() throws {
    try withTemporaryDirectory { directory in
      let (program, address) = try start(in: directory)
      let port = try port(in: address)
      let result = try run("serve", ["--model", Self.model, "--port", "\(port)"])
      #expect(result.code == 75)
      #expect(
        result.error == """
          serve: error: Cannot listen at port \(port) of '127.0.0.1': another program does
          serve: hint: --port 0 chooses a free port

          """)
      program.send(SIGTERM)
      #expect(program.wait().code == 0)
    }
  }

  @Test("A model that is missing, and a host that is not there, are errors")
  func errors() throws {
    let missing = try run("serve", ["--model", "no-model.h5", "--port", "0"])
    #expect(missing.code == 66)
    #expect(missing.error.contains("Cannot open 'no-model.h5'"))
    let host = try run(
      "serve", ["--model", Self.model, "--port", "0", "--host", "no.such.host.invalid"])
    #expect(host.code == 73)
    #expect(host.error.hasPrefix("serve: error: Cannot listen at port 0 of 'no.such.host"))
  }

  @Test("The options of predict say what a file of Keras does not")
  func keras() throws {
    try withTemporaryDirectory { directory in
      let (program, address) = try start(
        "--image-size", "50x40", "--image-color", "rgb", "--scale", "1/255", "--fit", "crop",
        "--classes", fixture("classifiers/names.txt"), model: fixture("classifiers/open.keras"),
        in: directory)
      let client = try HTTPClient(port: port(in: address))
      client.send("GET /model HTTP/1.1\r\nHost: localhost\r\n\r\n")
      let model = client.receive()?.body ?? ""
      #expect(model.contains("\"input\":{\"channels\":3,\"height\":40,\"width\":50}"), "\(model)")
      program.send(SIGTERM)
      let notes = program.wait().error
      #expect(notes.split(separator: "\n").count == 1, "\(notes)")
    }
  }

  @Test("It says that others can reach it")
  func openToAll() throws {
    try withTemporaryDirectory { directory in
      let (program, address) = try start("--host", "0.0.0.0", in: directory)
      #expect(address.hasPrefix("http://0.0.0.0:"))
      program.send(SIGTERM)
      #expect(
        program.wait().error
          == "serve: note: everybody who reaches '0.0.0.0' may use this server\n")
    }
  }
}
