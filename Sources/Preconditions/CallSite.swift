/// A place in a program that calls the library.
///
/// The entry points of the library (calling a layer, fitting, recording on a gradient tape) note where
/// they were called, so that an operation inside, which cannot take a file and a line of its own,
/// reports a programmer's mistake at the line that led to it.
package struct CallSite: Sendable {
  /// The module and the file, such as `App/main.swift`.
  package let file: StaticString

  /// The line, from 1.
  package let line: UInt

  /// Creates a place.
  package init(file: StaticString, line: UInt) {
    self.file = file
    self.line = line
  }

  /// The innermost call of an entry point that the task is in.
  @TaskLocal package static var current: CallSite?

  /// Runs a computation that reports mistakes at this place.
  ///
  /// - Parameter body: The computation.
  /// - Returns: What `body` returns.
  /// - Throws: What `body` throws.
  package func track<Result>(_ body: () throws -> Result) rethrows -> Result {
    // A call from inside of the library does not hide the user's.
    isInLibrary ? try body() : try Self.$current.withValue(self, operation: body)
  }

  /// The modules of the library.
  package static let libraryModules: Set<String> = [
    "Checkpoints", "Console", "Datasets", "HDF5", "Inference", "Inspection", "NeuralNetwork", "PNG",
    "Preconditions", "Tensors", "Training", "Zip",
  ]

  private var isInLibrary: Bool {
    Self.libraryModules.contains(String("\(file)".prefix { $0 != "/" }))
  }

  /// This place, or if it is in the library, the innermost known one that led there.
  var inUserCode: CallSite { isInLibrary ? Self.current ?? self : self }
}
