import CKernels
import Glibc

/// The error that `CAIRN_ISA` names an unknown or unavailable instruction set.
package struct InstructionSetError: Error, Equatable, Sendable {
  /// All names, for any processor.
  package static let names = ["avx512", "avx2", "neon", "portable"]

  /// The value of the variable.
  package let wanted: String

  /// The names that this processor supports.
  package let available: [String]
}

extension InstructionSetError: CustomStringConvertible {
  /// The error in one sentence.
  package var description: String {
    """
    The environment variable `CAIRN_ISA` must be one of \(Self.names.joined(separator: ", ")), of \
    which this processor has \(available.joined(separator: ", ")), but is '\(wanted)'
    """
  }
}

/// Checks that the environment variable `CAIRN_ISA`, if set, names an instruction set of this
/// processor.
///
/// The kernels ignore invalid values.
///
/// - Throws: ``InstructionSetError`` if it does not.
package func checkInstructionSet() throws(InstructionSetError) {
  guard let value = unsafe getenv("CAIRN_ISA") else { return }
  let wanted = unsafe String(cString: value)
  guard !wanted.isEmpty else { return }
  let available = InstructionSetError.names.filter { unsafe cairn_kernels_for($0) != nil }
  guard !available.contains(wanted) else { return }
  throw InstructionSetError(wanted: wanted, available: available)
}
