import Inspection
import TestSupport

extension FuzzTarget {
  /// Slices of arrays as `inspect --slice` takes them.
  static let slices = FuzzTarget("slices", maximumSize: 64, testCount: 2000) { input in
    let text = String(decoding: input, as: UTF8.self)
    for name in ["float_row", "scalar", "empty", "cube"] {
      _ = unsafe try? inspector.values("\(name)[\(text)]")
    }
    _ = unsafe try? inspector.values(text)
  }

  // One input is tried at a time.
  nonisolated(unsafe) private static let inspector: Inspector = {
    do {
      return try Inspector(opening: "\(packageDirectory)/Tests/Fuzzing/slices.h5")
    } catch {
      fatalError("\(error)")
    }
  }()
}
