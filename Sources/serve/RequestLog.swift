import Console
import Serving
import Synchronization

/// A line for each request on standard error; a slow reader of the lines does not stop the server.
final class RequestLog: Sendable {
  private let output = Mutex(OutputQueue(.error))

  /// Writes a line, such as `127.0.0.1 POST /predict 200 812 B 3.4 ms`.
  ///
  /// - Parameter record: What became of the request.
  func write(_ record: RequestRecord) {
    let milliseconds = Format.fixed(record.time / .milliseconds(1), decimals: 1)
    let words = [
      record.client, record.method.isEmpty ? "-" : record.method,
      record.path.isEmpty ? "-" : record.path, "\(record.status)", "\(record.bodyBytes) B",
      "\(milliseconds) ms",
    ]
    let line = escaped(words.joined(separator: " ")) + "\n"
    output.withLock { $0.write(line) }
  }
}
