import ArgumentParser
import Arguments
import Console
import Inference
import ModelArguments
import Sandbox
import Serving
import Threads

@main
struct Serve: Program {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Shows a page on which one draws or drops a picture, and classifies it.",
    usage: "serve [<options>]",
    discussion: """
      EXAMPLES:
        serve --port 8080
        serve --model ckpt.h5 --port 0
        serve --model model.keras --classes names.txt --scale -1..1 --verbose

      Open the address that it prints in a browser of this machine. The page needs no network. \
      Other programs send pictures to /predict and get the object of 'predict --json':

        curl --data-binary @digit.png http://127.0.0.1:8080/predict
        curl -F picture=@photo.jpg http://127.0.0.1:8080/predict
        curl -F picture=@7.png 'http://127.0.0.1:8080/predict?seen=1&explain=gradcam'
        curl http://127.0.0.1:8080/model
        curl http://127.0.0.1:8080/health

      Only programs of this machine reach it, unless --host names another address: then everybody \
      who reaches that address may use it, without a password and without encryption. Bodies have \
      at most 32 MiB, and there are at most 256 connections (see the guide Serving).

      EXIT CODES: 0 ended by SIGINT, SIGTERM or SIGHUP, after running requests, 64 usage error, 65 \
      the model file is damaged or is no image classifier, 66 it cannot be opened, 73 the address \
      cannot be used, 75 another program uses the port. A second signal ends it at once.
      """,
    version: version(of: "serve"))

  static let shortOptions = "mp"
  static let shortFlags = "v"

  @OptionGroup(title: "Model") var model: ModelOptions

  @OptionGroup(title: "Preprocessing") var input: InputOptions

  @OptionGroup(title: "Server") var server: ServerOptions

  func run() throws {
    // Threads inherit the mask, so that only `StopSignal.wait()` gets the signals.
    let signal = StopSignal()
    Sandbox.prepare()
    try exiting(color: server.color) { try serve(until: signal) }
  }

  private func serve(until signal: StopSignal) throws -> ExitStatus {
    if let threads = server.threads { Threads.count = threads }
    let options = input.classifierOptions(acceptsAll: server.accept)
    let classifier = try model.loadClassifier(for: self, options, color: server.color)
    if server.verbose { noteConfinement() }
    for finding in classifier.notes where finding.isAssumption {
      note(finding.sentence(about: model.path, by: Self.name))
    }
    let service = PictureService(classifier, name: model.path)
    let log = RequestLog()
    let write: @Sendable (RequestRecord) -> Void = { log.write($0) }
    let pictureServer = try PictureServer(
      service, host: server.host, port: server.port, log: server.verbose ? write : nil)
    if !server.isLoopback {
      note("everybody who reaches '\(server.host)' may use this server")
    }
    let host = server.host.contains(":") ? "[\(server.host)]" : server.host
    try StandardOutput.writeLine("http://\(host):\(pictureServer.port)/")
    signal.wait()
    pictureServer.stop()
    return .success
  }

  func report(of error: any Error) -> ErrorReport {
    switch error {
    case let error as InferenceError:
      ErrorReport(of: error, hintForMissingModel: model.hintForMissingModel(Self.name))
    case let error as ServerError:
      switch error {
      case .portInUse:
        ErrorReport("\(error)", hint: "--port 0 chooses a free port", status: .busy)
      case .unusable: ErrorReport("\(error)", status: .cannotCreate)
      }
    default: ErrorReport(of: error)
    }
  }
}
