// The kernels for any processor. On x86-64 without `fma`, the fused multiply-add is a function
// call: correct, but slow.
#define KERNELS cairn_portable_kernels
#define INSTRUCTION_SET "portable"
#define TILE_ROWS 4
#define TILE_VECTORS 1
#define TRANSPOSED_ROWS 4
#include "kernels/all.h"
