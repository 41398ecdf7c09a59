// Sixteen logical lanes: one register with AVX-512, two with AVX2, four with SSE or NEON.

#include <stdint.h>
#include <string.h>

enum { lanes = 16 };

typedef float vector __attribute__((vector_size(64)));
typedef int32_t integer_vector __attribute__((vector_size(64)));
typedef uint8_t byte_vector __attribute__((vector_size(16)));
typedef float unaligned_vector __attribute__((vector_size(64), aligned(4)));

#define INLINE static inline __attribute__((always_inline))

// A loop that is unrolled, so that arrays of vectors stay in registers.
#define UNROLLED(i, count)           \
  _Pragma("clang loop unroll(full)") \
  for (int i = 0; i < (count); i++)

// A loop over elements of which each iteration reads and writes its own: arrays may be the same,
// but may not overlap otherwise. Without this assumption the compiler would not vectorize it.
#define IN_PLACE _Pragma("clang loop vectorize(assume_safety)")

INLINE vector load(const float *p) { return *(const unaligned_vector *)p; }
INLINE void store(float *p, vector v) { *(unaligned_vector *)p = v; }

// Numbers 0 to 255, one byte each.
INLINE integer_vector load_bytes(const uint8_t *p) {
  byte_vector bytes;
  memcpy(&bytes, p, sizeof bytes);
  return __builtin_convertvector(bytes, integer_vector);
}

INLINE void store_bytes(uint8_t *p, integer_vector v) {
  const byte_vector bytes = __builtin_convertvector(v, byte_vector);
  memcpy(p, &bytes, sizeof bytes);
}

// Load and store the first `count` ≤ 16 lanes; the others are loaded as 0. Registers with masks do
// this at once; `memcpy` of a variable size is a call. Where MASKED_REGISTERS is 0, a few channels
// are computed one by one.
#if MASKED_REGISTERS == 1
INLINE vector load_first(const float *p, int64_t count) {
  return (vector)_mm512_maskz_loadu_ps((__mmask16)((1u << count) - 1), p);
}

INLINE void store_first(float *p, vector v, int64_t count) {
  _mm512_mask_storeu_ps(p, (__mmask16)((1u << count) - 1), (__m512)v);
}
#elif MASKED_REGISTERS == 2
#define HALF(v, first)                                                                       \
  __builtin_shufflevector(v, v, first, first + 1, first + 2, first + 3, first + 4, first + 5, \
                          first + 6, first + 7)

// All bits of the first `count` lanes.
INLINE integer_vector first_lanes(int64_t count) {
  const integer_vector numbers = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  return numbers < (int32_t)count;
}

INLINE vector load_first(const float *p, int64_t count) {
  const integer_vector mask = first_lanes(count);
  const __m256 low = _mm256_maskload_ps(p, (__m256i)HALF(mask, 0));
  const __m256 high = _mm256_maskload_ps(p + lanes / 2, (__m256i)HALF(mask, 8));
  return __builtin_shufflevector(low, high, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14,
                                 15);
}

INLINE void store_first(float *p, vector v, int64_t count) {
  const integer_vector mask = first_lanes(count);
  _mm256_maskstore_ps(p, (__m256i)HALF(mask, 0), (__m256)HALF(v, 0));
  _mm256_maskstore_ps(p + lanes / 2, (__m256i)HALF(mask, 8), (__m256)HALF(v, 8));
}

#undef HALF
#else
#define MASKED_REGISTERS 0
INLINE vector load_first(const float *p, int64_t count) {
  vector v = {0};
  memcpy(&v, p, (size_t)count * sizeof(float));
  return v;
}

INLINE void store_first(float *p, vector v, int64_t count) {
  memcpy(p, &v, (size_t)count * sizeof(float));
}
#endif

// Not `(vector){0} + x`: that would turn −0 into 0, so it costs an addition.
INLINE vector broadcast(float x) { return x - (vector){0}; }

