import Files

/// A file format of images that can be decoded.
///
/// ```swift
/// do {
///   _ = try Image.decode([0x89, 0x50, 0x4E, 0x47])
/// } catch {
///   if case .damaged(.png, let cause) = error.reason { print("a damaged PNG: \(cause)") }
/// }
/// ```
public enum ImageFormat: String, CaseIterable, CustomStringConvertible, Sendable {
  /// Portable Network Graphics (ISO 15948).
  case png = "PNG"
  /// JPEG (ITU-T T.81), with or without JFIF and Exif.
  case jpeg = "JPEG"

  /// The name of the format.
  public var description: String { rawValue }

  /// The bytes that every file of the format begins with.
  private var signature: [UInt8] {
    switch self {
    case .png: FileFormat.png
    case .jpeg: FileFormat.jpeg
    }
  }

  /// Recognizes the format of a file by its first bytes.
  ///
  /// - Parameter head: The first bytes of a file: 512, or all if there are fewer.
  /// - Throws: ``ImageError/Reason/otherFormat(found:)``.
  package init(of head: some Collection<UInt8>) throws(ImageError) {
    guard let format = Self.allCases.first(where: { head.starts(with: $0.signature) }) else {
      throw ImageError(.otherFormat(found: Self.kind(of: Array(head.prefix(512)))))
    }
    self = format
  }

  /// Returns the format of bytes that are neither a PNG nor a JPEG, as a noun phrase.
  private static func kind(of head: [UInt8]) -> String {
    if head.isEmpty { return "an empty file" }
    if let format = allCases.first(where: { $0.signature.starts(with: head) }) {
      return "the first \(head.count) bytes of a \(format)"
    }
    if head.allSatisfy({ $0 == 0 }) { return "only zero bytes" }
    return FileFormat.name(of: head) ?? "an unknown format"
  }
}
