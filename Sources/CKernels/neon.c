#if defined(__aarch64__)
#define KERNELS cairn_neon_kernels
#define INSTRUCTION_SET "neon"
#define TILE_ROWS 6     // a vector is four registers: 24 accumulators of 32 registers
#define TILE_VECTORS 1
#define TRANSPOSED_ROWS 4
#include "kernels/all.h"
#endif
