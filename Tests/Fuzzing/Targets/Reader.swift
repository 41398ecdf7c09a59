import Files
import HDF5

extension FuzzTarget {
  /// HDF5 files that libhdf5 reads in a process without rights.
  static let reader = FuzzTarget("reader", maximumSize: 1 << 14, testCount: 500) { input in
    guard let file = try? File.open(MemorySource(input), named: "fuzz.h5") else { return }
    visit(file)
  }
}
