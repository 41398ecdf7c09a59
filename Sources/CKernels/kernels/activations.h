// The activation functions of Keras beyond those of elementwise.h, each with its derivative,
// without branches like the functions of math.h.

// eˣ − 1 for x ≤ 0, exact near 0 where the difference would not be; 0 for x > 0.
//
// The reduction and polynomial are those of `exp_of`: with x = n log 2 + r, eˣ − 1 is 2ⁿ (eʳ − 1) +
// (2ⁿ − 1).
INLINE float expm1_of(float x) {
  x = x < -80.0f ? -80.0f : x;  // eˣ is nothing beside 1
  x = x > 0.0f ? 0.0f : x;
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
  p = __builtin_fmaf(p, r * r, r);
  // Unsigned: the bits of a NaN make an n that no signed number may be shifted by.
  float power = from_bits((int32_t)((uint32_t)(n + 127) << 23));
  return __builtin_fmaf(power, p, power - 1.0f);
}

// log(1 + u) for 0 ≤ u ≤ 1, exact near 0: what 1 + u has rounded away is added again.
INLINE float log1p_of(float u) {
  float w = 1.0f + u;
  return log_of(w) + (u - (w - 1.0f)) / w;
}

// The error function. Source: S. Moshier, Cephes Mathematical Library, ndtrf.c.
INLINE float erf_of(float x) {
  float z = x * x;
  float p = 7.853861353153693e-5f;
  p = __builtin_fmaf(p, z, -8.010193625184903e-4f);
  p = __builtin_fmaf(p, z, 5.188327685732524e-3f);
  p = __builtin_fmaf(p, z, -2.685381193529856e-2f);
  p = __builtin_fmaf(p, z, 1.128358514861418e-1f);
  p = __builtin_fmaf(p, z, -3.761262582423300e-1f);
  p = __builtin_fmaf(p, z, 1.128379165726710f);
  float small = x * p;

  // 1 − e^(−a²) q(1/a²) / a, with one polynomial up to 2 and another one beyond.
  float magnitude = __builtin_fabsf(x);
  float a = magnitude < 1.0f ? 1.0f : magnitude;
  a = a > 4.0f ? 4.0f : a;
  float y = 1.0f / (a * a);
  float near = 2.326819970068386e-2f;
  near = __builtin_fmaf(near, y, -1.387039388740657e-1f);
  near = __builtin_fmaf(near, y, 3.687424674597105e-1f);
  near = __builtin_fmaf(near, y, -5.824733027278666e-1f);
  near = __builtin_fmaf(near, y, 6.210004621745983e-1f);
  near = __builtin_fmaf(near, y, -4.944515323274145e-1f);
  near = __builtin_fmaf(near, y, 3.404879937665872e-1f);
  near = __builtin_fmaf(near, y, -2.741127028184656e-1f);
  near = __builtin_fmaf(near, y, 5.638259427386472e-1f);
  float far = -1.047766399936249e+1f;
  far = __builtin_fmaf(far, y, 1.297719955372516e+1f);
  far = __builtin_fmaf(far, y, -7.495518717768503f);
  far = __builtin_fmaf(far, y, 2.921019019210786f);
  far = __builtin_fmaf(far, y, -1.015265279202700f);
  far = __builtin_fmaf(far, y, 4.218463358204948e-1f);
  far = __builtin_fmaf(far, y, -2.820767439740514e-1f);
  far = __builtin_fmaf(far, y, 5.641895067754075e-1f);
  float large = 1.0f - exp_of(-a * a) * (a < 2.0f ? near : far) / a;
  return magnitude < 1.0f ? small : __builtin_copysignf(large, x);
}

INLINE float softplus_of(float x) {
  return (x > 0.0f ? x : 0.0f) + log1p_of(exp_of(-__builtin_fabsf(x)));
}
INLINE float softplus_slope(float x) { return sigmoid_of(x); }

INLINE float log_sigmoid_of(float x) { return -softplus_of(-x); }
INLINE float log_sigmoid_slope(float x) { return sigmoid_of(-x); }

INLINE float softsign_of(float x) { return x / (1.0f + __builtin_fabsf(x)); }
INLINE float softsign_slope(float x) {
  float d = 1.0f + __builtin_fabsf(x);
  return 1.0f / (d * d);
}

INLINE float silu_of(float x) { return x * sigmoid_of(x); }
INLINE float silu_slope(float x) {
  float s = sigmoid_of(x);
  return s * (1.0f + x * (1.0f - s));
}

// With the error function, not with tanh: `approximate=False`.
INLINE float gelu_of(float x) { return 0.5f * x * (1.0f + erf_of(x * 0.70710678f)); }
INLINE float gelu_slope(float x) {
  // Φ(x) + x φ(x); beyond 20 the density is 0, and x² may be infinite.
  float bounded = x > 20.0f ? 20.0f : x;
  bounded = bounded < -20.0f ? -20.0f : bounded;
  float density = 0.39894228f * exp_of(-0.5f * bounded * bounded);
  return 0.5f * (1.0f + erf_of(x * 0.70710678f)) + bounded * density;
}

INLINE float hard_sigmoid_of(float x) {
  float y = x + 3.0f;
  y = y < 0.0f ? 0.0f : y;
  return (y > 6.0f ? 6.0f : y) / 6.0f;
}
INLINE float hard_sigmoid_slope(float x) {
  float y = x + 3.0f;
  return ((y > 0.0f) & (y < 6.0f)) ? 1.0f / 6.0f : 0.0f;
}

INLINE float hard_silu_of(float x) { return x * hard_sigmoid_of(x); }
INLINE float hard_silu_slope(float x) { return hard_sigmoid_of(x) + x * hard_sigmoid_slope(x); }

