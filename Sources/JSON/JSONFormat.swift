/// The layout and the escaping of JSON text.
///
/// Control characters, DEL included, are escaped in every format.
public struct JSONFormat: Hashable, Sendable {
  /// Whether members and nested elements have lines of their own, indented by two spaces.
  public var isIndented: Bool

  /// Whether all characters outside of ASCII are escaped.
  public var isASCII: Bool

  /// Creates a format.
  ///
  /// - Parameters:
  ///   - isIndented: Whether members and nested elements have lines of their own.
  ///   - isASCII: Whether all characters outside of ASCII are escaped.
  public init(isIndented: Bool, isASCII: Bool = true) {
    self.isIndented = isIndented
    self.isASCII = isASCII
  }

  /// One line of ASCII without spaces.
  public static let compact = JSONFormat(isIndented: false)

  /// One line without spaces, in UTF-8.
  public static let compactUTF8 = JSONFormat(isIndented: false, isASCII: false)

  /// Indented lines of ASCII.
  public static let indented = JSONFormat(isIndented: true)
}