// max(x, 0); a NaN stays a NaN.
INLINE vector relu_of(vector x) { return (vector)((integer_vector)x & ~(x < 0)); }

// a in the lanes that are set in the mask, b in the others.
INLINE vector choose(integer_vector mask, vector a, vector b) {
  return (vector)(((integer_vector)a & mask) | ((integer_vector)b & ~mask));
}

INLINE vector fused_multiply_add(vector a, vector b, vector c) {
  return __builtin_elementwise_fma(a, b, c);
}

// The sum of the lanes, always in this order.
INLINE float add_lanes(vector v) {
  float a[lanes];
  store(a, v);
  for (int width = lanes / 2; width > 0; width /= 2)
    for (int i = 0; i < width; i++) a[i] += a[i + width];
  return a[0];
}

// Exchanges the lanes l of v[i] that have bit s set with the lanes of v[i + s] that have it clear.
// Repeated for s = 1, 2, …, this transposes blocks of lanes.
#define LOW_LANE(l, s) ((l) & (s) ? lanes + (l) - (s) : (l))
#define HIGH_LANE(l, s) ((l) & (s) ? lanes + (l) : (l) + (s))
#define EACH_LANE(f, s)                                                                        \
  f(0, s), f(1, s), f(2, s), f(3, s), f(4, s), f(5, s), f(6, s), f(7, s), f(8, s), f(9, s),    \
      f(10, s), f(11, s), f(12, s), f(13, s), f(14, s), f(15, s)
#define EXCHANGE_LANES(v, s)                                                                   \
  UNROLLED(i, TRANSPOSED_ROWS)                                                                 \
    if (!(i & s)) {                                                                            \
      vector low = __builtin_shufflevector(v[i], v[i + s], EACH_LANE(LOW_LANE, s));            \
      v[i + s] = __builtin_shufflevector(v[i], v[i + s], EACH_LANE(HIGH_LANE, s));             \
      v[i] = low;                                                                              \
    }

INLINE void transpose(vector v[TRANSPOSED_ROWS]) {
  EXCHANGE_LANES(v, 1)
  EXCHANGE_LANES(v, 2)
#if TRANSPOSED_ROWS == 8
  EXCHANGE_LANES(v, 4)
#endif
}

// Each run of TRANSPOSED_ROWS floats that are contiguous in memory, in columns below `count`.
#define EACH_RUN(count)                                  \
  UNROLLED(i, TRANSPOSED_ROWS)                           \
    _Pragma("clang loop unroll(full)")                   \
    for (int l = 0; l < lanes; l += TRANSPOSED_ROWS)     \
      if (l + i < count)

// Store and load vector j of each of TRANSPOSED_ROWS rows to and from columns: lane l of row i is
// at p[l * stride + i]. Only the first `count` lanes are in memory.
INLINE void store_columns(float *p, int64_t stride, int64_t count, vector block[][TILE_VECTORS],
                          int j) {
  vector v[TRANSPOSED_ROWS];
  UNROLLED(i, TRANSPOSED_ROWS) v[i] = block[i][j];
  transpose(v);
  EACH_RUN(count)
  memcpy(p + (l + i) * stride, (const float *)&v[i] + l, TRANSPOSED_ROWS * sizeof(float));
}

INLINE void load_columns(const float *p, int64_t stride, int64_t count,
                         vector block[][TILE_VECTORS], int j) {
  vector v[TRANSPOSED_ROWS] = {{0}};
  EACH_RUN(count)
  memcpy((float *)&v[i] + l, p + (l + i) * stride, TRANSPOSED_ROWS * sizeof(float));
  transpose(v);
  UNROLLED(i, TRANSPOSED_ROWS) block[i][j] = v[i];
}

#undef EACH_RUN
#undef EXCHANGE_LANES
#undef EACH_LANE
#undef HIGH_LANE
#undef LOW_LANE
