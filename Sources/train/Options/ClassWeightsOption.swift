import ArgumentParser
import Glibc
import Training

/// The value of `--class-weights`: weights, or a JSON file with them.
enum ClassWeightsOption: ExpressibleByArgument {
  case weights(ClassWeights)
  case file(path: String)

  /// Reads weights, or the path of an existing file or one with a folder or the ending `.json`.
  init?(argument: String) {
    if let weights = ClassWeights(argument) {
      self = .weights(weights)
    } else if unsafe argument.contains("/") || argument.hasSuffix(".json")
      || access(argument, F_OK) == 0
    {
      self = .file(path: argument)
    } else {
      return nil
    }
  }

  /// The weights.
  ///
  /// - Parameter classNames: The names of the classes.
  /// - Returns: A weight for each class, or `auto`.
  /// - Throws: ``SettingsFileError`` if the file cannot be used.
  func weights(classNames: [String]) throws -> ClassWeights {
    switch self {
    case .weights(let weights): return weights
    case .file(let path):
      guard let json = try readSettings(in: path, as: .classWeights) else {
        throw SettingsFileError(path: path, role: .classWeights, problem: "it is not JSON")
      }
      do throws(RecipeProblem) {
        return try ClassWeights(json, classNames: classNames)
      } catch {
        throw SettingsFileError(path: path, role: .classWeights, problem: "\(error)")
      }
    }
  }
}
