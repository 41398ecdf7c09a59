import TestSupport
import Testing

@Suite("Wrong usage, on the built programs")
struct UsageTests {
  /// A command line without the names of programs, and what is wrong with it.
  struct Misuse: Sendable, CustomTestStringConvertible {
    let program: String
    let arguments: [String]
    let message: String

    /// Reads two lines of ``misuses``.
    init(_ text: Substring) {
      let lines = text.split(separator: "\n")
      let words = lines[0].split(separator: " ").map { $0 == "''" ? "" : String($0) }
      (program, arguments) = (words[0], Array(words.dropFirst()))
      message = lines[1].hasSuffix("…") ? String(lines[1].dropLast()) : "\(lines[1])\n"
    }

    var testDescription: String { ([program] + arguments).joined(separator: " ") }
  }

  /// Command lines with the sentences that they lead to; "…" stands for more words.
  static let misuses = #"""
    $ train
    Missing expected argument '--save <file>'
    $ train --save ''
    `--save` must be the path of a file, but is empty.
    $ train --save c.h5 --epochs 0
    `--epochs` must be from 1 to 1000000, but is 0.
    $ train --save c.h5 --epochs -1
    `--epochs` must be from 1 to 1000000, but is -1.
    $ train --save c.h5 -e -1
    `--epochs` must be from 1 to 1000000, but is -1.
    $ train --save c.h5 -e1000001
    `--epochs` must be from 1 to 1000000, but is 1000001.
    $ train --save c.h5 --epochs few
    The value 'few' is invalid for '--epochs <n>': it must be a whole number.
    $ train --save c.h5 -b0
    `--batch-size` must be from 1 to 1000000, but is 0.
    $ train --save c.h5 --shuffle-buffer 0
    `--shuffle-buffer` must be from 1 to 1000000000, but is 0.
    $ train --save c.h5 --max-steps 0
    `--max-steps` must be from 1 to 1000000000, but is 0.
    $ train --save c.h5 --threads 0
    `--threads` must be from 1 to 1024, but is 0.
    $ train --save c.h5 --threads 1025
    `--threads` must be from 1 to 1024, but is 1025.
    $ train --save c.h5 --keep=-1
    `--keep` must be from 0 to 10000, but is -1.
    $ train --save c.h5 --lr 0
    `--lr` must be a number greater than 0, but is 0.0.
    $ train --save c.h5 --lr nan
    `--lr` must be a number greater than 0, but is nan.
    $ train --save c.h5 --lr inf
    `--lr` must be a number greater than 0, but is inf.
    $ train --save c.h5 --lr -0.5
    `--lr` must be a number greater than 0, but is -0.5.
    $ train --save c.h5 --resume ''
    `--resume` must be auto, never or the path of a checkpoint, but is empty.
    $ train --save c.h5 --save-best ''
    `--save-best` must be the path of a file, but is empty.
    $ train --save c.h5 --save-every 0steps
    The value '0steps' is invalid for '--save-every <interval>'
    $ train --save c.h5 --optimizer lion
    The value 'lion' is invalid for '--optimizer <name>'…
    $ train --save c.h5 --seed -1
    The value '-1' is invalid for '--seed <n>': it must be a whole number from 0.
    $ train --save -c.h5
    '-c.h5' is not an option. For a file of that name, write…
    $ train --save c.h5 --colour never
    Unknown option '--colour'…
    $ train --save c.h5 extra
    Unexpected argument 'extra'
    $ predict
    Missing expected argument '<file> ...'
    $ predict a.png -k 0
    `-k` must be from 1 to 1000000, but is 0.
    $ predict a.png -k -1
    `-k` must be from 1 to 1000000, but is -1.
    $ predict -dash.png
    '-dash.png' is not an option. For a file of that name, write './-dash.png', or '--'…
    $ predict a.png -h.png
    '-h.png' is not an option.…
    $ predict a.png --preprocess blur
    The value 'blur' is invalid for '--preprocess <mode>'…
    $ predict a.png --invert maybe
    The value 'maybe' is invalid for '--invert <mode>'…
    $ predict a.png --color blue
    The value 'blue' is invalid for '--color <when>'…
    $ predict a.png --models m.h5
    Unknown option '--models'…
    $ predict a.png --model
    Missing value for '--model <file>'
    $ inspect a.h5 --diff b.h5 --rtol -1
    `--rtol` must be a number from 0…
    $ inspect -a.h5
    '-a.h5' is not an option.…
    $ convert -a.h5 b.h5
    '-a.h5' is not an option.…
    $ serve --port 65536
    `--port` must be from 0 to 65535, but is 65536.
    $ serve --port http
    The value 'http' is invalid for '--port <n>': it must be a whole number.
    $ serve --host ''
    `--host` must not be empty.
    $ serve digit.png
    Unexpected argument 'digit.png'
    """#.split(separator: "$ ").map(Misuse.init)

  @Test("A program says what is wrong with a flag and how it is used", arguments: misuses)
  func misuse(misuse: Misuse) throws {
    let result = try run(misuse.program, misuse.arguments)
    #expect(result.code == 64)
    #expect(result.output == "")
    #expect(
      result.error.hasPrefix("\(misuse.program): error: \(misuse.message)"), "\(result.error)")
    #expect(
      ["Usage", "USAGE"].contains { result.error.contains("\($0): \(misuse.program) ") },
      "\(result.error)")
    #expect(isPlain(result.errorBytes))
  }

  @Test(
    "An instruction set that the processor lacks is refused, and the supported ones are named",
    arguments: ["train", "predict", "inspect", "convert", "serve"])
  func instructionSet(program: String) throws {
    let arguments = [
      "train": ["--save", "/c.h5"], "convert": ["a.h5", "b.keras"], "serve": [],
    ]
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
      "train", "predict", "serve",
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

  @Test(
    "--version prints the program and the format version", arguments: ["train", "predict", "serve"])
  func version(program: String) throws {
    let result = try run(program, ["--version"])
    #expect(result.code == 0)
    #expect(result.output.hasPrefix("\(program) 0.2.0 (Cairn; checkpoint format 1"))
  }
}
