public import Glibc

/// Returns the system's words for an error, such as "No such file or directory".
///
/// - Parameter code: The number of the error; by default, that of the last failed call.
/// - Returns: The words.
public func systemError(_ code: CInt = errno) -> String { String(cString: strerror(code)) }
