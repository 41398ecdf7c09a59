import Files
import HDF5
import Sandbox
import TestSupport

extension FuzzTarget {
  /// What a process that reads HDF5 answers after a file has taken it over.
  ///
  /// Each answer is a message and elements, both after their length in two bytes. Of elements with
  /// the length 65,535 there are as many as were asked for, all of them zero.
  static let answers = FuzzTarget("answers") { input in
    guard
      let file = try? File.open(
        superblock, named: "fuzz.h5", answeredBy: Impostor(input))
    else { return }
    visit(file)
  }

  /// A file of a megabyte that is not read further than its first bytes.
  private static let superblock: MemorySource = {
    do {
      let file = try readBytes(fixture("types.h5", of: "HDF5Tests"))
      return MemorySource(file + [UInt8](repeating: 0, count: 1 << 20))
    } catch {
      fatalError("\(error)")
    }
  }()
}
