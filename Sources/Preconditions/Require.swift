/// Stops the program with a message unless a condition is true, also in release builds.
///
/// `precondition` drops its message in release builds. The message names the argument, the rule and
/// the value: "Dense: `units` must be at least 1, but is 0."
///
/// The check is inlined and the failure is not, so that a hot path costs only the comparison.
///
/// Public initializers and methods whose arguments can be invalid take the caller's file and line
/// as their last parameters and pass them on. Where that is impossible (operators, properties,
/// overridable methods), the location is that of the innermost recorded call; see ``CallSite``.
///
/// - Parameters:
///   - condition: The precondition.
///   - message: The message for a violation; evaluated only then.
///   - file: The caller's file.
///   - line: The caller's line.
@inlinable @inline(__always)
public func require(
  _ condition: Bool, _ message: @autoclosure () -> String, file: StaticString = #fileID,
  line: UInt = #line
) {
  guard !condition else { return }
  fail(message(), file: file, line: line)
}

/// Stops the program with a message, also in release builds.
///
/// - Parameters:
///   - message: The message.
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
