/// A function that gets arbitrary bytes, as a file or a message of a stranger.
///
/// Errors that it throws are expected. It fails if it traps, takes longer than a second or needs
/// more than 512 MB.
public struct FuzzTarget: Sendable {
  /// The name, which is also that of its folders in `Corpora` and `Regressions`.
  public let name: String
  /// The size of the largest input that is tried, in bytes.
  public let maximumSize: Int
  /// The number of mutated inputs that the tests try.
  public let testCount: Int
  /// Gives an input to the code under test.
  public let run: @Sendable (_ input: [UInt8]) -> Void

  init(
    _ name: String, maximumSize: Int = 4096, testCount: Int = 20_000,
    _ run: @escaping @Sendable (_ input: [UInt8]) -> Void
  ) {
    self.name = name
    self.maximumSize = maximumSize
    self.testCount = testCount
    self.run = run
  }

  /// All targets.
  public static let all: [FuzzTarget] = [
    .answers, .events, .idx, .jpeg, .json, .messages, .npy, .npz, .pictures, .png, .protobuf,
    .reader, .safetensors, .seal, .slices, .stream, .zip,
  ]
}

extension FuzzTarget: CustomStringConvertible {
  /// The name.
  public var description: String { name }
}

/// Ends the process, as a trap does, if a result contradicts itself.
func expect(_ condition: Bool, _ message: @autoclosure () -> String) {
  if !condition { fatalError(message()) }
}
