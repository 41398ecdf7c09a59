import CKernels

/// The kernels for this processor.
///
/// A table of function pointers that is chosen on first use and never changes afterwards, so any
/// thread may read it.
nonisolated(unsafe) let kernels = cairn_kernels_select().pointee

/// The instruction set that the kernels were chosen for: `avx512`, `avx2` or `portable`.
public let instructionSet = String(cString: kernels.instruction_set)

/// How many elements of an elementwise operation are worth a chunk of their own.
let elementwiseGrain = 1 << 15
