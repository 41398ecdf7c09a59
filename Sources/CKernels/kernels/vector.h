// Sixteen logical lanes: one register with AVX-512, two with AVX2, four with SSE or NEON.

#include <stdint.h>
#include <string.h>

enum { lanes = 16 };

typedef float vector __attribute__((vector_size(64)));
typedef float unaligned_vector __attribute__((vector_size(64), aligned(4)));

#define INLINE static inline __attribute__((always_inline))

INLINE vector load(const float *p) { return *(const unaligned_vector *)p; }
INLINE void store(float *p, vector v) { *(unaligned_vector *)p = v; }

INLINE vector load_first(const float *p, int64_t count) {
  vector v = {0};
  memcpy(&v, p, (size_t)count * sizeof(float));
  return v;
}

INLINE void store_first(float *p, vector v, int64_t count) {
  memcpy(p, &v, (size_t)count * sizeof(float));
}

INLINE vector fused_multiply_add(vector a, vector b, vector c) {
  return __builtin_elementwise_fma(a, b, c);
}

// The one order in which lanes are ever added.
INLINE float add_lanes(vector v) {
  float a[lanes];
  store(a, v);
  for (int width = lanes / 2; width > 0; width /= 2)
    for (int i = 0; i < width; i++) a[i] += a[i + width];
  return a[0];
}
