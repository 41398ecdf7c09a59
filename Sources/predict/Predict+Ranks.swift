import ArgumentParser
import Arguments
import Files
import ModelArguments
import RankArguments
import Ranks

extension Predict {
  /// The job to which this process belongs; `nil` if it is alone.
  var job: Launch? { Launch.current.flatMap { $0.size > 1 ? $0 : nil } }

  /// Refuses what several processes cannot divide.
  func checkJob() throws {
    guard job != nil else { return }
    let labelsFile = evaluation.labels.map { $0 != "folders" } ?? false
    let other =
      switch true {
      case pictures.files.contains("-"): "-"
      case pictures.files.contains("@-"): "@-"
      case evaluation.worst != nil: "--worst"
      case explanation.explain != nil: "--explain"
      case preprocessing.savePreprocessed != nil: "--save-preprocessed"
      // Which files in a folder are pictures, and have a label, only their reader knows.
      case labelsFile && pictures.recursive: "--labels FILE --recursive"
      default: ""
      }
    guard other.isEmpty else {
      throw ValidationError("`\(other)` cannot be used with several processes.")
    }
  }

  /// Ends all processes unless all have the same program, arguments and model.
  func compareRanks(_ communicator: Communicator) throws(RankError) {
    let version = Self.configuration.version
    let arguments = commandLineWords.dropFirst().joined(separator: "\0")
    let facts: [(name: String, bytes: [UInt8])] = [
      ("program", Array(version.utf8)), ("command line", Array(arguments.utf8)),
      ("model", Self.digest(of: model.path)),
    ]
    for fact in facts {
      try communicator.requireEqual(
        try communicator.gather(fact.bytes), "its \(fact.name) is not that of rank 0",
        hint: "all machines need the same program, arguments and files")
    }
  }

  /// The SHA-256 of a file; empty if it is a folder.
  private static func digest(of path: String) -> [UInt8] {
    guard let file = try? DiskFile(path) else { return [] }
    var hash = SHA256()
    for start in stride(from: 0, to: file.size, by: 1 << 20) {
      guard let bytes = try? file.bytes(1 << 20, at: start) else { return [] }
      hash.update(bytes)
    }
    return hash.digest
  }
}
