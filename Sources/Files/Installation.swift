/// Where the files of an installation are.
package enum Installation {
  /// Returns the folder `share/cairn` of the installation to which a program belongs.
  ///
  /// - Parameter executable: The absolute path of the program, with symbolic links resolved, such
  ///   as `/usr/local/libexec/cairn/train`, or `/usr/bin/train` for one that was installed alone.
  /// - Returns: The path, whether or not there is such a folder.
  package static func sharedFolder(of executable: String) -> String {
    var folders = executable.split(separator: "/").dropLast()
    folders = folders.dropLast(folders.suffix(2) == ["libexec", "cairn"] ? 2 : 1)
    return "/" + (folders + ["share", "cairn"]).joined(separator: "/")
  }
}
