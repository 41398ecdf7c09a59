import Datasets
import Images

/// The images of an IDX file: gray, RGB or RGBA.
final class IDXImages: InputSource {
  private let stream: IDXStream
  private let height: Int
  private let width: Int
  private let channels: Int
  private var index = 0

  /// The number of images.
  var count: Int { stream.count }

  private var hasFailed = false

  /// Opens a file.
  ///
  /// - Throws: ``InferenceError`` if it is damaged or its shape is not that of images.
  init(_ path: String) throws(InferenceError) {
    do throws(DatasetError) { stream = try IDXStream(path: path) } catch { throw .data(error) }
    let shape = stream.dimensions
    guard shape.count == 3 || shape.count == 4 && [1, 3, 4].contains(shape[3]),
      shape[1] > 0, shape[2] > 0
    else { throw .input(path: path, .shape(shape)) }
    (height, width, channels) = (shape[1], shape[2], shape.count == 4 ? shape[3] : 1)
  }

  func next() -> InputStep? {
    guard !hasFailed else { return nil }
    do throws(DatasetError) {
      guard let bytes = try stream.next() else { return nil }
      defer { index += 1 }
      return .picture(
        PictureInput(
          "\(stream.path)[\(index)]",
          .decoded(Bitmap(bytes, width: width, height: height, channels: channels))))
    } catch {
      hasFailed = true
      return .picture(PictureInput(stream.path, .missing(.data(error))))
    }
  }
}
