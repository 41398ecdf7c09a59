internal import CHDF5
import Files

/// The target of a soft or external link.
enum LinkTarget {
  /// The maximum length of a target in bytes.
  ///
  /// Targets are only shown, never opened.
  private static let longest = 4096

  /// Returns the kind and the target of the link `name` in the group `group`.
  static func kind(of link: H5L_info_t, named name: String, in group: hid_t) -> Member.Kind {
    switch link.type {
    case H5L_TYPE_SOFT:
      guard let value = unsafe value(named: name, in: group, size: link.u.val_size) else {
        return .unreadable("the soft link has no target")
      }
      return .softLink(target: text(value[...]))
    case H5L_TYPE_EXTERNAL:
      // One byte of version and flags, then the name of the file and the path as C strings.
      guard let value = unsafe value(named: name, in: group, size: link.u.val_size), value.count > 1
      else {
        return .unreadable("the external link has no target")
      }
      let file = value.dropFirst().prefix { $0 != 0 }
      let target = value[file.endIndex...].dropFirst()
      return .externalLink(file: text(file), target: text(target))
    default:
      return .other
    }
  }

  private static func value(named name: String, in group: hid_t, size: Int) -> [UInt8]? {
    guard size > 0, size <= longest else { return nil }
    var bytes = [UInt8](repeating: 0, count: size)
    guard unsafe name.withFileName({ unsafe H5Lget_val(group, $0, &bytes, size, 0) }) >= 0 else {
      return nil
    }
    return bytes
  }

  private static func text(_ bytes: ArraySlice<UInt8>) -> String {
    PathText.text(of: bytes.prefix { $0 != 0 })
  }
}
