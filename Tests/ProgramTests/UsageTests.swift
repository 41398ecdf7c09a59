import TestSupport
import Testing

@Suite("Wrong usage, on the built programs")
struct UsageTests {
  @Test(
    "train tells what is wrong with a flag and how it is used, and exits with 64",
    arguments: [
      ([], "Error: Missing expected argument '--save <file>'\n"),
      (["--save", ""], "Error: `--save` must be the path of a file, but is .\n"),
      (
        ["--save", "c.h5", "--epochs", "0"],
        "Error: `--epochs` must be from 1 to 1000000, but is 0.\n"
      ),
      (
        ["--save", "c.h5", "--epochs", "-1"],
        "Error: `--epochs` must be from 1 to 1000000, but is -1.\n"
      ),
      (
        ["--save", "c.h5", "-e", "-1"], "Error: `--epochs` must be from 1 to 1000000, but is -1.\n"
      ),
      (
        ["--save", "c.h5", "-e1000001"],
        "Error: `--epochs` must be from 1 to 1000000, but is 1000001.\n"
      ),
      (
        ["--save", "c.h5", "--epochs", "few"],
        "Error: The value 'few' is invalid for '--epochs <n>': it must be a whole number.\n"
      ),
      (
        ["--save", "c.h5", "-b0"], "Error: `--batch-size` must be from 1 to 1000000, but is 0.\n"
      ),
      (
        ["--save", "c.h5", "--shuffle-buffer", "0"],
        "Error: `--shuffle-buffer` must be from 1 to 1000000000, but is 0.\n"
      ),
      (
        ["--save", "c.h5", "--max-steps", "0"],
        "Error: `--max-steps` must be from 1 to 1000000000, but is 0.\n"
      ),
      (
        ["--save", "c.h5", "--threads", "0"],
        "Error: `--threads` must be from 1 to 1024, but is 0.\n"
      ),
      (
        ["--save", "c.h5", "--threads", "1025"],
        "Error: `--threads` must be from 1 to 1024, but is 1025.\n"
      ),
      (["--save", "c.h5", "--keep=-1"], "Error: `--keep` must be from 0 to 10000, but is -1.\n"),
      (
        ["--save", "c.h5", "--lr", "0"],
        "Error: `--lr` must be a number greater than 0, but is 0.0.\n"
      ),
      (
        ["--save", "c.h5", "--lr", "nan"],
        "Error: `--lr` must be a number greater than 0, but is nan.\n"
      ),
      (
        ["--save", "c.h5", "--lr", "inf"],
        "Error: `--lr` must be a number greater than 0, but is inf.\n"
      ),
      (
        ["--save", "c.h5", "--lr", "-0.5"],
        "Error: `--lr` must be a number greater than 0, but is -0.5.\n"
      ),
      (
        ["--save", "c.h5", "--resume", ""],
        "Error: `--resume` must be auto, never or the path of a checkpoint, but is .\n"
      ),
      (
        ["--save", "c.h5", "--save-best", ""],
        "Error: `--save-best` must be the path of a file, but is .\n"
      ),
      (
        ["--save", "c.h5", "--save-every", "0steps"],
        "Error: The value '0steps' is invalid for '--save-every <interval>'\n"
      ),
      (
        ["--save", "c.h5", "--optimizer", "lion"],
        "Error: The value 'lion' is invalid for '--optimizer <name>'"
      ),
      (
        ["--save", "c.h5", "--seed", "-1"],
        "Error: The value '-1' is invalid for '--seed <n>': it must be a whole number from 0.\n"
      ),
      (["--save", "-c.h5"], "Error: '-c.h5' is not an option. For a file of that name, write"),
      (["--save", "c.h5", "--colour", "never"], "Error: Unknown option '--colour'"),
      (["--save", "c.h5", "extra"], "Error: Unexpected argument 'extra'\n"),
    ])
  func train(arguments: [String], message: String) throws {
    try expectUsage(of: "train", arguments, message)
  }

