// exp and log, without branches so that loops over them become vector code, and with the same
// bits everywhere (the C library picks other variants on other processors).
//
// Source of the reductions and polynomials: S. Moshier, Cephes Mathematical Library, expf.c and
// logf.c. Errors are below 2 units in the last place.

INLINE int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }

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

INLINE float exp_of(float x) {
  // Beyond these bounds the result is 0 or infinity; the comparisons let a NaN through.
  x = x < -104.0f ? -104.0f : x;
  x = x > 89.0f ? 89.0f : x;
  // Adding 1.5 · 2²³ rounds to an integer n, which is then in the low bits of the sum.
  float shifted = __builtin_fmaf(x, 1.44269504088896341f, 12582912.0f);
  int32_t n = to_bits(shifted) - 0x4B400000;
  float whole = shifted - 12582912.0f;
  float r = __builtin_fmaf(whole, -0.693359375f, x);
  r = __builtin_fmaf(whole, 2.12194440e-4f, r);
  float p = 1.9875691500e-4f;
  p = __builtin_fmaf(p, r, 1.3981999507e-3f);
  p = __builtin_fmaf(p, r, 8.3334519073e-3f);
  p = __builtin_fmaf(p, r, 4.1665795894e-2f);
  p = __builtin_fmaf(p, r, 1.6666665459e-1f);
  p = __builtin_fmaf(p, r, 5.0000001201e-1f);
  p = __builtin_fmaf(p, r * r, r) + 1.0f;
  // 2ⁿ in two factors, so that both are normal numbers and the product may not be.
  int32_t half = n >> 1;
  // Shifted as unsigned numbers: a NaN makes n one that a signed number cannot be shifted to.
  float first = from_bits((int32_t)((uint32_t)(half + 127) << 23));
  return p * first * from_bits((int32_t)((uint32_t)(n - half + 127) << 23));
}

INLINE float log_of(float x) {
  // A subnormal number is scaled up by 2²³ first.
  int subnormal = x < 1.17549435e-38f;
  float scaled = subnormal ? x * 8388608.0f : x;
  // x = 2ᵉ (1 + f) with 1 + f in [√½, √2).
  int32_t bits = to_bits(scaled) - 0x3F3504F3;
  float e = (float)((bits >> 23) - (subnormal ? 23 : 0));
  float f = from_bits((bits & 0x007FFFFF) + 0x3F3504F3) - 1.0f;
  float z = f * f;
  float p = 7.0376836292e-2f;
  p = __builtin_fmaf(p, f, -1.1514610310e-1f);
  p = __builtin_fmaf(p, f, 1.1676998740e-1f);
  p = __builtin_fmaf(p, f, -1.2420140846e-1f);
  p = __builtin_fmaf(p, f, 1.4249322787e-1f);
  p = __builtin_fmaf(p, f, -1.6668057665e-1f);
  p = __builtin_fmaf(p, f, 2.0000714765e-1f);
  p = __builtin_fmaf(p, f, -2.4999993993e-1f);
  p = __builtin_fmaf(p, f, 3.3333331174e-1f);
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
  float p = -5.70498872745e-3f;
  p = __builtin_fmaf(p, z, 2.06390887954e-2f);
  p = __builtin_fmaf(p, z, -5.37397155531e-2f);
  p = __builtin_fmaf(p, z, 1.33314422036e-1f);
  p = __builtin_fmaf(p, z, -3.33332819422e-1f);
  float small = __builtin_fmaf(p * z, x, x);
  return magnitude < 0.625f ? small : __builtin_copysignf(large, x);
}

// 1 / x for x > 0, to within two units in the last place, by Newton's method from a first value
// with an error of at most 12.2 %: the difference of bit patterns subtracts the exponent and,
// roughly, the mantissa. A vector takes half the time of a division, which keeps the divider of a
// core busy.
INLINE float reciprocal_of(float x) {
  x = x > 0x1p126f ? 0x1p126f : x;  // beyond, and for infinity, 1 / x is as good as 0
  float r = from_bits(0x7EF311C7 - to_bits(x));
  r = __builtin_fmaf(__builtin_fmaf(-x, r, 1.0f), r, r);
  r = __builtin_fmaf(__builtin_fmaf(-x, r, 1.0f), r, r);
  return __builtin_fmaf(__builtin_fmaf(-x, r, 1.0f), r, r);
}
