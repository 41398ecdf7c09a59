import Foundation
import TestSupport
import Testing

/// The lines of a log come from the history of the run: none is missing, none is there twice, and
/// what somebody else wrote is never changed.
@Suite("The log")
struct LogTests {
  /// Runs some epochs with a log.
  private func train(
    _ epochs: Int, log: String = "log.jsonl", _ more: String..., in directory: String
  ) throws -> ProgramResult {
    try run(
      "train", trainArguments(["--epochs", "\(epochs)", "--log", log] + more), in: directory)
  }

  /// The log of three epochs, made once.
  private static let whole = Result {
    try withData { directory in
      let result = try run(
        "train", trainArguments(["--epochs", "3", "--log", "log.jsonl"]), in: directory)
      #expect(result.code == 0, "\(result.whole)")
      return try readBytes("\(directory)/log.jsonl")
    }
  }

  private static func expect(
    _ directory: String, epochs: Int, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let lines = try whole.get().split(separator: 0x0A, omittingEmptySubsequences: false)
    let expected = Array(lines.prefix(epochs).joined(separator: [0x0A])) + [0x0A]
    #expect(try isFile("\(directory)/log.jsonl", expected), sourceLocation: sourceLocation)
  }

  @Test("A log first requested when the run is resumed or finished gets all lines")
  func givenLater() throws {
    try withData { directory in
      #expect(try ProgramTests.train("--epochs", "2", in: directory).code == 0)
      #expect(try train(2, in: directory).code == 0)
      try Self.expect(directory, epochs: 2)
      unlink("\(directory)/log.jsonl")
      #expect(try train(3, in: directory).code == 0)
      try Self.expect(directory, epochs: 3)
    }
  }

  @Test(
    "Lines that are cut off or torn are completed, and lines that are ahead are not written again")
  func completed() throws {
    try withData { directory in
      #expect(try train(3, "--keep", "3", in: directory).code == 0)
      try Self.expect(directory, epochs: 3)
      let whole = try Self.whole.get()
      for length in [0, 1, 70, whole.count - 1] {
        try writeBytes(Array(whole.prefix(length)), to: "\(directory)/log.jsonl")
        let result = try train(3, in: directory)
        #expect(result.code == 0, "\(result.whole)")
        try Self.expect(directory, epochs: 3)
      }
      // The checkpoint of epoch 1 with the log of epoch 3, of which the last line is whole or torn.
      for count in [whole.count, whole.count - 20] {
        for name in names(in: directory) where name.hasPrefix("ckpt.step-0000002") {
          unlink("\(directory)/\(name)")
        }
        unlink("\(directory)/ckpt.step-00000030.h5")
        unlink("\(directory)/ckpt.h5")
        try writeBytes(Array(whole.prefix(count)), to: "\(directory)/log.jsonl")
        let result = try train(3, in: directory)
        #expect(result.error.hasPrefix("train: resuming ckpt.step-00000010.h5"))
        #expect(result.code == 0, "\(result.whole)")
        try Self.expect(directory, epochs: 3)
      }
    }
  }

