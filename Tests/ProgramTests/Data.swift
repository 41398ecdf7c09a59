import Glibc
import TestSupport

/// Writes MNIST's four files with few pictures, of which each class has a bar at its own height.
///
/// - Returns: The folder, which is below `directory`.
@discardableResult
func writeData(
  in directory: String, name: String = "data", train: Int = 320, test: Int = 64, side: Int = 28
) throws -> String {
  let folder = "\(directory)/\(name)"
  mkdir(folder, 0o777)
  for (stem, count, seed) in [("train", train, 1), ("t10k", test, 2)] {
    var noise = UInt32(seed)
    var pixels: [UInt8] = []
    for index in 0..<count {
      for pixel in 0..<side * side {
        noise = noise &* 1_664_525 &+ 1_013_904_223
        let isBar = pixel / side / 2 == index % 10 + 2
        pixels.append(UInt8(noise >> 25) + (isBar ? 120 : 0))
      }
    }
    try writeBytes(idx([count, side, side]) + pixels, to: "\(folder)/\(stem)-images-idx3-ubyte")
    try writeBytes(
      idx([count]) + (0..<count).map { UInt8($0 % 10) }, to: "\(folder)/\(stem)-labels-idx1-ubyte")
  }
  return folder
}

/// The header of an IDX file of bytes.
func idx(_ extents: [Int]) -> [UInt8] {
  [0, 0, 8, UInt8(extents.count)]
    + extents.flatMap { extent in [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: extent >> $0) } }
}

/// Calls `body` with a folder that holds `data`, ten steps of 32 pictures.
func withData<Result>(_ body: (String) throws -> Result) throws -> Result {
  try withTemporaryDirectory { directory in
    try writeData(in: directory)
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

/// The folder of this package.
let packageDirectory = #filePath.split(separator: "/", omittingEmptySubsequences: false)
  .dropLast(3).joined(separator: "/")

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

/// The names in a folder, in order.
func names(in folder: String) -> [String] {
  guard let stream = opendir(folder) else { return [] }
  defer { closedir(stream) }
  var names: [String] = []
  while let entry = readdir(stream) {
    names.append(
      withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      })
  }
  return names.filter { $0 != "." && $0 != ".." }.sorted()
}

/// Whether the bytes could do anything to a terminal but show lines.
func isPlain(_ bytes: [UInt8]) -> Bool { !bytes.contains(0x1B) && !bytes.contains(0x0D) }

extension ProgramResult {
  /// Exit code, standard output and standard error, to be compared at once.
  var whole: String {
    "exit \(code.map(String.init) ?? "by signal \(signal ?? 0)")\n\(output)\(error)"
  }

  /// The last line of standard error.
  var lastErrorLine: String { error.split(separator: "\n").last.map(String.init) ?? "" }
}

/// How many bytes of a sealed file its seal is of, which is the end that its header gives.
func sealedSize(_ file: [UInt8]) -> Int {
  file.dropLast(104).suffix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
}
