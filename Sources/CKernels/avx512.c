#if defined(__x86_64__)
#include <immintrin.h>

// `min_vector_width`, because the tuning for this target prefers 256-bit registers, which would
// halve the speed of the matrix product.
#pragma clang attribute push(                                                           \
    __attribute__((target("avx512f,avx512vl,avx512bw,avx512dq,avx2,fma"))), apply_to = function)
#pragma clang attribute push(__attribute__((min_vector_width(512))), apply_to = function)
#define KERNELS cairn_avx512_kernels
#define INSTRUCTION_SET "avx512"
#define TILE_ROWS 8     // 24 accumulators of 32 registers
#define TILE_VECTORS 3
#define TRANSPOSED_ROWS 8
#define MASKED_REGISTERS 1
#include "kernels/all.h"
#pragma clang attribute pop
#pragma clang attribute pop
#endif
