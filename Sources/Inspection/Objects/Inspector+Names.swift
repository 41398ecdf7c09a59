import Checkpoints
import HDF5
import ModelFiles

extension Inspector {
  /// Returns the paths of the objects that a name refers to: a path, a layer, a variable, or a
  /// prefix of variable names.
  func paths(named name: String) throws(InspectionError) -> [String] {
    if let layer = report.model?.layers.first(where: { $0.name == name }) {
      guard let path = layer.path else {
        throw .object(path: report.path, name: name, .noGroup)
      }
      return [path]
    }
    if let variable = variables.first(where: { $0.name == name }) { return [variable.path] }
    if try contains(name) { return [name.hasPrefix("/") ? name : "/\(name)"] }
    let below = variables.filter { $0.name.hasPrefix("\(name)/") }.map(\.path)
    guard below.isEmpty else { return below }

    let names = (report.model?.layers.map(\.name) ?? []) + variables.map(\.name)
    let paths = try allPaths()
    let candidates = name.hasPrefix("/") ? paths : names + paths.map { String($0.dropFirst()) }
    throw .noSuchObject(path: report.path, name: name, similar: name.nearest(of: candidates))
  }

  /// Whether there is an object or a link at a path.
  private func contains(_ path: String) throws(InspectionError) -> Bool {
    do throws(HDF5Error) {
      for part in checkpoint.parts where try part.file.contains(path) {
        return true
      }
      return false
    } catch {
      // The last link of a path can be shown without being followed.
      if case .linkNotFollowed = error.cause, error.object == absolute(path) { return true }
      if case .mismatch = error.cause { return false }
      throw .file(.file(error))
    }
  }

  private func absolute(_ path: String) -> String {
    "/" + path.split(separator: "/").filter { $0 != "." }.joined(separator: "/")
  }
}

extension String {
  /// Returns the candidate with the smallest edit distance to this text.
  ///
  /// - Parameter candidates: The texts to compare with.
  /// - Returns: The nearest one; `nil` if the distance of all of them is above 2, or not less than
  ///   the length of this text.
  func nearest(of candidates: [String]) -> String? {
    guard utf8.count <= 256 else { return nil }
    let limit = Swift.min(2, utf8.count - 1)
    let near = candidates.compactMap { candidate in
      editDistance(to: candidate, atMost: limit).map { (candidate, $0) }
    }
    return near.min { $0.1 < $1.1 }?.0
  }

  /// The edit distance (Levenshtein) of two texts; `nil` if it is above `limit`.
  private func editDistance(to other: String, atMost limit: Int) -> Int? {
    let (first, second) = (Array(utf8), Array(other.utf8))
    guard abs(first.count - second.count) <= limit else { return nil }
    var row = Array(0...second.count)
    for (i, byte) in first.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, otherByte) in second.enumerated() {
        let replaced = diagonal + (byte == otherByte ? 0 : 1)
        diagonal = row[j + 1]
        row[j + 1] = Swift.min(replaced, diagonal + 1, row[j] + 1)
      }
    }
    return row[second.count] <= limit ? row[second.count] : nil
  }
}
