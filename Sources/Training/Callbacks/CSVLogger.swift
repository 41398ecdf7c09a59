import Files
import Glibc
public import NeuralNetwork
import Preconditions

/// Writes the loss and the metrics of each epoch of `fit` to a file of comma-separated values.
///
/// Columns, order and line breaks are Keras's: `epoch`, from 0, and the names of the first epoch's
/// logs in order; without validation data, there are columns of `NA` for it.
///
/// ```swift
/// model.fit(x, y, epochs: 3, callbacks: [CSVLogger(path)])
/// let lines = try readText(path).split { $0.isNewline }  // a head, then a line per epoch
/// ```
public final class CSVLogger: Callback {
  /// The path of the file.
  public let filename: String

  /// The reason why the file could not be written, which ended the training; `nil` if there is
  /// none.
  public private(set) var failure: String?

  private let separator: String
  private let appends: Bool
  private var writesHeader = true
  private var names: [String]?

  /// Creates a callback.
  ///
  /// - Parameters:
  ///   - filename: The path of the file.
  ///   - separator: The character between values.
  ///   - append: Whether lines are added to an existing file; otherwise it is replaced when
  ///     training begins.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  public init(
    _ filename: String, separator: String = ",", append: Bool = false,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    require(
      separator.unicodeScalars.count == 1 && !["\"", "\r", "\n"].contains(separator),
      "`separator` must be one character, but is '\(separator)'.", file: file, line: line)
    (self.filename, self.separator, appends) = (filename, separator, append)
  }

  /// Creates the file, or replaces its content.
  public override func onTrainBegin(model: Model) {
    names = nil
    if appends, fileSize.map({ $0 > 0 }) == true { writesHeader = false }
    write("", model, replacing: !appends)
  }

  /// Writes a line.
  public override func onEpochEnd(_ epoch: Int, model: Model, logs: inout [String: Double]) {
    var text = ""
    if names == nil {
      var names = logs.keys.sorted {
        $0.unicodeScalars.lexicographicallyPrecedes($1.unicodeScalars)
      }
      if !names.contains(where: { $0.hasPrefix("val_") }) { names += names.map { "val_\($0)" } }
      self.names = names
      if writesHeader { text = line(["epoch"] + names) }
    }
    let values = (names ?? []).map { name in logs[name].map { "\($0)" } ?? "NA" }
    write(text + line(["\(epoch)"] + values), model)
  }

  private func line(_ fields: [String]) -> String {
    fields.map(quoted).joined(separator: separator) + "\r\n"
  }

  /// A field, quoted if it must be.
  private func quoted(_ field: String) -> String {
    let special = separator + "\"\r\n"
    guard field.unicodeScalars.contains(where: { special.unicodeScalars.contains($0) }) else {
      return field
    }
    return "\"" + field.replacing("\"", with: "\"\"") + "\""
  }

  private var fileSize: Int? {
    var status = Glibc.stat()
    guard unsafe stat(filename, &status) == 0 else { return nil }
    return Int(status.st_size)
  }

  /// Appends text to the file, and ends the training if that fails.
  private func write(_ text: String, _ model: Model, replacing: Bool = false) {
    let mode = replacing ? O_TRUNC : O_APPEND
    let descriptor = unsafe open(filename, O_WRONLY | O_CREAT | O_CLOEXEC | mode, 0o666)
    guard descriptor >= 0 else { return stop(model) }
    defer { close(descriptor) }
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = unsafe rest.withUnsafeBytes {
        unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return stop(model) }
      rest.removeFirst(count)
    }
  }

  private func stop(_ model: Model) {
    failure = "Cannot write '\(filename)': \(systemError())"
    model.stopTraining = true
  }
}
