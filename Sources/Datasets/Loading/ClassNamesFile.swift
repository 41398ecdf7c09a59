import Files

/// The files beside IDX files that name the classes.
///
/// There is no standard. `classes.txt`, `class_names.txt` and `labels.txt` have one name on each
/// line; EMNIST's `mapping.txt` has a label and the code points of its characters on each line, and
/// KMNIST's `classmap.csv` the columns `index`, `codepoint` and `char`. Their names may begin with
/// that of the data set, such as `emnist-letters-mapping.txt` and `kmnist_classmap.csv`.
enum ClassNamesFile {
  /// The endings of the names of the files, the first of which is preferred.
  private static let endings = [
    "classes.txt", "class_names.txt", "labels.txt", "mapping.txt", "classmap.csv",
  ]

  /// Finds the file and reads it.
  ///
  /// - Parameters:
  ///   - folder: The folder.
  ///   - names: The names of the files in it.
  ///   - prefix: The beginning of the names of the IDX files, such as `emnist-letters-`.
  /// - Returns: The names of the classes; `nil` if there is no such file.
  /// - Throws: ``DatasetError`` if the file cannot be read or names no class.
  static func read(
    in folder: String, names: [String], prefix: String
  ) throws(DatasetError) -> [String]? {
    let known = Set(names)
    let stem = prefix.isEmpty ? "" : String(prefix.dropLast())
    for ending in endings {
      let candidates = prefix.isEmpty ? [ending] : [prefix + ending, "\(stem)_\(ending)", ending]
      let found =
        candidates.first(where: known.contains)
        // KMNIST's IDX files have the names of MNIST's, but its table has its own.
        ?? (ending == "classmap.csv" ? names.sorted().first { $0.hasSuffix("_\(ending)") } : nil)
      guard let found else { continue }
      return try classNames(in: "\(folder)/\(found)", ending: ending)
    }
    return nil
  }

  private static func classNames(
    in path: String, ending: String
  ) throws(DatasetError) -> [String] {
    do throws(NameList.Problem) {
      let isTable = ending == "mapping.txt" || ending == "classmap.csv"
      guard isTable else { return try NameList.read(path) }
      let lines = try NameList.lines(of: path)
      guard let names = ending == "mapping.txt" ? mapping(lines) : table(lines) else {
        throw NameList.Problem("it is no table of labels and characters")
      }
      if let reason = NameList.problem(in: names) { throw NameList.Problem(reason) }
      return names
    } catch {
      guard error.isUnreadable else { throw .damaged(path: path, reason: error.reason) }
      throw .unreadable(path: path, reason: error.reason)
    }
  }

  /// Reads lines such as `1 65 97`: a label, and the code points of a capital and a small letter.
  private static func mapping(_ lines: [String]) -> [String]? {
    var characters: [Int: String] = [:]
    for line in lines {
      let numbers = line.split { $0 == " " || $0 == "\t" }.map { UInt32($0) }
      guard numbers.count >= 2, let label = numbers[0], label < 1 << 16 else { return nil }
      let scalars = numbers.dropFirst().map { $0.flatMap(Unicode.Scalar.init) }
      guard !scalars.contains(nil) else { return nil }
      let name = scalars.compactMap { $0.map { String(Character($0)) } }.joined(separator: "/")
      guard characters.updateValue(name, forKey: Int(label)) == nil else { return nil }
    }
    return names(characters)
  }

  /// Reads lines such as `0,U+304A,お` below the names of the columns.
  private static func table(_ lines: [String]) -> [String]? {
    guard lines.first == "index,codepoint,char" else { return nil }
    var characters: [Int: String] = [:]
    for line in lines.dropFirst() {
      let parts = line.split(separator: ",", maxSplits: 2)
      guard parts.count == 3, let label = UInt16(parts[0]),
        characters.updateValue(String(parts[2]), forKey: Int(label)) == nil
      else { return nil }
    }
    return names(characters)
  }

  /// The names by number; a label 0 that is missing has none, as in EMNIST's letters.
  private static func names(_ characters: [Int: String]) -> [String]? {
    var characters = characters
    if characters[0] == nil { characters[0] = "N/A" }
    let names = (0..<characters.count).map { characters[$0] }
    return names.contains(nil) ? nil : names.compactMap(\.self)
  }
}
