/// The source location of a call of the library.
///
/// The entry points of the library (calling a layer, fitting, recording on a gradient tape) record
/// the location of their caller. Operations inside that cannot take a file and a line report
/// programmer errors at that location.
package struct CallSite: Sendable {
  /// The module and the file, such as `App/main.swift`.
  package let file: StaticString

  /// The line, from 1.
  package let line: UInt

  /// Creates a source location.
  package init(file: StaticString, line: UInt) {
    self.file = file
    self.line = line
  }

  /// The innermost enclosing call of an entry point in this task.
  @TaskLocal package static var current: CallSite?

  /// Runs a computation whose programmer errors are reported at this location.
  ///
  /// - Parameter body: The computation.
  /// - Returns: The result of `body`.
  /// - Throws: The error of `body`.
  package func track<Result>(_ body: () throws -> Result) rethrows -> Result {
    // A call from within the library does not replace the user's.
    isInLibrary ? try body() : try Self.$current.withValue(self, operation: body)
  }

  /// The modules of the library.
  package static let libraryModules: Set<String> = [
    "Checkpoints", "Console", "Datasets", "HDF5", "Images", "Inference", "Inspection",
    "ModelFiles", "NeuralNetwork", "Preconditions", "Ranks", "Tensors", "Training", "Zip",
  ]

  private var isInLibrary: Bool {
    Self.libraryModules.contains(String("\(file)".prefix { $0 != "/" }))
  }

  /// This location, or for one in the library, the innermost recorded location of a user's call.
  var inUserCode: CallSite { isInLibrary ? Self.current ?? self : self }
}
