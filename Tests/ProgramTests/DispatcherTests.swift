import Glibc
import TestSupport
import Testing

@Suite("cairn")
struct DispatcherTests {
  private static let programs = ["train", "predict", "inspect", "convert", "serve"]

  @Test("lists the programs with one line each", arguments: ["--help", "-h", "help"])
  func help(word: String) throws {
    let result = try run("cairn", [word])
    #expect(result.code == 0 && result.error.isEmpty)
    for program in Self.programs {
      #expect(
        result.output.split(separator: "\n").filter { $0.hasPrefix("  \(program) ") }.count == 1)
    }
    #expect(result.output.split(separator: "\n").allSatisfy { $0.count <= 100 })
  }

  @Test("has the version of the programs")
  func version() throws {
    let result = try run("cairn", ["--version"])
    let program = try run("predict", ["--version"]).output.split(separator: " ")
    #expect(result.output == "cairn \(program[1])\n")
    #expect(result.code == 0)
  }

  @Test("starts the programs, which mention themselves by both words", arguments: programs)
  func start(program: String) throws {
    let direct = try run(program, ["--help"])
    let help = try run("cairn", ["help", program])
    #expect(help.code == 0 && help.error.isEmpty)
    #expect(help.output.contains("USAGE: cairn \(program) "))
    #expect(help.output.contains("\n  cairn \(program) "))
    #expect(help.output.replacing("cairn \(program)", with: program) == direct.output)
    #expect(try run("cairn", [program, "--help"]).output == help.output)
    #expect(try run("cairn", [program, "--version"]).output == run(program, ["--version"]).output)
  }

  @Test("passes arguments, streams and the exit code on")
  func arguments() throws {
    let picture = "\(packageDirectory)/samples/7.png"
    let direct = try run("predict", [picture, "/no such.png"])
    let result = try run("cairn", ["predict", picture, "/no such.png"])
    #expect(result.output == direct.output && result.error == direct.error)
    #expect(result.code == 66)

    let usage = try run("cairn", ["predict", "-k", "3"])
    #expect(usage.code == 64)
    #expect(usage.error.contains("\nUsage: cairn predict [<options>] <file> ..."))
    #expect(usage.error.contains("See 'cairn predict --help'"))
  }

  @Test("lets train say how it is resumed, and stop by signals as it does alone")
  func resuming() throws {
    try withTemporaryDirectory { directory in
      let words = ["train", "--save", "c.h5", "--data", "\(packageDirectory)/samples/mnist"]
      let training = try RunningProgram(
        "cairn", words + ["--save-every", "20steps"], in: directory)
      #expect(eventually { names(in: directory).contains("c.h5") })
      training.send(SIGTERM)
      let result = training.wait()
      #expect(result.code == 143)
      #expect(result.lastErrorLine.contains("cairn train --save c.h5 --data "))
    }
  }

  @Test(
    "suggests the nearest program for an unknown name",
    arguments: [
      ("predcit", "predict"), ("pre", "predict"), ("trian", "train"), ("inspetc", "inspect"),
      ("conv", "convert"), ("serv", "serve"), ("server", "serve"),
    ])
  func nearest(word: String, program: String) throws {
    for words in [[word], ["help", word]] {
      let result = try run("cairn", words)
      #expect(result.code == 64 && result.output.isEmpty)
      #expect(
        result.error.hasPrefix(
          "cairn: error: There is no program '\(word)'; did you mean '\(program)'?\nUsage: cairn "))
    }
  }

  @Test(
    "refuses what is nothing like a program",
    arguments: [
      "xyz", "", String(repeating: "train", count: 1000),
    ])
  func unknown(word: String) throws {
    let result = try run("cairn", [word])
    #expect(result.code == 64 && result.output.isEmpty)
    #expect(
      result.error.hasPrefix(
        """
        cairn: error: There is no program '\(word)'. There are train, predict, inspect, convert \
        and serve.\nUsage: cairn 
        """))
  }

  @Test("refuses other options, and no program, and prints no control characters")
  func usage() throws {
    #expect(try run("cairn", []).code == 64)
    let option = try run("cairn", ["--verbose"])
    #expect(option.code == 64)
    #expect(option.error.hasPrefix("cairn: error: Unknown option '--verbose'\nUsage: "))
    #expect(
      try run("cairn", ["\u{1B}[31m"]).error.hasPrefix(
        "cairn: error: There is no program '\\x1b[31m'"))
  }

  @Test("finds the programs in libexec/cairn, models and MNIST in share/cairn, from any link")
  func installed() throws {
    try withTemporaryDirectory { directory in
      let copies = """
        mkdir -p usr/bin usr/libexec/cairn usr/share/cairn elsewhere
        cp "$1" usr/bin/cairn
        cp "$2" "$3" usr/libexec/cairn
        ln -s ../usr/bin/cairn elsewhere/cairn
        ln -s ../libexec/cairn/predict usr/bin/predict
        ln -s "$4/models/digits.h5" usr/share/cairn/digits.h5
        ln -s "$4/samples/mnist" usr/share/cairn/mnist
        """
      let paths = try ["cairn", "predict", "train"].map(programPath) + [packageDirectory]
      let copying = try runCommand(["sh", "-c", copies, "sh"] + paths, in: directory)
      #expect(copying.code == 0, "\(copying.error)")
      let picture = "\(packageDirectory)/samples/7.png"
      for start in [["elsewhere/cairn", "predict"], ["usr/bin/predict"]] {
        let result = try runCommand(["\(directory)/\(start[0])"] + start.dropFirst() + [picture])
        #expect(result.code == 0, "\(result.error)")
        #expect(result.output.hasPrefix("\(picture): 7  "))
      }
      let training = try runCommand(
        ["env", "-u", "CAIRN_DATA", "\(directory)/usr/bin/cairn", "train", "--save", "c.h5"]
          + ["--max-steps", "1", "-q"], in: directory)
      #expect(training.code == 0, "\(training.error)")

      let missing = try runCommand(["\(directory)/usr/bin/cairn", "serve"])
      #expect(missing.code == 66)
      #expect(missing.error.hasPrefix("cairn: error: Cannot start '"))
    }
  }
}
