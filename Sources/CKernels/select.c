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

const struct cairn_kernels *cairn_kernels_for(const char *instruction_set) {
#if defined(__x86_64__)
  if (!strcmp(instruction_set, "avx512")) return has_avx512() ? &cairn_avx512_kernels : 0;
  if (!strcmp(instruction_set, "avx2")) return has_avx2() ? &cairn_avx2_kernels : 0;
#elif defined(__aarch64__)
  if (!strcmp(instruction_set, "neon")) return &cairn_neon_kernels;
#endif
  return strcmp(instruction_set, "portable") ? 0 : &cairn_portable_kernels;
}

const struct cairn_kernels *cairn_kernels_select(void) {
  const char *wanted = getenv("CAIRN_ISA");
  const struct cairn_kernels *kernels = wanted ? cairn_kernels_for(wanted) : 0;
  if (!kernels) kernels = cairn_kernels_for("avx512");
  if (!kernels) kernels = cairn_kernels_for("avx2");
  if (!kernels) kernels = cairn_kernels_for("neon");
  return kernels ? kernels : &cairn_portable_kernels;
}
