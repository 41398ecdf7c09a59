import Glibc
import SystemPaths

/// Whether there is something at a path; a link that leads nowhere counts, an empty file does not.
func fileExists(_ path: String) -> Bool {
  var status = stat()
  guard unsafe lstat(path, &status) == 0 else { return false }
  return status.st_mode & S_IFMT != S_IFREG || status.st_size > 0
}

/// The absolute path of a file; its folder's links are resolved, and the file need not be there.
func absolutePath(_ path: String) -> String {
  let name = path.split(separator: "/").last.map(String.init) ?? ""
  let folder = String(path.dropLast(name.count))
  guard let resolved = unsafe realpath(folder.isEmpty ? "." : folder, nil) else { return path }
  defer { unsafe free(resolved) }
  let base = unsafe String(cString: resolved)
  return base.hasSuffix("/") ? base + name : "\(base)/\(name)"
}
