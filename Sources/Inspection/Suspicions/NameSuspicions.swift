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
  /// A slash is harmless: layers of Keras have names such as `block1/conv`.
  var suspiciousName: (text: String, isDangerous: Bool)? {
    let parts = split(omittingEmptySubsequences: false) { $0 == "/" || $0 == "\\" }
    if parts.contains("..") || hasPrefix("/") || hasPrefix("\\") || dropFirst().first == ":" {
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
}
