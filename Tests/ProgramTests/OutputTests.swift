import Foundation
import TestSupport
import Testing

@Suite("What the programs write")
struct OutputTests {
  @Test("train prints a line for each epoch and nothing else on standard output")
  func epochs() throws {
    try withData { directory in
      let result = try train("--epochs", "2", in: directory)
      #expect(result.code == 0)
      let lines = result.output.split(separator: "\n")
      #expect(lines.count == 2)
      let number = "[0-9]+\\.[0-9]"
      for (index, line) in lines.enumerated() {
        let pattern = try Regex(
          "Epoch \(index + 1), Loss: \(number){4}, Accuracy: \(number){2}, "
            + "Test Loss: \(number){4}, Test Accuracy: \(number){2}")
        #expect(line.wholeMatch(of: pattern) != nil, "\(line)")
      }
      #expect(
        result.lastErrorLine == """
          train: saved ckpt.h5 after step 20; continue with: \(try programPath("train")) --save \
          ckpt.h5 --data data --optimizer sgd --epochs 4
          """)
      let errorLines = result.error.split(separator: "\n").dropLast()
      let table = errorLines.drop { $0.hasPrefix("train: saved ckpt.h5 after step ") }
      #expect(table.first?.hasPrefix("epoch ") == true, "\(table)")
      // Two headers with rules, an epoch, ten classes and the time.
      #expect(table.count == 16, "\(table)")
      #expect(!table.contains { $0.hasPrefix("train: ") })
      #expect(isPlain(result.outputBytes + result.errorBytes))
    }
  }

  @Test("The command that train suggests resumes the run, with any quoting and repetition")
  func goOn() throws {
    try withTemporaryDirectory { directory in
      try writeData(in: directory, name: "it's data; $HOME")
      let result = try run(
        "train",
        ["--save=a b.h5", "--data", "it's data; $HOME", "--optimizer", "sgd", "-e1"]
          + ["--max-steps", "3", "--resume", "never", "--overwrite"], in: directory)
      #expect(result.code == 0, "\(result.whole)")
      let command = try #require(result.lastErrorLine.split(separator: "continue with: ").last)
      let next = try runShell(String(command), in: directory)
      #expect(next.code == 0, "\(next.whole)")
      #expect(next.error.hasPrefix("train: resuming a b.h5 in epoch 1, step 3\n"))
      #expect(next.output.split(separator: "\n").count == 1)
    }
  }

  @Test("train --json prints an object for each epoch, with numbers that are not rounded")
  func json() throws {
    try withData { directory in
      let result = try train("--epochs", "2", "--json", in: directory)
      #expect(result.code == 0)
      #expect(isPlain(result.outputBytes + result.errorBytes))
      let lines = result.output.split(separator: "\n")
      #expect(lines.count == 3)
      let keys: Set = [
        "epoch", "loss", "accuracy", "test_loss", "test_accuracy", "step", "seconds",
      ]
      for (index, line) in lines.prefix(2).enumerated() {
        let object = try #require(
          try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Double])
        #expect(Set(object.keys) == keys)
        #expect(object["epoch"] == Double(index + 1))
        #expect(object["step"] == Double(10 * (index + 1)))
        #expect((0...1).contains(object["accuracy"] ?? -1))
        #expect((0...1).contains(object["test_accuracy"] ?? -1))
        let loss = try #require(object["loss"])
        #expect(loss != (loss * 1e6).rounded() / 1e6, "it is a mean of 320 losses")
      }
      let last = try JSONSerialization.jsonObject(with: Data(lines[2].utf8)) as? [String: Any]
      let summary = try #require(last?["summary"] as? [String: Any])
      #expect(summary["last_epoch"] as? Int == 2)
      let accuracy = try #require(summary["last_accuracy"] as? Double)
      let low = try #require(summary["last_accuracy_low"] as? Double)
      let high = try #require(summary["last_accuracy_high"] as? Double)
      #expect(low <= accuracy && accuracy <= high && low < high)
      #expect((summary["recalls"] as? [Any])?.count == 10)
      #expect((summary["peak_memory"] as? Int ?? 0) > 10_000_000)
    }
  }

  @Test("A run that ends inside an epoch prints the line of that epoch")
  func partOfEpoch() throws {
    try withData { directory in
      let result = try train("--max-steps", "13", "--json", in: directory)
      let steps = result.output.split(separator: "\n").compactMap {
        $0.firstMatch(of: /"epoch":([0-9]+).*"step":([0-9]+)/).map { "\($0.1) \($0.2)" }
      }
      #expect(steps == ["1 10", "2 13"])
    }
  }

  @Test("train -q prints only the epochs")
  func quiet() throws {
    try withData { directory in
      let result = try train("--epochs", "1", "-q", in: directory)
      #expect(result.output.hasPrefix("Epoch 1, Loss: "))
      #expect(result.error == "")
    }
  }

  @Test("Errors are coloured on request, but not by default in a pipe")
  func color() throws {
    try withData { directory in
      let plain = try train("--resume", "gone.h5", in: directory)
      let colored = try train("--resume", "gone.h5", "--color", "always", in: directory)
      #expect(isPlain(plain.errorBytes))
      #expect(colored.error.hasPrefix("train: \u{1B}[31merror:\u{1B}[39m Cannot open 'gone.h5'"))
      let never = try train(
        "--resume", "gone.h5", "--color", "never", in: directory,
        environment: ["CLICOLOR_FORCE": "1"])
      #expect(isPlain(never.errorBytes))
    }
  }

  @Test("In a terminal, train shows a progress bar and leaves clean lines")
  func terminal() throws {
    try withData { directory in
      let result = try run(
        "train", trainArguments(["--epochs", "2"]), in: directory, inTerminal: true)
      #expect(result.code == 0)
      #expect(result.output.contains("\r"))
      #expect(result.output.contains("Epoch 1/2"))
      #expect(result.output.contains("/10"))
      let screen = lines(onScreenAfter: result.output)
      try #require(screen.count == 19, "\(screen)")
      #expect(screen[0].hasPrefix("Epoch 1, Loss: "))
      #expect(screen[1].hasPrefix("Epoch 2, Loss: "))
      #expect(screen[2].hasPrefix("epoch "))
      #expect(screen[4].hasPrefix("2 (best, last) "))
      #expect(screen[5].hasPrefix("class "))
      #expect(screen[17].hasPrefix("time "))
      #expect(screen[18].hasPrefix("train: saved ckpt.h5 after step 20; continue with: "))
    }
  }

  @Test("A terminal that cannot redraw gets no progress bar")
  func dumbTerminal() throws {
    try withData { directory in
      let result = try run(
        "train", trainArguments(["--epochs", "1"]), environment: ["TERM": "dumb"], in: directory,
        inTerminal: true)
      #expect(result.code == 0)
      #expect(!result.outputBytes.contains(0x1B))
      #expect(!result.output.contains("Epoch 1/"))
    }
  }

  @Test("In a terminal predict prints the digit in bold")
  func boldDigit() throws {
    let model = try Trained.checkpoint.get()
    let arguments = ["\(packageDirectory)/samples/7.png", "--model", model]
    let result = try run("predict", arguments, inTerminal: true)
    #expect(result.output.contains("7.png: \u{1B}[1m7  "))
    let plain = try run("predict", arguments, environment: ["NO_COLOR": "1"], inTerminal: true)
    #expect(!plain.outputBytes.contains(0x1B))
  }

  /// What a terminal shows in the end.
  ///
  /// `\r` goes to the start of the line, `ESC [ K` erases the rest of it, other sequences only
  /// colour.
  private func lines(onScreenAfter output: String) -> [String] {
    var lines: [String] = []
    var line: [Character] = []
    var column = 0
    var rest = output.unicodeScalars[...]
    while let scalar = rest.popFirst() {
      switch scalar {
      case "\n":
        lines.append(String(line))
        line = []
      case "\r": column = 0
      case "\u{1B}":
        rest = rest.drop { !$0.properties.isAlphabetic }
        if rest.popFirst() == "K" { line.removeSubrange(min(column, line.count)...) }
      default:
        line.replaceSubrange(
          min(column, line.count)..<min(column + 1, line.count), with: [Character(scalar)])
        column += 1
      }
    }
    return (lines + [String(line)]).filter { !$0.isEmpty }
  }
}
