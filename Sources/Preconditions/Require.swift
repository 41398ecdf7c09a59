/// Stops the program with a message unless a condition holds, in release builds too.
///
/// `precondition` drops its message there. The message names the argument, the rule and the value:
///
///     require(units > 0, "Dense: `units` must be at least 1, but is \(units).", file: file, line: line)
///
/// The check is inlined and the failure is a call that never is, so a hot path pays for the comparison
/// alone.
///
/// Public initialisers and methods whose arguments can be wrong take the caller's file and line as their
/// last parameters and pass them on. Where that is impossible (operators, properties, overridable
/// methods), the line is that of the innermost call that noted it; see ``CallSite``.
///
/// - Parameters:
///   - condition: What the caller has to see to.
///   - message: What is wrong if it does not hold; computed only then.
///   - file: The caller's file.
///   - line: The caller's line.
@inlinable @inline(__always)
package func require(
  _ condition: Bool, _ message: @autoclosure () -> String, file: StaticString = #fileID,
  line: UInt = #line
) {
  guard !condition else { return }
  fail(message(), file: file, line: line)
}

/// Stops the program with a message, in release builds too.
///
/// - Parameters:
///   - message: What is wrong.
///   - file: The caller's file.
///   - line: The caller's line.
@usableFromInline @inline(never)
package func fail(
  _ message: @autoclosure () -> String, file: StaticString = #fileID, line: UInt = #line
) -> Never {
  let site = CallSite(file: file, line: line).inUserCode
  // Unlike `precondition`, `fatalError` keeps its message under -O.
  fatalError(message(), file: site.file, line: site.line)
}
