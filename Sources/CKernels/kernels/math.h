// Elementary functions: without branches, so that loops over them are vectorized, and with the same
// bits on every processor (the C library has different variants for different processors).
//
// Source of the reductions and polynomials: S. Moshier, Cephes Mathematical Library, expf.c,
// logf.c, tanhf.c and ndtrf.c. Errors of exp and log are below 2 units in the last place.

INLINE int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }

// A NaN on either side wins, as in NumPy.
INLINE float larger(float a, float b) { return a > b || a != a ? a : b; }
INLINE vector larger_vector(vector a, vector b) { return choose((a > b) | (a != a), a, b); }

// The largest integer that is not greater than x; |x| must be less than 2³¹.
INLINE int32_t floor_of(float x) {
  int32_t whole = (int32_t)x;
  return whole - ((float)whole > x);
}

INLINE float from_bits(int32_t bits) {
  float x;
  memcpy(&x, &bits, sizeof x);
  return x;
}

INLINE int32_t to_bits(float x) {
  int32_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}

// The polynomial in x with these coefficients, the highest power first, by Horner's method.
#define POLYNOMIAL(x, ...)                                                     \
  polynomial_of(x, (int)(sizeof((float[]){__VA_ARGS__}) / sizeof(float)),      \
                (const float[]){__VA_ARGS__})

INLINE float polynomial_of(float x, const int count, const float *coefficients) {
  float p = coefficients[0];
  UNROLLED(i, count - 1) p = __builtin_fmaf(p, x, coefficients[i + 1]);
  return p;
}

// 2ⁿ for n in -126...127.
//
// Shifted as an unsigned number: a NaN leads to an n that must not be shifted as a signed one.
INLINE float power_of_two(int32_t n) { return from_bits((int32_t)((uint32_t)(n + 127) << 23)); }

// x = n log 2 + r.
struct reduced_exponent {
  int32_t n;
  float r;
};

INLINE struct reduced_exponent reduce_exponent(float x) {
  // Adding 1.5 · 2²³ rounds to an integer n, which is then in the low bits of the sum.
  float shifted = __builtin_fmaf(x, 1.44269504088896341f, 12582912.0f);
  float whole = shifted - 12582912.0f;
  float r = __builtin_fmaf(whole, -0.693359375f, x);
  return (struct reduced_exponent){to_bits(shifted) - 0x4B400000,
                                   __builtin_fmaf(whole, 2.12194440e-4f, r)};
}

// eʳ − 1 for a reduced r.
INLINE float expm1_of_reduced(float r) {
  float p = POLYNOMIAL(r, 1.9875691500e-4f, 1.3981999507e-3f, 8.3334519073e-3f, 4.1665795894e-2f,
                       1.6666665459e-1f, 5.0000001201e-1f);
  return __builtin_fmaf(p, r * r, r);
}

INLINE float exp_of(float x) {
  // Beyond these bounds the result is 0 or infinity; the comparisons preserve a NaN.
  x = x < -104.0f ? -104.0f : x;
  x = x > 89.0f ? 89.0f : x;
  struct reduced_exponent e = reduce_exponent(x);
  // 2ⁿ as two factors: both are normal numbers, even if their product is subnormal.
  int32_t half = e.n >> 1;
  return (expm1_of_reduced(e.r) + 1.0f) * power_of_two(half) * power_of_two(e.n - half);
}

// eˣ − 1 for x ≤ 0, exact near 0 where the difference would not be; 0 for x > 0.
INLINE float expm1_of(float x) {
  x = x < -80.0f ? -80.0f : x;  // eˣ is negligible beside 1
  x = x > 0.0f ? 0.0f : x;
  struct reduced_exponent e = reduce_exponent(x);
  // 2ⁿ (eʳ − 1) + (2ⁿ − 1)
  float power = power_of_two(e.n);
  return __builtin_fmaf(power, expm1_of_reduced(e.r), power - 1.0f);
}

