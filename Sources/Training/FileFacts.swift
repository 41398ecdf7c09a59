import Files
import Glibc

/// Whether a path exists; a dangling link counts, an empty file does not.
func fileExists(_ path: String) -> Bool {
  var status = stat()
  guard unsafe lstat(path, &status) == 0 else { return false }
  return status.st_mode & S_IFMT != S_IFREG || status.st_size > 0
}

/// The absolute path of a file, which need not exist; symbolic links of its folder are resolved.
func absolutePath(_ path: String) -> String {
  let name = path.split(separator: "/").last.map(String.init) ?? ""
  let folder = String(path.dropLast(name.count))
  guard let resolved = unsafe realpath(folder.isEmpty ? "." : folder, nil) else { return path }
  defer { unsafe free(resolved) }
  let base = unsafe String(cString: resolved)
  return base.hasSuffix("/") ? base + name : "\(base)/\(name)"
}
