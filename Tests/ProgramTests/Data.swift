import Glibc
import TestSupport

/// Calls `body` with a folder that holds `data`: ten steps of 32 pictures, if no other number is
/// asked for.
func withData<Result>(steps: Int = 10, _ body: (String) throws -> Result) throws -> Result {
  try withTemporaryDirectory { directory in
    try writeData(in: directory, train: 32 * steps)
    return try body(directory)
  }
}

/// Trains into `ckpt.h5` on `data`, both in the folder that is named.
@discardableResult
func train(
  _ arguments: String..., in directory: String, environment: [String: String] = [:]
) throws -> ProgramResult {
  try run("train", trainArguments(arguments), environment: environment, in: directory)
}

/// The arguments of `train` for ten small steps an epoch into `ckpt.h5`.
func trainArguments(_ more: [String]) -> [String] {
  ["--save", "ckpt.h5", "--data", "data", "--optimizer", "sgd"] + more
}

/// A checkpoint of 40 steps on MNIST itself, made once in a test run.
enum Trained {
  static let checkpoint = Result {
    let directory = try sharedTemporaryDirectory()
    let result = try run(
      "train",
      ["--save", "mnist.h5", "--data", "\(packageDirectory)/samples/mnist"]
        + ["--max-steps", "40"], in: directory)
    guard result.code == 0 else { throw CannotTrain(said: result.error) }
    return "\(directory)/mnist.h5"
  }

  struct CannotTrain: Error {
    let said: String
  }
}

/// Whether the bytes could do anything to a terminal but show lines.
func isPlain(_ bytes: [UInt8]) -> Bool { !bytes.contains(0x1B) && !bytes.contains(0x0D) }

extension ProgramResult {
  /// Exit code, standard output and standard error, to be compared at once.
  var whole: String {
    "exit \(code.map(String.init) ?? "by signal \(signal ?? 0)")\n\(output)\(error)"
  }
}

/// How many bytes of a sealed file its seal is of, which is the end that its header gives.
func sealedSize(_ file: [UInt8]) -> Int {
  file.dropLast(104).suffix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
}
