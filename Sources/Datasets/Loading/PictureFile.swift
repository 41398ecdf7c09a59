import Files
import Images
import Sandbox

/// A picture of a data set.
struct PictureFile: Equatable, Sendable {
  /// The path below the folder of the data set.
  let path: String

  /// The number of the class.
  let label: UInt16

  /// The maximum size of a file in bytes.
  private static let maximumByteCount = 256 << 20

  /// The reason why a picture cannot be used.
  struct Problem: Error {
    let reason: String
  }

  /// A picture that was read and brought to the size and colour of the data set.
  struct Content {
    /// `[height, width, channels]`.
    let pixels: [UInt8]
    /// The SHA-256 digest of the file.
    let digest: [UInt8]
  }

  /// Reads and prepares pictures.
  ///
  /// - Parameters:
  ///   - indices: The numbers of the pictures.
  ///   - folder: The folder of the data set.
  ///   - preparation: The size and colour of the data set.
  ///   - isExact: Whether the pictures must have the size.
  ///   - reader: The process that decodes.
  ///   - file: The picture with a number.
  ///   - body: A function of the pixels and the digest, or of the problem if the file is not a
  ///     usable picture, which is called once for each picture, not in their order.
  static func readEach(
    _ indices: Range<Int>, in folder: String, _ preparation: PicturePreparation, isExact: Bool,
    reader: Reader, file: (Int) -> PictureFile,
    _ body: (Int, Result<Content, Problem>) -> Void
  ) {
    var digests: [Int: [UInt8]] = [:]
    Bitmap.decodeEach(
      indices, reader: reader,
      contents: { index in
        do throws(Problem) {
          let bytes = try file(index).bytes(in: folder)
          digests[index] = SHA256.digest(of: bytes)
          return bytes
        } catch {
          body(index, .failure(error))
          return nil
        }
      },
      { index, bitmap in
        let digest = digests.removeValue(forKey: index) ?? []
        body(
          index,
          bitmap.mapError { Problem(reason: "\($0.reason)") }.flatMap { bitmap in
            Result { () throws(Problem) in
              if isExact { try check(bitmap, preparation) }
              return Content(pixels: preparation(bitmap), digest: digest)
            }
          })
      })
  }

  private static func check(
    _ bitmap: Bitmap, _ preparation: PicturePreparation
  ) throws(Problem) {
    guard bitmap.width == preparation.width, bitmap.height == preparation.height else {
      throw Problem(
        reason: "its size is \(bitmap.width) x \(bitmap.height) pixels instead of "
          + "\(preparation.width) x \(preparation.height)")
    }
  }

  /// Reads the header of the picture; `nil` if it cannot be read.
  func header(in folder: String) -> PictureHeader? {
    guard let file = try? RegularFile("\(folder)/\(path)", followsLink: false),
      let head = try? file.bytes(PictureHeader.byteCount, at: 0)
    else { return nil }
    if let header = try? PictureHeader(head: head) { return header }
    guard file.size > head.count, let bytes = try? bytes(in: folder) else { return nil }
    return try? PictureHeader(head: bytes)
  }

  private func bytes(in folder: String) throws(Problem) -> [UInt8] {
    let contents: [UInt8]?
    do throws(FileError) {
      contents = try RegularFile("\(folder)/\(path)", followsLink: false)
        .contents(limit: Self.maximumByteCount)
    } catch {
      throw Problem(reason: "\(error)")
    }
    guard let contents else {
      throw Problem(
        reason: "the file is larger than the limit of \(Self.maximumByteCount >> 20) MiB")
    }
    return contents
  }
}
