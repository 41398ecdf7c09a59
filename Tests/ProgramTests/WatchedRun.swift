import TestSupport
import Testing

/// Runs with an option that names a folder for files about the run.
struct WatchedRun: Sendable {
  /// The files, as paths that begin with the folder.
  let files: [String]

  private let option: [String]

  /// The bytes of the files after three epochs without interruption.
  let whole: Result<[[UInt8]], any Error>

  /// Runs three epochs.
  init(_ option: String..., files: [String]) {
    (self.option, self.files) = (option, files)
    whole = Result {
      try withData { directory in
        let result = try run("train", Self.arguments(3, option), in: directory)
        #expect(result.code == 0, "\(result.whole)")
        return try files.map { try readBytes("\(directory)/\($0)") }
      }
    }
  }

  private static func arguments(_ epochs: Int, _ more: [String]) -> [String] {
    trainArguments(["--epochs", "\(epochs)"] + more)
  }

  /// Runs some epochs into `ckpt.h5`.
  func train(_ epochs: Int, _ more: String..., in directory: String) throws -> ProgramResult {
    try run("train", Self.arguments(epochs, option + more), in: directory)
  }

  /// Expects the files of the whole run.
  func expectWhole(
    _ directory: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    for (file, bytes) in zip(files, try whole.get()) {
      #expect(
        try isFile("\(directory)/\(file)", bytes), "\(file)", sourceLocation: sourceLocation)
    }
  }
}