  @Test("A log of comma-separated values has a header, and its lines are completed as well")
  func commaSeparated() throws {
    try withData { directory in
      let log = "\(directory)/log.csv"
      #expect(try train(3, log: "log.csv", in: directory).code == 0)
      let whole = try readBytes(log)
      let rows = try Self.whole.get().split(separator: 0x0A).map { line in
        let json = String(decoding: line, as: UTF8.self)
        return json.split(separator: ",").map { $0.drop { $0 != ":" }.dropFirst() }
          .joined(separator: ",").replacing("}", with: "")
      }
      let header = "epoch,loss,accuracy,test_loss,test_accuracy,step"
      #expect(
        String(decoding: whole, as: UTF8.self) == ([header] + rows + [""]).joined(separator: "\n"))
      for length in [0, 10, header.utf8.count + 1, header.utf8.count + 20, whole.count - 1] {
        try writeBytes(Array(whole.prefix(length)), to: log)
        #expect(try train(3, log: "log.csv", in: directory).code == 0)
        #expect(try isFile(log, whole))
      }
      // The checkpoint of epoch 1 with the log of epoch 3.
      for name in names(in: directory) where name.hasPrefix("ckpt.step-0000002") {
        unlink("\(directory)/\(name)")
      }
      unlink("\(directory)/ckpt.step-00000030.h5")
      unlink("\(directory)/ckpt.h5")
      #expect(try train(3, log: "log.csv", in: directory).code == 0)
      #expect(try isFile(log, whole))
      try writeBytes(whole + Array("note\n".utf8), to: log)
      #expect(try train(4, log: "log.csv", in: directory).code == 73)
    }
  }

  @Test("A log that was edited, cut at its beginning or written by another run is left as it is")
  func foreign() throws {
    try withData { directory in
      #expect(try train(2, in: directory).code == 0)
      let own = try readBytes("\(directory)/log.jsonl")
      var edited = own
      edited[own.count - 5] ^= 1
      let contents: [(bytes: [UInt8], line: Int)] = [
        (edited, 2), (Array(own.dropFirst(10)), 1), (own + Array("note to self\n".utf8), 3),
        (Array("# title\n".utf8) + own, 1), (own + own, 3),
      ]
      for (bytes, line) in contents {
        try writeBytes(bytes, to: "\(directory)/log.jsonl")
        let result = try train(3, in: directory)
        #expect(result.code == 73, "\(result.whole)")
        #expect(
          result.error.contains(
            "Cannot write the log 'log.jsonl': line \(line) is not this run's line of epoch "
              + "\(line)\ntrain: hint: "), "\(result.whole)")
        #expect(try isFile("\(directory)/log.jsonl", bytes))
      }
      #expect(try train(3, "--overwrite", in: directory).code == 0)
      try Self.expect(directory, epochs: 3)

      // Zeros at the end are what a power failure leaves: they are kept, under another name.
      let zeros = own + [UInt8](repeating: 0, count: 90)
      try writeBytes(zeros, to: "\(directory)/log.jsonl")
      let result = try train(3, in: directory)
      #expect(result.code == 0, "\(result.whole)")
      try Self.expect(directory, epochs: 3)
      let aside = try #require(names(in: directory).first { $0.hasPrefix("log.jsonl.damaged-") })
      #expect(try isFile("\(directory)/\(aside)", zeros))
    }
  }

  @Test("Two runs do not write one log at a time")
  func shared() throws {
    try withData { directory in
      let first = try startEndlessRun(
        ["--log", "log.jsonl"], creating: "log.jsonl", in: directory)
      let second = try train(1, in: directory)
      first.send(SIGKILL)
      _ = first.wait()
      #expect(second.code == 75, "\(second.whole)")
      #expect(second.error.contains("Cannot write the log 'log.jsonl': another run is writing it"))
      #expect(!names(in: directory).contains("ckpt.h5"))
    }
  }

  @Test(
    "A log that is not a regular file is refused, without blocking",
    arguments: ["fifo", "folder", "/dev/null"])
  func notRegular(log: String) throws {
    try withData { directory in
      mkfifo("\(directory)/fifo", 0o666)
      mkdir("\(directory)/folder", 0o777)
      let result = try train(1, log: log, in: directory)
      #expect(result.code == 73, "\(result.whole)")
      #expect(result.error.contains("'\(log)': it is not a regular file"))
    }
  }

  @Test("A line torn by a full disk is reported, and the same command completes it")
  func torn() throws {
    try withData { directory in
      // The run is finished first: a checkpoint does not fit into the limit that the log gets.
      #expect(try ProgramTests.train("--epochs", "5", in: directory).code == 0)
      #expect(try train(5, log: "whole.jsonl", in: directory).code == 0)
      let whole = try readBytes("\(directory)/whole.jsonl")
      #expect(whole.count > 512)
      let limited = try run(
        "train", trainArguments(["--epochs", "5", "--log", "log.jsonl"]),
        shell: "ulimit -f 1 && exec \"$@\"", in: directory)
      #expect(limited.code == 74, "\(limited.whole)")
      #expect(limited.error.contains("The log 'log.jsonl' lacks lines: File too large"))
      #expect(try isFile("\(directory)/log.jsonl", Array(whole.prefix(512))))
      #expect(try train(5, in: directory).code == 0)
      #expect(try isFile("\(directory)/log.jsonl", whole))
    }
  }
}
