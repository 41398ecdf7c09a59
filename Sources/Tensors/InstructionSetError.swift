import CKernels
import Glibc

/// An instruction set that the environment variable `CAIRN_ISA` asks for and that cannot be used.
public struct InstructionSetError: Error, Equatable, Sendable {
  /// The names that there are, on any processor.
  public static let names = ["avx512", "avx2", "neon", "portable"]

  /// What the variable says.
  public let wanted: String

  /// The names that this processor can use.
  public let available: [String]
}

extension InstructionSetError: CustomStringConvertible {
  /// The error in one sentence.
  public var description: String {
    """
    The environment variable `CAIRN_ISA` must be one of \(Self.names.joined(separator: ", ")), of \
    which this processor has \(available.joined(separator: ", ")), but is '\(wanted)'
    """
  }
}

/// Checks that the environment variable `CAIRN_ISA`, if it is set, names an instruction set of this
/// processor; the kernels would otherwise ignore it.
///
/// - Throws: ``InstructionSetError`` if it names another one.
public func checkInstructionSet() throws(InstructionSetError) {
  guard let value = getenv("CAIRN_ISA") else { return }
  let wanted = String(cString: value)
  guard !wanted.isEmpty else { return }
  let available = InstructionSetError.names.filter { cairn_kernels_for($0) != nil }
  guard !available.contains(wanted) else { return }
  throw InstructionSetError(wanted: wanted, available: available)
}
