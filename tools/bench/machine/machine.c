#include "machine.h"

#include <time.h>

static double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

// `registers` chains of multiply-adds: enough to hide the latency of each, few enough for the
// registers. The results are used, so that the compiler cannot leave them out.
#define PEAK(name, bytes, registers)                                      \
  static double name(void) {                                              \
    typedef float vector __attribute__((vector_size(bytes)));             \
    const int64_t rounds = 1 << 12;                                       \
    vector sums[registers], factor = {0}, term = {0};                     \
    for (int i = 0; i < registers; i++) sums[i] = factor + (float)i;      \
    factor += 0.999f;                                                     \
    term += 1e-4f;                                                        \
    double start = seconds();                                             \
    for (int64_t round = 0; round < rounds; round++)                      \
      _Pragma("clang loop unroll(full)")                                  \
      for (int i = 0; i < registers; i++)                                 \
        sums[i] = __builtin_elementwise_fma(sums[i], factor, term);       \
    double time = seconds() - start;                                      \
    volatile float result = 0;                                            \
    for (int i = 0; i < registers; i++) result += sums[i][0];             \
    return (double)rounds * registers * (bytes / 4) * 2 / time;           \
  }

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx512f"), min_vector_width(512))), \
                             apply_to = function)
PEAK(peak_avx512, 64, 24)
#pragma clang attribute pop
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
PEAK(peak_avx2, 32, 12)
#pragma clang attribute pop
#endif
PEAK(peak_portable, 16, 12)

double machine_peak(void) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f")) return peak_avx512();
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return peak_avx2();
#endif
  return peak_portable();
}

double machine_read_bandwidth(const float *data, int64_t count) {
  typedef float vector __attribute__((vector_size(64), aligned(4)));
  vector sums[4] = {{0}};
  double start = seconds();
  for (int64_t i = 0; i + 64 <= count; i += 64)
    for (int j = 0; j < 4; j++) sums[j] += *(const vector *)(data + i + 16 * j);
  double time = seconds() - start;
  volatile float result = 0;
  for (int j = 0; j < 4; j++) result += sums[j][0];
  return (double)count * 4 / time;
}
