import ArgumentParser
import Arguments

/// The pictures, and the options under the heading Pictures.
struct PictureOptions: ParsableArguments {
  @Argument(
    help: .file(
      """
      PNG and JPEG files, IDX files of images (plain or .gz), and with -r folders. '@list' reads \
      paths from a text file, one on each line ('@-': from standard input); '-' reads one or more \
      pictures from standard input.
      """),
    completion: .file(extensions: ["png", "jpg", "jpeg"]))
  var files: [String]

  @Flag(
    name: [.customShort("r"), .long],
    help: """
      Classify the pictures in folders, and in those below them, in the order of their names.
      """)
  var recursive = false

  @Option(
    help: .count("Number of threads; it does not affect the answers. (default: all processors)"),
    transform: wholeNumber)
  var threads: Int?

  func validate() throws {
    try check("--threads", threads, in: 1...1024)
  }
}
