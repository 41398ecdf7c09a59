import Files
import Zip

extension Inspector {
  /// The members of an archive that have the same name, of which programs take different ones.
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
    return found
  }
}
