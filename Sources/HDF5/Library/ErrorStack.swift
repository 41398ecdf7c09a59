internal import CHDF5

/// The error stack that the last failed call has left on this thread.
enum ErrorStack {
  /// The description in the innermost frame: the one that says what is wrong with the file.
  ///
  /// The outer frames only repeat which call was on its way. A failed system call is reported in
  /// the middle of a line of numbers; what remains of it is the system's own text.
  static func innermostSentence() -> String {
    var sentence: String?
    withUnsafeMutablePointer(to: &sentence) { sentence in
      // Upward: from the function that failed first to the one we called.
      _ = H5Ewalk2(
        hid_t(H5E_DEFAULT), H5E_WALK_UPWARD,
        { _, frame, result in
          guard
            let result = result?.assumingMemoryBound(to: String?.self),
            let description = frame?.pointee.desc
          else { return 0 }
          let text = String(cString: description)
          guard !text.isEmpty else { return 0 }
          result.pointee = text
          return 1
        }, sentence)
    }
    guard let sentence else { return "libhdf5 gives no reason" }
    return systemMessage(in: sentence) ?? sentence
  }

  /// What libhdf5 is too old for, if that is why an object cannot be opened.
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
