import Files

/// The words of the command line, starting with the program name, with their bytes preserved.
///
/// `CommandLine.arguments` replaces invalid UTF-8, so that files with such names cannot be opened.
public let commandLineWords: [String] = {
  var words: [String] = []
  for index in 0..<Int(CommandLine.argc) {
    guard let word = unsafe CommandLine.unsafeArgv[index] else { break }
    words.append(unsafe pathText(word))
  }
  return words
}()
