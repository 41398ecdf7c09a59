import Datasets
import Files

/// The true classes of pictures, one after another.
public final class PictureLabels {
  /// A place where true classes are written.
  public enum Place: Equatable, Sendable {
    /// The name of the folder that contains the picture.
    case folders
    /// A file with a label for each picture: IDX with numbers, or a text file with a name or number
    /// on each line.
    case file(String)
    /// The same class for all pictures.
    case same(String)
  }

  private enum Source {
    case folders
    case numbers(IDXStream)
    case lines(LineReader)
    case same(Int)
  }

  private let place: Place
  private let classNames: [String]
  private let classCount: Int
  private let source: Source

  /// The number of labels that were read.
  private var count = 0

  /// The labels that were found for names.
  private var known: [String: Int] = [:]

  /// Opens the labels.
  ///
  /// - Parameters:
  ///   - place: Where they are written.
  ///   - classifier: The classifier whose classes they are.
  /// - Throws: ``InferenceError/labels(_:)`` if a file cannot be read, or there is no such class.
  public init(in place: Place, for classifier: Classifier) throws(InferenceError) {
    self.place = place
    (classNames, classCount) = (classifier.classNames, classifier.classCount)
    switch place {
    case .folders: source = .folders
    case .same(let name):
      guard let label = classifier.label(named: name) else {
        throw .labels(.unknownClass(name, of: name))
      }
      source = .same(label)
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

  /// Returns the true class of the next picture.
  ///
  /// - Parameter input: The picture.
  /// - Returns: The number of the class.
  /// - Throws: ``InferenceError``; after ``LabelProblem/tooFew(path:_:)`` no others follow.
  public func next(for input: PictureInput) throws(InferenceError) -> Int {
    switch source {
    case .same(let label): return label
    case .folders:
      guard let name = input.folderName else { throw .labels(.noFolder(input.name)) }
      return try label(named: name, for: input.name)
    case .numbers(let stream):
      let byte: [UInt8]?
      do throws(DatasetError) { byte = try stream.next() } catch { throw .data(error) }
      guard let byte else { throw .labels(.tooFew(path: stream.path, count)) }
      count += 1
      return try label(named: "\(byte[0])", for: input.name)
    case .lines(let lines):
      guard let line = try nextLine(of: lines) else { throw .labels(.tooFew(path: path, count)) }
      count += 1
      return try label(named: line, for: input.name)
    }
  }

  /// Checks that no labels are left.
  ///
  /// - Throws: ``InferenceError``.
  public func finish() throws(InferenceError) {
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

  private func label(named name: String, for picture: String) throws(InferenceError) -> Int {
    if let label = known[name] { return label }
    guard let label = Classifier.label(named: name, of: classNames, count: classCount) else {
      throw .labels(.unknownClass(name, of: picture))
    }
    known[name] = label
    return label
  }
}

extension Classifier {
  /// Returns the class of a name or a number.
  ///
  /// - Parameter name: The name of a class, or its number, from 0.
  /// - Returns: The number of the class; `nil` if there is none.
  public func label(named name: String) -> Int? {
    Self.label(named: name, of: classNames, count: classCount)
  }

  fileprivate static func label(named name: String, of names: [String], count: Int) -> Int? {
    names.firstIndex(of: name) ?? Int(name).flatMap { (0..<count).contains($0) ? $0 : nil }
  }
}