INLINE float hard_shrink_of(float x) { return __builtin_fabsf(x) <= 0.5f ? 0.0f : x; }
INLINE float hard_shrink_slope(float x) { return __builtin_fabsf(x) <= 0.5f ? 0.0f : 1.0f; }

INLINE float soft_shrink_of(float x) {
  float y = x < 0.0f ? x + 0.5f : x - 0.5f;
  return __builtin_fabsf(x) <= 0.5f ? 0.0f : y;
}
INLINE float soft_shrink_slope(float x) { return hard_shrink_slope(x); }

INLINE float tanh_shrink_of(float x) { return x - tanh_of(x); }
INLINE float tanh_shrink_slope(float x) {
  float t = tanh_of(x);
  return t * t;
}

INLINE float squareplus_of(float x) {
  return (x + __builtin_elementwise_sqrt(x * x + 4.0f)) / 2.0f;
}
INLINE float squareplus_slope(float x) {
  return 0.5f * (1.0f + x / __builtin_elementwise_sqrt(x * x + 4.0f));
}

INLINE float sparse_plus_of(float x) {
  float y = 0.25f * ((x + 1.0f) * (x + 1.0f));
  y = x <= -1.0f ? 0.0f : y;
  return x >= 1.0f ? x : y;
}
INLINE float sparse_plus_slope(float x) {
  float y = x <= -1.0f ? 0.0f : 0.5f * (x + 1.0f);
  return x >= 1.0f ? 1.0f : y;
}

INLINE float sparse_sigmoid_of(float x) {
  float y = x <= -1.0f ? 0.0f : 0.5f * (x + 1.0f);
  return x >= 1.0f ? 1.0f : y;
}
INLINE float sparse_sigmoid_slope(float x) { return ((x > -1.0f) & (x < 1.0f)) ? 0.5f : 0.0f; }

INLINE float mish_of(float x) { return x * tanh_of(softplus_of(x)); }
INLINE float mish_slope(float x) {
  float t = tanh_of(softplus_of(x));
  return t + x * ((1.0f - t * t) * sigmoid_of(x));
}

#define EACH_ACTIVATION(f)                                                                 \
  f(softplus) f(log_sigmoid) f(softsign) f(silu) f(gelu) f(hard_sigmoid) f(hard_silu)      \
      f(hard_shrink) f(soft_shrink) f(tanh_shrink) f(squareplus) f(sparse_plus)            \
          f(sparse_sigmoid) f(mish)

static void activate(enum cairn_activation function, int64_t count, const float *x, float *out) {
  switch (function) {
#define VALUES(name)                                                  \
  case cairn_##name:                                                  \
    for (int64_t i = 0; i < count; i++) out[i] = name##_of(x[i]);     \
    break;
    EACH_ACTIVATION(VALUES)
#undef VALUES
  }
}

static void activate_gradient(enum cairn_activation function, int64_t count, const float *x,
                              const float *dy, float *out) {
  switch (function) {
#define SLOPES(name)                                                           \
  case cairn_##name:                                                           \
    for (int64_t i = 0; i < count; i++) out[i] = dy[i] * name##_slope(x[i]);   \
    break;
    EACH_ACTIVATION(SLOPES)
#undef SLOPES
  }
}

#undef EACH_ACTIVATION

static void rectify(int64_t count, struct cairn_rectifier f, const float *x, float *out) {
  for (int64_t i = 0; i < count; i++) {
    float above = x[i] > f.maximum ? f.maximum : x[i];
    out[i] = x[i] <= f.threshold ? f.slope * (x[i] - f.threshold) : above;
  }
}

static void rectify_gradient(int64_t count, struct cairn_rectifier f, const float *x,
                             const float *dy, float *out) {
  for (int64_t i = 0; i < count; i++) {
    float slope = x[i] > f.maximum ? 0.0f : 1.0f;
    slope = x[i] == f.maximum ? f.slope_at_maximum : slope;
    slope = x[i] < f.threshold ? f.slope : slope;
    out[i] = dy[i] * (x[i] == f.threshold ? f.slope_at_threshold : slope);
  }
}

static void exponential_linear(int64_t count, float positive, float negative, const float *x,
                               float *out) {
  for (int64_t i = 0; i < count; i++)
    out[i] = x[i] > 0.0f ? positive * x[i] : negative * expm1_of(x[i]);
}

static void exponential_linear_gradient(int64_t count, float positive, float negative,
                                        float at_zero, const float *x, const float *dy,
                                        float *out) {
  for (int64_t i = 0; i < count; i++) {
    float below = negative * exp_of(x[i] > 0.0f ? 0.0f : x[i]);
    float slope = x[i] > 0.0f ? positive : below;
    out[i] = dy[i] * (x[i] == 0.0f ? at_zero : slope);
  }
}

static void greater(int64_t count, const float *a, const float *b, float *out) {
  // A NaN on either side wins, as in numpy.
  for (int64_t i = 0; i < count; i++) {
    float y = a[i] < b[i] ? b[i] : a[i];
    out[i] = b[i] != b[i] ? b[i] : y;
  }
}

static void lesser(int64_t count, const float *a, const float *b, float *out) {
  for (int64_t i = 0; i < count; i++) {
    float y = a[i] > b[i] ? b[i] : a[i];
    out[i] = b[i] != b[i] ? b[i] : y;
  }
}

static void where_at_least(int64_t count, const float *a, const float *b, const float *dy,
                           float *out) {
  for (int64_t i = 0; i < count; i++) out[i] = a[i] >= b[i] ? dy[i] : 0.0f;
}

static void where_less(int64_t count, const float *a, const float *b, const float *dy,
                       float *out) {
  for (int64_t i = 0; i < count; i++) out[i] = a[i] < b[i] ? dy[i] : 0.0f;
}
