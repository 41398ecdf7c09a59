public import ArgumentParser
import ModelFiles

extension CompletionKind {
  /// Completes the names of the layers in a model file that the command line names.
  ///
  /// - Parameters:
  ///   - options: The options that name the file, such as `--model`, the most important first.
  ///   - isList: Whether the value may be several names, separated by commas.
  /// - Returns: The completion; without words if there is no such file.
  public static func layers(of options: [String], isList: Bool = false) -> CompletionKind {
    .custom { words, _, prefix in
      let files = options.compactMap { value(of: $0, in: words) }
      return completions(prefix, files, isList: isList)
    }
  }

  /// Completes the names of the layers in the first file among the words of the command line.
  public static var layersOfFile: CompletionKind {
    .custom { words, _, prefix in completions(prefix, Array(words.dropFirst()), isList: false) }
  }

  /// The value of an option, as in `--model a.h5` or `--model=a.h5`.
  private static func value(of option: String, in words: [String]) -> String? {
    for (index, word) in words.enumerated() {
      if word == option, index + 1 < words.count { return words[index + 1] }
      if word.hasPrefix("\(option)=") { return String(word.dropFirst(option.count + 1)) }
    }
    return nil
  }

  private static func completions(
    _ prefix: String, _ files: [String], isList: Bool
  ) -> [String] {
    for file in files {
      guard let weights = try? CheckpointFile(opening: file).storedWeights() else { continue }
      let names = weights.layers.map { $0.name ?? $0.components.joined(separator: "/") }
      let comma = isList ? prefix.lastIndex(of: ",") : nil
      let earlier = comma.map { prefix[...$0] } ?? ""
      // The completions of bash expand each word: the name `$(command)` of a layer in a stranger's
      // file would run the command.
      return names.map { earlier + $0 }.filter(isPlainWord)
    }
    return []
  }
}
