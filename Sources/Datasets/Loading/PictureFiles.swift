import Images
import Sandbox
import Synchronization
import Threads

/// Pictures that are decoded whenever they are needed.
final class PictureFiles: Sendable {
  let preparation: PicturePreparation

  private let folder: String
  private let files: [PictureFile]

  /// The digests of the files when their pictures were checked.
  private let digests: [[UInt8]]
  private let isExact: Bool
  private let reader: Reader
  private let firstFailure = Mutex<DatasetError?>(nil)

  /// - Parameters:
  ///   - files: Pictures that could be decoded.
  ///   - digests: The SHA-256 digests of the files.
  ///   - folder: The folder of the data set.
  ///   - preparation: The size and colour of the data set.
  ///   - isExact: Whether all pictures must have the size.
  ///   - reader: The process that decodes.
  init(
    _ files: [PictureFile], digests: [[UInt8]], in folder: String,
    _ preparation: PicturePreparation, isExact: Bool, reader: Reader
  ) {
    self.files = files
    self.digests = digests
    self.folder = folder
    self.preparation = preparation
    self.isExact = isExact
    self.reader = reader
  }

  /// The first error; the pictures that were returned since then are not valid.
  var failure: DatasetError? { firstFailure.withLock { $0 } }

  /// Decodes pictures, on all threads that have nothing else to do.
  ///
  /// - Parameter indexes: The numbers of the pictures.
  /// - Returns: `[count, height, width, channels]`.
  func pixels(at indexes: [Int]) -> [UInt8] {
    let area = preparation.byteCount
    var pixels = [UInt8](repeating: 0, count: indexes.count * area)
    unsafe pixels.withUnsafeMutableBufferPointer { buffer in
      guard let start = buffer.baseAddress else { return }
      let target = unsafe Shared(start)
      parallel(over: 0..<indexes.count, grain: 4) { first, count in
        PictureFile.readEach(
          first..<first + count, in: self.folder, self.preparation, isExact: self.isExact,
          reader: self.reader, file: { self.files[indexes[$0]] }
        ) { place, content in
          let index = indexes[place]
          switch content {
          case .success(let content) where content.digest == self.digests[index]:
            unsafe (target + place * area).update(from: content.pixels, count: area)
          case .success: self.note("it has changed since the data was loaded", index)
          case .failure(let problem): self.note(problem.reason, index)
          }
        }
      }
    }
    return pixels
  }

  private func note(_ reason: String, _ index: Int) {
    let error = DatasetError.damaged(path: "\(folder)/\(files[index].path)", reason: reason)
    firstFailure.withLock { failure in
      if failure == nil { failure = error }
    }
  }
}
