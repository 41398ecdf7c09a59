/// The layout, the order and the escaping of JSON text.
///
/// Control characters, DEL included, and invisible characters that reorder or hide text are escaped
/// in every format.
///
/// ```swift
/// let json = try JSON(parsing: #"{"name": "Zoë", "epochs": 5}"#)
/// let line = json.text(.canonicalUTF8)  // {"epochs":5,"name":"Zoë"}
/// let page = json.text(.indented)  // a line for each member, "Zo\u00eb" in ASCII
/// ```
public struct JSONFormat: Hashable, Sendable {
  /// The representation of NaN and infinity, which JSON lacks.
  public enum NonFiniteNumbers: Hashable, Sendable {
    /// Nothing: they are programmer errors.
    case refused

    /// The strings "NaN", "Infinity" and "-Infinity".
    case strings
  }

  /// Whether members and nested elements have lines of their own, indented by two spaces.
  public var isIndented: Bool

  /// Whether all characters outside of ASCII are escaped.
  public var isASCII: Bool

  /// Whether the members of objects are sorted by key; otherwise they keep their order.
  public var sortsKeys: Bool

  /// The representation of NaN and infinity.
  public var nonFiniteNumbers: NonFiniteNumbers

  /// Creates a format.
  ///
  /// - Parameters:
  ///   - isIndented: Whether members and nested elements have lines of their own.
  ///   - isASCII: Whether all characters outside of ASCII are escaped.
  ///   - sortsKeys: Whether the members of objects are sorted by key.
  ///   - nonFiniteNumbers: The representation of NaN and infinity.
  public init(
    isIndented: Bool, isASCII: Bool = true, sortsKeys: Bool = false,
    nonFiniteNumbers: NonFiniteNumbers = .strings
  ) {
    self.isIndented = isIndented
    self.isASCII = isASCII
    self.sortsKeys = sortsKeys
    self.nonFiniteNumbers = nonFiniteNumbers
  }

  /// One line of ASCII without spaces, with sorted keys and finite numbers.
  public static let canonical = JSONFormat(
    isIndented: false, sortsKeys: true, nonFiniteNumbers: .refused)

  /// One line of UTF-8 without spaces, with sorted keys and finite numbers.
  public static let canonicalUTF8 = JSONFormat(
    isIndented: false, isASCII: false, sortsKeys: true, nonFiniteNumbers: .refused)

  /// One line of ASCII without spaces, in the given order and with finite numbers.
  public static let ordered = JSONFormat(isIndented: false, nonFiniteNumbers: .refused)

  /// One line of ASCII without spaces, in the given order.
  public static let compact = JSONFormat(isIndented: false)

  /// Indented lines of ASCII, in the given order.
  public static let indented = JSONFormat(isIndented: true)
}
