/// Returns whether a word needs no quotes in a shell.
///
/// - Parameter word: The word.
/// - Returns: Whether it has only letters and digits of ASCII and a few signs.
public func isPlainWord(_ word: String) -> Bool {
  word.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_./=:,+@%".contains($0)) }
}