  @Test(
    "predict tells what is wrong with a flag and how it is used, and exits with 64",
    arguments: [
      ([], "Error: Missing expected argument '<file> ...'\n"),
      (["a.png", "-k", "0"], "Error: `-k` must be from 1 to 1000000, but is 0.\n"),
      (["a.png", "-k", "-1"], "Error: `-k` must be from 1 to 1000000, but is -1.\n"),
      (
        ["-dash.png"],
        "Error: '-dash.png' is not an option. For a file of that name, write './-dash.png', or "
          + "'--' "
      ),
      (["a.png", "-h.png"], "Error: '-h.png' is not an option."),
      (
        ["a.png", "--preprocess", "blur"],
        "Error: The value 'blur' is invalid for '--preprocess <mode>'"
      ),
      (
        ["a.png", "--invert", "maybe"],
        "Error: The value 'maybe' is invalid for '--invert <mode>'"
      ),
      (["a.png", "--color", "blue"], "Error: The value 'blue' is invalid for '--color <when>'"),
      (["a.png", "--models", "m.h5"], "Error: Unknown option '--models'"),
      (["a.png", "--model"], "Error: Missing value for '--model <file>'\n"),
    ])
  func predict(arguments: [String], message: String) throws {
    try expectUsage(of: "predict", arguments, message)
  }

  @Test(
    "inspect and convert tell what is wrong with a flag too",
    arguments: [
      (
        "inspect", ["a.h5", "--diff", "b.h5", "--rtol", "-1"],
        "Error: `--rtol` must be a number from 0"
      ),
      ("inspect", ["-a.h5"], "Error: '-a.h5' is not an option."),
      ("convert", ["-a.h5", "b.h5"], "Error: '-a.h5' is not an option."),
    ])
  func others(program: String, arguments: [String], message: String) throws {
    try expectUsage(of: program, arguments, message)
  }

  @Test(
    "refuses an instruction set that the processor lacks, and names those it has",
    arguments: ["train", "predict", "inspect", "convert"])
  func instructionSet(program: String) throws {
    let arguments = ["train": ["--save", "/c.h5"], "convert": ["a.h5", "b.keras"]]
    let result = try run(
      program, arguments[program] ?? ["a"], environment: ["CAIRN_ISA": "foo"])
    #expect(result.code == 64)
    #expect(
      result.error.hasPrefix(
        """
        \(program): error: The environment variable `CAIRN_ISA` must be one of avx512, avx2, neon, \
        portable, of which this processor has
        """))
    #expect(result.error.hasSuffix("portable, but is 'foo'\n"))
  }

  @Test(
    "--help opens with three examples and goes to standard output",
    arguments: [
      "train", "predict",
    ])
  func help(program: String) throws {
    let result = try run(program, ["--help"])
    #expect(result.code == 0)
    #expect(result.error == "")
    let lines = result.output.split(separator: "\n").map { $0.drop { $0 == " " } }
    let examples = try #require(lines.firstIndex { $0.hasPrefix("EXAMPLES:") })
    try #require(lines.count > examples + 3)
    #expect(lines[(examples + 1)...(examples + 3)].allSatisfy { $0.hasPrefix("\(program) ") })
    #expect(isPlain(result.outputBytes))
  }

  @Test("--version names program and format", arguments: ["train", "predict"])
  func version(program: String) throws {
    let result = try run(program, ["--version"])
    #expect(result.code == 0)
    #expect(result.output.hasPrefix("\(program) 0.1.0 (Cairn; checkpoint format 1"))
  }

  private func expectUsage(
    of program: String, _ arguments: [String], _ message: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let result = try run(program, arguments)
    #expect(result.code == 64, sourceLocation: sourceLocation)
    #expect(result.output == "", sourceLocation: sourceLocation)
    #expect(result.error.hasPrefix(message), "\(result.error)", sourceLocation: sourceLocation)
    #expect(
      result.error.contains("Usage: \(program) ") || result.error.contains("USAGE: \(program) "),
      "\(result.error)",
      sourceLocation: sourceLocation)
    #expect(isPlain(result.errorBytes), sourceLocation: sourceLocation)
  }
}
