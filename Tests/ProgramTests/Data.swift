import Checkpoints
import Glibc
import NeuralNetwork
import Tensors
import TestSupport
import Testing

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

/// Starts a run that does not end by itself, and waits until it has created a file and locked it.
func startEndlessRun(
  _ arguments: [String], creating file: String, in directory: String
) throws -> RunningProgram {
  let program = try RunningProgram(
    "train",
    ["--save", "first.h5", "--data", "data", "--optimizer", "sgd", "--epochs", "100000"]
      + arguments, in: directory)
  while access("\(directory)/\(file)", F_OK) != 0, program.isRunning { usleep(500) }
  // It may be there, and not locked yet, for an instant.
  usleep(20_000)
  return program
}

/// The arguments of `train` for ten small steps an epoch into `ckpt.h5`.
func trainArguments(_ more: [String]) -> [String] {
  ["--save", "ckpt.h5", "--data", "data", "--optimizer", "sgd"] + more
}

/// Saves a model that has just been created.
func save(_ model: Model, input: Shape = [28, 28, 1], to path: String) throws {
  // The same weights in each run of a test.
  model.seed = model.seed ?? 1
  model.build(inputShape: input)
  try Checkpoint(model: model).save(to: path)
}

/// A file that is not what its name says, and how a program refuses it.
struct WrongFile: Sendable, CustomTestStringConvertible {
  let kind: Kind
  let code: Int32
  let message: String

  init(_ kind: Kind, _ code: Int32, _ message: String) {
    (self.kind, self.code, self.message) = (kind, code, message)
  }

  var testDescription: String { "\(kind)" }

  enum Kind {
    case missing, empty, text, png, pngSignature, hdf5Signature, kerasWeights, otherModel, folder
    case fifo

    /// Whether there is a regular file.
    var isRegular: Bool { ![.missing, .folder, .fifo].contains(self) }

    /// Creates the file.
    func write(to path: String) throws {
      switch self {
      case .missing: break
      case .empty: try writeBytes([], to: path)
      case .text: try writeBytes(Array("Neither a picture nor a model.\n".utf8), to: path)
      case .png: try writeBytes(try readBytes("\(packageDirectory)/samples/7.png"), to: path)
      case .pngSignature: try writeBytes([0x89, 0x50, 0x4E, 0x47], to: path)
      case .hdf5Signature:
        try writeBytes([0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A], to: path)
      case .kerasWeights:
        try writeBytes(try readBytes(fixture("tiny_seq_step5.weights.h5")), to: path)
      case .otherModel:
        try save(Sequential([Flatten(), Dense(10)]), to: path)
      case .folder: mkdir(path, 0o777)
      case .fifo: mkfifo(path, 0o666)
      }
    }
  }
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
