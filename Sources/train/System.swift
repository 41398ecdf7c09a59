import Arguments
import Files
import Glibc

/// The working directory.
func currentFolder() -> String {
  guard let path = unsafe getcwd(nil, 0) else { return "." }
  defer { unsafe free(path) }
  return unsafe pathText(path)
}

/// The absolute path of this program, with symbolic links resolved.
func executablePath() -> String {
  realPath("/proc/self/exe") ?? commandLineWords.first ?? "train"
}

/// The largest memory of this process so far, in bytes.
func peakMemory() -> Int {
  var usage = rusage()
  unsafe getrusage(RUSAGE_SELF.rawValue, &usage)
  return usage.ru_maxrss * 1024
}

/// The current UTC time, such as `2026-01-31T12:00:00Z`.
func currentTime() -> String {
  var now = time(nil)
  var parts = unsafe tm()
  unsafe gmtime_r(&now, &parts)
  var text = [CChar](repeating: 0, count: 32)
  let count = unsafe strftime(&text, text.count, "%Y-%m-%dT%H:%M:%SZ", &parts)
  return String(decoding: text.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self)
}
