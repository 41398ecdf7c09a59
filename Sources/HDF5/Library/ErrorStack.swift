internal import CHDF5

/// The error stack of the last failed call on this thread.
enum ErrorStack {
  /// Returns the description in the innermost frame, which says what is wrong with the file.
  ///
  /// The outer frames only say which function failed as a result. Of the description of a failed
  /// system call, which consists mostly of numbers, only the system's message is returned.
  static func innermostSentence() -> String {
    var sentence: String?
    unsafe withUnsafeMutablePointer(to: &sentence) { sentence in
      // Upward: from the function that failed first to the one that was called.
      _ = unsafe H5Ewalk2(
        hid_t(H5E_DEFAULT), H5E_WALK_UPWARD,
        { _, frame, result in
          guard
            let result = unsafe result?.assumingMemoryBound(to: String?.self),
            let description = unsafe frame?.pointee.desc
          else { return 0 }
          let text = unsafe String(cString: description)
          guard !text.isEmpty else { return 0 }
          unsafe result.pointee = text
          return 1
        }, unsafe sentence)
    }
    guard let sentence else { return "libhdf5 does not say why" }
    return systemMessage(in: sentence) ?? sentence
  }

  /// The reason why an object cannot be opened, if this version of libhdf5 is too old for it.
  static var unknownVersion: String? {
    switch innermostSentence() {
    case "bad version number for hyperslab selection", "bad version number for point selection":
      "a virtual dataset, made of other files, in a form newer than libhdf5 \(Library.version)"
    case "bad version number for datatype message":
      "an element type in a form newer than libhdf5 \(Library.version)"
    default: nil
    }
  }

  /// The text between the quotes of `error message = '…'`.
  private static func systemMessage(in sentence: String) -> String? {
    let marker = "error message = '"
    guard let start = index(after: marker, in: sentence) else { return nil }
    let text = sentence[start...].prefix { $0 != "'" }
    return text.isEmpty ? nil : String(text)
  }

  private static func index(after marker: String, in text: String) -> String.Index? {
    var start = text.startIndex
    while start < text.endIndex {
      if text[start...].hasPrefix(marker) {
        return text.index(start, offsetBy: marker.count)
      }
      start = text.index(after: start)
    }
    return nil
  }
}
