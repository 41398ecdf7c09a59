import Datasets
import Files
import Glibc
import Images

/// The pictures that arguments of a command line stand for, one after another.
///
/// An argument is the path of a PNG, a JPEG, an IDX file of images or a folder; `@` and the path of
/// a list with one path on each line; or `-` for pictures from standard input. Only what comes next
/// is in memory, so that a million pictures take no more than one, apart from the names in one
/// folder.
///
/// ```swift
/// let pictures = PictureInputs(["\(folder)/3.png", "\(folder)/7.png"])
/// classifier.classify(pictures) { outcomes in
///   for outcome in outcomes {
///     switch outcome.result {
///     case .prediction(let prediction): print(outcome.input.name, prediction.label)
///     case .failure(let error): print(error)
///     case .reading, .otherFile: break
///     }
///   }
/// }
/// ```
public final class PictureInputs: IteratorProtocol, Sequence {
  private let searchesFolders: Bool
  private let sheet: SheetGrid?

  /// The open sources: the arguments, a list that they name, a folder in that list, and so on.
  private var sources: [any InputSource]

  /// Creates the sequence; nothing is read yet.
  ///
  /// - Parameters:
  ///   - arguments: The arguments, in order.
  ///   - searchesFolders: Whether folders are searched, with all folders below them.
  ///   - sheet: The rows and columns into which each picture is cut; `nil` for whole pictures.
  public init(
    _ arguments: [String], searchesFolders: Bool = false, sheet: SheetGrid? = nil
  ) {
    (self.searchesFolders, self.sheet) = (searchesFolders, sheet)
    sources = [Arguments(arguments)]
  }

  /// Whether the next picture can be had without waiting for a writer on standard input.
  public var isReady: Bool { sources.last?.isReady ?? true }

  /// Returns the next picture; `nil` at the end.
  ///
  /// What cannot be found or read is a picture too, whose classification fails.
  public func next() -> PictureInput? {
    while let source = sources.last {
      switch source.next() {
      case nil:
        sources.removeLast()
      case .picture(let input):
        if let input = cut(input) { return input }
      case .path(let path, let isListed):
        if let input = open(path, isListed: isListed), let input = cut(input) { return input }
      }
    }
    return nil
  }

  /// Counts the pictures that arguments stand for, without reading them.
  ///
  /// - Parameters:
  ///   - arguments: The arguments.
  ///   - searchesFolders: Whether folders are searched.
  /// - Returns: The number, with other files in folders; `nil` if it is only known at the end,
  ///   because of standard input or a list.
  public static func count(_ arguments: [String], searchesFolders: Bool = false) -> Int? {
    guard !arguments.contains(where: { $0 == "-" || $0.hasPrefix("@") }) else { return nil }
    let inputs = PictureInputs(arguments, searchesFolders: searchesFolders)
    var count = 0
    while inputs.next() != nil {
      count += 1
      if let known = (inputs.sources.last as? IDXImages)?.count {
        count += known - 1
        inputs.sources.removeLast()
      }
    }
    return count
  }

  /// Returns the picture at a path, or begins to read a source of pictures.
  private func open(_ path: String, isListed: Bool) -> PictureInput? {
    // In a list, every line is a path, so that no list can name itself.
    if !isListed, path == "-" {
      sources.append(StandardInput())
      return nil
    }
    if !isListed, path.hasPrefix("@") {
      do throws(FileError) {
        sources.append(try PathList(String(path.dropFirst())))
        return nil
      } catch {
        let isPicture = unsafe access(path, F_OK) == 0
        return missing(
          path,
          .unreadable(
            "its list of paths cannot be read: \(error)"
              + (isPicture ? "; the file of that name is './\(path)'" : "")))
      }
    }
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { return PictureInput(path, .file(path)) }
    if status.st_mode & S_IFMT == S_IFDIR {
      guard searchesFolders else {
        return FolderSearch.isNamedAsPicture(path)
          ? PictureInput(path, .file(path)) : missing(path, .folder)
      }
      sources.append(FolderSearch(path))
      return nil
    }
    guard status.st_mode & S_IFMT == S_IFREG, !FolderSearch.isNamedAsPicture(path),
      IDXFile.isAt(path)
    else { return PictureInput(path, .file(path)) }
    do throws(InferenceError) {
      sources.append(try IDXImages(path))
      return nil
    } catch {
      return PictureInput(path, .missing(error))
    }
  }

  /// Begins with the cells of a sheet, or returns what is no sheet.
  private func cut(_ input: PictureInput) -> PictureInput? {
    guard let sheet, !input.isCell else { return input }
    switch input.content {
    case .noFile, .missing: return input
    case .file, .encoded, .decoded, .image: break
    }
    do throws(InferenceError) {
      sources.append(try SheetCells(try input.decoded(), of: input, sheet))
      return nil
    } catch {
      return PictureInput(
        input.name, input.isOtherFile(error) ? .noFile : .missing(error),
        relativePath: input.relativePath, labelCount: sheet.count)
    }
  }

  private func missing(_ path: String, _ problem: InputProblem) -> PictureInput {
    PictureInput(path, .missing(.input(path: path, problem)))
  }
}

/// Something that names pictures one after another.
protocol InputSource: AnyObject {
  /// What comes next; `nil` at the end.
  func next() -> InputStep?

  /// Whether the next step needs no waiting.
  var isReady: Bool { get }
}

extension InputSource {
  var isReady: Bool { true }
}

/// A step of a source.
enum InputStep {
  /// A picture.
  case picture(PictureInput)
  /// A path of anything.
  case path(String, isListed: Bool)
}

/// The arguments themselves.
private final class Arguments: InputSource {
  private var rest: ArraySlice<String>

  init(_ arguments: [String]) { rest = arguments[...] }

  func next() -> InputStep? { rest.popFirst().map { .path($0, isListed: false) } }
}
