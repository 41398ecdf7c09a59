import Files

/// The model of digits that comes with the programs.
enum ShippedModel {
  /// The path of the model: `models/digits.h5` of the package in whose build folder the program is,
  /// or else `share/cairn/digits.h5` of the installation.
  ///
  /// - Returns: The path, whether or not there is a file.
  static func path() -> String {
    let program = realPath("/proc/self/exe") ?? "/usr/local/bin/predict"
    let folders = program.split(separator: "/").dropLast()
    if let build = folders.lastIndex(where: { $0.hasPrefix(".build") }) {
      return "/" + (folders[..<build] + ["models", "digits.h5"]).joined(separator: "/")
    }
    return "\(Installation.sharedFolder(of: program))/digits.h5"
  }
}
