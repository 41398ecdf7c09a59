import Sandbox
import Zip

extension FuzzTarget {
  /// The directory and the members of a zip archive.
  static let zip = FuzzTarget("zip") { input in
    let file = MemoryFile(input)
    guard
      let archive = try? ZipArchive(
        descriptor: file.descriptor, named: "fuzz.zip", reader: .unconfined)
    else { return }
    for member in archive.members.prefix(64) {
      _ = try? archive.member(named: member.name)
      if let offset = (try? archive.contentOffset(of: member)) ?? nil {
        expect((0...input.count).contains(offset), "the content is outside of the archive")
      }
      guard let bytes = try? archive.bytes(of: member, limit: 1 << 20) else { continue }
      expect(bytes.count == member.count, "a member has not its size")
    }
  }
}
