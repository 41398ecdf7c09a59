import Datasets
import Files

/// The names of the true classes of pictures, or the numbers in them, one after another.
final class LabelNames {
  private enum Source {
    case folders
    case numbers(IDXStream)
    case lines(LineReader)
    case same(String)
  }

  private let place: PictureLabels.Place
  private let source: Source

  /// The number of names that were read.
  private var count = 0

  /// Opens the labels.
  ///
  /// - Parameter place: Where they are written.
  /// - Throws: ``InferenceError/labels(_:)`` or ``InferenceError/data(_:)`` if a file cannot be
  ///   read.
  init(in place: PictureLabels.Place) throws(InferenceError) {
    self.place = place
    switch place {
    case .folders: source = .folders
    case .same(let name): source = .same(name)
    case .file(let path):
      if IDXFile.isAt(path) {
        do throws(DatasetError) {
          let stream = try IDXStream(path: path)
          guard stream.dimensions.count == 1 else {
            throw .damaged(
              path: path, reason: "its shape is \(stream.dimensions), but labels have one axis")
          }
          source = .numbers(stream)
        } catch {
          throw .data(error)
        }
      } else {
        do throws(FileError) { source = .lines(try LineReader(path)) } catch {
          throw .labels(.unreadable(path: path, "\(error)"))
        }
      }
    }
  }

  /// Returns the name of the next picture's class.
  ///
  /// - Parameter input: The picture.
  /// - Returns: The name.
  /// - Throws: ``InferenceError``; after ``LabelProblem/tooFew(path:_:)`` no others follow.
  func next(for input: PictureInput) throws(InferenceError) -> String {
    switch source {
    case .same(let name): return name
    case .folders:
      guard let name = input.folderName else { throw .labels(.noFolder(input.name)) }
      return name
    case .numbers(let stream):
      let byte: [UInt8]?
      do throws(DatasetError) { byte = try stream.next() } catch { throw .data(error) }
      guard let byte else { throw .labels(.tooFew(path: stream.path, count)) }
      count += 1
      return "\(byte[0])"
    case .lines(let lines):
      guard let line = try nextLine(of: lines) else { throw .labels(.tooFew(path: path, count)) }
      count += 1
      return line
    }
  }

  /// Checks that no labels are left.
  ///
  /// - Throws: ``InferenceError``.
  func finish() throws(InferenceError) {
    switch source {
    case .folders, .same: return
    case .numbers(let stream):
      do throws(DatasetError) {
        guard try stream.next() != nil else { return }
      } catch {
        throw .data(error)
      }
    case .lines(let lines):
      guard try nextLine(of: lines) != nil else { return }
    }
    throw .labels(.tooMany(path: path, pictures: count))
  }

  private var path: String { if case .file(let path) = place { path } else { "" } }

  private func nextLine(of lines: LineReader) throws(InferenceError) -> String? {
    do throws(FileError) {
      while let line = try lines.next() {
        if !line.isEmpty { return PathText.text(of: line) }
      }
      return nil
    } catch {
      throw .labels(.unreadable(path: path, "\(error)"))
    }
  }
}
