extension ObjectList {
  /// The names of objects that are paths, or have control characters.
  var nameSuspicions: [Suspicion] {
    objects.compactMap { object in
      guard let name = object.path.split(separator: "/").last,
        let reason = String(name).suspiciousName
      else { return nil }
      return Suspicion(.name, object.path, reason.text, isDangerous: reason.isDangerous)
    }
  }
}

extension String {
  /// Why the text is no harmless name of a layer or an object; `nil` if it is one.
  ///
  /// A slash is harmless: layers of Keras have names such as `block1/conv`. So is the number of an
  /// output, with which TensorFlow ends names such as `kernel:0`.
  var suspiciousName: (text: String, isDangerous: Bool)? {
    let parts = split(omittingEmptySubsequences: false) { $0 == "/" || $0 == "\\" }
    if parts.contains("..") || hasPrefix("/") || hasPrefix("\\") || beginsWithDrive {
      return ("its name is a path that leads elsewhere", true)
    }
    let isHidden = unicodeScalars.contains {
      switch $0.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator: true
      default: false
      }
    }
    return isHidden ? ("its name has control characters", false) : nil
  }

  /// Whether it is a path of Windows, as `c:file` is; `w:0` is the output of an operation `w`.
  private var beginsWithDrive: Bool {
    let parts = split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, parts[0].count == 1, parts[0].allSatisfy({ $0.isASCII && $0.isLetter })
    else { return false }
    return parts[1].isEmpty || !parts[1].allSatisfy(\.isWholeNumber)
  }
}