INLINE float log_of(float x) {
  // A subnormal number is scaled up by 2²³ first.
  int subnormal = x < 1.17549435e-38f;
  float scaled = subnormal ? x * 8388608.0f : x;
  // x = 2ᵉ (1 + f) with 1 + f in [√½, √2).
  // Unsigned, as the bits of a negative number overflow; its result is replaced below.
  int32_t bits = (int32_t)((uint32_t)to_bits(scaled) - 0x3F3504F3u);
  float e = (float)((bits >> 23) - (subnormal ? 23 : 0));
  float f = from_bits((bits & 0x007FFFFF) + 0x3F3504F3) - 1.0f;
  float z = f * f;
  float p = POLYNOMIAL(f, 7.0376836292e-2f, -1.1514610310e-1f, 1.1676998740e-1f, -1.2420140846e-1f,
                       1.4249322787e-1f, -1.6668057665e-1f, 2.0000714765e-1f, -2.4999993993e-1f,
                       3.3333331174e-1f);
  float y = f * z * p;
  y = __builtin_fmaf(e, -2.12194440e-4f, y);
  y = __builtin_fmaf(z, -0.5f, y);
  float result = __builtin_fmaf(e, 0.693359375f, f + y);
  result = x == __builtin_inff() ? x : result;
  result = x == 0.0f ? -__builtin_inff() : result;
  return x >= 0.0f ? result : __builtin_nanf("");
}

INLINE float sigmoid_of(float x) { return 1.0f / (1.0f + exp_of(-x)); }

INLINE float tanh_of(float x) {
  float magnitude = __builtin_fabsf(x);
  float large = 1.0f - 2.0f / (exp_of(2.0f * magnitude) + 1.0f);
  float z = x * x;
  float p = POLYNOMIAL(z, -5.70498872745e-3f, 2.06390887954e-2f, -5.37397155531e-2f,
                       1.33314422036e-1f, -3.33332819422e-1f);
  float small = __builtin_fmaf(p * z, x, x);
  return magnitude < 0.625f ? small : __builtin_copysignf(large, x);
}

// log(1 + u) for 0 ≤ u ≤ 1, exact near 0: the rounding error of 1 + u is added back.
INLINE float log1p_of(float u) {
  float w = 1.0f + u;
  return log_of(w) + (u - (w - 1.0f)) / w;
}

// The error function.
INLINE float erf_of(float x) {
  float z = x * x;
  float small = x * POLYNOMIAL(z, 7.853861353153693e-5f, -8.010193625184903e-4f,
                               5.188327685732524e-3f, -2.685381193529856e-2f,
                               1.128358514861418e-1f, -3.761262582423300e-1f,
                               1.128379165726710f);

  // 1 − e^(−a²) q(1/a²) / a, with one polynomial q up to a = 2 and another one beyond.
  float magnitude = __builtin_fabsf(x);
  float a = magnitude < 1.0f ? 1.0f : magnitude;
  a = a > 4.0f ? 4.0f : a;
  float y = 1.0f / (a * a);
  float lower = POLYNOMIAL(y, 2.326819970068386e-2f, -1.387039388740657e-1f,
                           3.687424674597105e-1f, -5.824733027278666e-1f, 6.210004621745983e-1f,
                           -4.944515323274145e-1f, 3.404879937665872e-1f, -2.741127028184656e-1f,
                           5.638259427386472e-1f);
  float upper = POLYNOMIAL(y, -1.047766399936249e+1f, 1.297719955372516e+1f,
                           -7.495518717768503f, 2.921019019210786f, -1.015265279202700f,
                           4.218463358204948e-1f, -2.820767439740514e-1f, 5.641895067754075e-1f);
  float large = 1.0f - exp_of(-a * a) * (a < 2.0f ? lower : upper) / a;
  return magnitude < 1.0f ? small : __builtin_copysignf(large, x);
}

#undef POLYNOMIAL

// 1 / x for x > 0, to within two units in the last place, by Newton's method. The initial estimate
// has an error of at most 12.2 %: subtracting the bit pattern negates the exponent and, roughly,
// inverts the mantissa. For a vector this takes half the time of a division, which occupies the
// divider of a core.
INLINE float reciprocal_of(float x) {
  x = x > 0x1p126f ? 0x1p126f : x;  // beyond, and for infinity, 1 / x is as good as 0
  float r = from_bits(0x7EF311C7 - to_bits(x));
  r = __builtin_fmaf(__builtin_fmaf(-x, r, 1.0f), r, r);
  r = __builtin_fmaf(__builtin_fmaf(-x, r, 1.0f), r, r);
  return __builtin_fmaf(__builtin_fmaf(-x, r, 1.0f), r, r);
}
