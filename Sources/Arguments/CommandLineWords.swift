import SystemPaths

/// The words of the command line, the name of the program first; each keeps its bytes.
///
/// `CommandLine.arguments` replaces what is not UTF-8, and a file of such a name is not found.
public let commandLineWords: [String] = {
  var words: [String] = []
  for index in 0..<Int(CommandLine.argc) {
    guard let word = unsafe CommandLine.unsafeArgv[index] else { break }
    words.append(unsafe pathText(word))
  }
  return words
}()
