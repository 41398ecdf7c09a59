#include <stdlib.h>
#include <string.h>

#include "kernels/tables.h"

#if defined(__x86_64__)
static int has_avx2(void) {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}

static int has_avx512(void) {
  return has_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
         __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq");
}
#endif

const struct cairn_kernels *cairn_kernels_select(void) {
  const char *wanted = getenv("CAIRN_ISA");
#if defined(__x86_64__)
  if (has_avx512() && (!wanted || !strcmp(wanted, "avx512"))) return &cairn_avx512_kernels;
  if (has_avx2() && (!wanted || strcmp(wanted, "portable"))) return &cairn_avx2_kernels;
#else
  (void)wanted;
#endif
  return &cairn_portable_kernels;
}
