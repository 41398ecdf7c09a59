public import Glibc

/// Returns the system's message for an error, such as "No such file or directory".
///
/// - Parameter code: The error number; by default, `errno` of the last failed call.
/// - Returns: The message.
public func systemError(_ code: CInt = errno) -> String { unsafe String(cString: strerror(code)) }
