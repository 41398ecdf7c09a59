import Glibc
import Images

/// The pictures on standard input.
final class StandardInput: InputSource {
  private let stream = PictureStream(descriptor: STDIN_FILENO)
  private var count = 0

  var isReady: Bool { stream.isReady }

  func next() -> InputStep? {
    count += 1
    let name = count == 1 ? "-" : "-#\(count)"
    do throws(ImageError) {
      guard let bytes = try stream.next() else { return nil }
      return .picture(PictureInput(name, .encoded(bytes)))
    } catch {
      return .picture(
        PictureInput(name, .missing(.picture(ImageError(error.reason, path: name)))))
    }
  }
}
