import Files
import Zip

extension Inspector {
  /// Members that are together larger than the archive by more than this factor are suspicious.
  private static let expansion = 100

  /// The bytes that the members of every archive may have together.
  private static let allowance = 256 << 20

  /// What is suspicious in the directory of an archive: members with the same name, of which
  /// programs take different ones, names that lead elsewhere, and far more bytes than are stored.
  static func suspicions(inArchive disk: DiskFile, named path: String) -> [Suspicion] {
    guard let archive = try? ZipArchive(descriptor: disk.descriptor, named: path) else {
      return []
    }
    var seen: Set<String> = []
    var found: [Suspicion] = []
    for member in archive.members {
      if !seen.insert(member.name).inserted {
        found.append(
          Suspicion(.duplicateMember, member.name, "is more than once in the archive"))
      }
      if let reason = member.name.suspiciousName {
        found.append(
          Suspicion(.name, member.name, reason.text, isDangerous: reason.isDangerous))
      }
    }
    let size = archive.members.reduce(0.0) { $0 + Double($1.count) }
    let limit = Self.allowance + Self.expansion * disk.size
    if size > Double(limit) {
      found.append(
        Suspicion(
          .archiveBomb, "the archive",
          "its members have \(Int(min(size, 0x1p62))) bytes, and the file has \(disk.size)"))
    }
    return found
  }
}
