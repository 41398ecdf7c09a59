#if defined(__x86_64__)
#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define KERNELS cairn_avx2_kernels
#define INSTRUCTION_SET "avx2"
#define TILE_ROWS 6     // a vector is two registers: 12 accumulators of 16 registers
#define TILE_VECTORS 1
#define TRANSPOSED_ROWS 4
#define MASKED_REGISTERS 2
#include "kernels/all.h"
#pragma clang attribute pop
#endif
