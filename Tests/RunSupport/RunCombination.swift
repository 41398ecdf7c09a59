/// A command line of `train` with some of its options: which data, which model, which recipe.
///
/// A run with these options that is interrupted and resumed must end with the bytes of one that is
/// not.
public struct RunCombination: Sendable {
  /// What the run is called, such as `combination 17 of seed 1`.
  public let name: String

  /// The options, without the checkpoint, the threads and how often it is saved.
  public let arguments: [String]

  /// The content of `recipe.json`, which `--recipe` names; `nil` if there is no such option.
  public let recipe: String?

  /// Creates a combination.
  ///
  /// - Parameters:
  ///   - name: What the run is called.
  ///   - arguments: The options, of which files are in the working directory, and data beside it.
  ///   - recipe: The content of `recipe.json`; `nil` for no recipe.
  public init(_ name: String, _ arguments: [String], recipe: String? = nil) {
    self.name = name
    self.recipe = recipe
    self.arguments = arguments + (recipe == nil ? [] : ["--recipe", "recipe.json"])
  }

  /// The files and folders beside the checkpoint that the run writes, as options name them.
  public var outputs: [String] {
    zip(arguments, arguments.dropFirst()).filter { Self.outputFlags.contains($0.0) }.map(\.1)
  }

  /// The command that trains in the working directory, for a shell.
  ///
  /// It needs the data of ``writeCombinationData(in:)`` in the folder above.
  public var command: String {
    let words = ["train", "--save", Self.checkpoint] + arguments
    let quoted = words.map { word in
      word.allSatisfy { $0.isLetter || $0.isNumber || "-./=,_".contains($0) } ? word : "'\(word)'"
    }
    return (recipe.map { "echo '\($0)' > recipe.json; " } ?? "") + quoted.joined(separator: " ")
  }

  /// The name of the checkpoint.
  static let checkpoint = "c.h5"

  private static let outputFlags: Set = [
    "--log", "--save-best", "--export-weights", "--tensorboard", "--plots",
  ]
}
