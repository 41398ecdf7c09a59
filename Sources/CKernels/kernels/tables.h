#pragma once

#include "CKernels.h"

#if defined(__x86_64__)
extern const struct cairn_kernels cairn_avx512_kernels;
extern const struct cairn_kernels cairn_avx2_kernels;
#endif
#if defined(__aarch64__)
extern const struct cairn_kernels cairn_neon_kernels;
#endif
extern const struct cairn_kernels cairn_portable_kernels;
