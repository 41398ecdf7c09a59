import Files
import HDF5
import JSON

/// Weights that are sharded over several HDF5 files, with a JSON index (`.weights.json`).
enum ShardedWeights: ModelFormat {
  private enum Limit {
    /// The maximum size of the JSON file, in bytes.
    static let text = 4 << 20
    /// The maximum number of shards.
    static let parts = 256
  }

  /// The map of a `.weights.json` file: the shards that contain each group of variables.
  ///
  /// - Returns: The map; `nil` if the file is not a `.weights.json` file.
  private static func map(in source: any FileSource) -> JSON.Object? {
    guard source.size <= Limit.text, let bytes = try? source.bytes(Limit.text, at: 0),
      let text = String(validating: bytes, as: UTF8.self),
      let json = try? JSON(parsing: text)
    else { return nil }
    return json["weight_map"]?.object
  }

  /// Opens the shards in a map.
  ///
  /// They must be in the folder of the JSON file; names that lead elsewhere are refused.
  static func open(
    _ file: DiskFile, head: [UInt8], named path: String, limits: Limits, ignoresSeal: Bool
  ) throws(CheckpointError) -> Container? {
    guard head.beginsJSON, let map = map(in: file) else { return nil }
    guard map.count <= LayerLimits.count else {
      throw .content(path: path, object: "weight_map", problem: "names \(map.count) groups")
    }
    let folder = path.dropLast(path.split(separator: "/").last?.count ?? 0)
    var indices: [String: Int] = [:]
    var parts: [CheckpointFile.Part] = []
    var groups: [String: [Int]] = [:]
    for (group, value) in map.sorted(by: { $0.key < $1.key }) {
      let names = value.array?.map(\.string) ?? [value.string]
      var members: [Int] = []
      for name in names {
        guard let name, !name.isEmpty, name != ".", name != "..",
          !name.utf8.contains(where: { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\\") })
        else {
          throw .content(
            path: path, object: "weight_map\(group)",
            problem: "names '\(name ?? value.text)', which is not a file beside this one")
        }
        if let index = indices[name] {
          members.append(index)
          continue
        }
        guard parts.count < Limit.parts else {
          throw .content(
            path: path, object: "weight_map", problem: "names more than \(Limit.parts) files")
        }
        let file = try converting { () throws(HDF5Error) in
          try File.open(folder + name, limits: limits)
        }
        indices[name] = parts.count
        members.append(parts.count)
        parts.append(CheckpointFile.Part(folder + name, file))
      }
      groups[group] = members
    }
    guard !parts.isEmpty else {
      throw .content(path: path, object: "weight_map", problem: "names no file")
    }
    return Container(
      .shards, size: parts.reduce(0) { $0 + $1.file.size }, parts, map: groups)
  }
}
