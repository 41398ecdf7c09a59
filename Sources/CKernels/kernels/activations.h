// Keras's activation functions (those that are not in elementwise.h), each with its derivative, and
// without branches, like the functions of math.h.

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

// Keras's default, `approximate=False`: with the error function, not with tanh.
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
    IN_PLACE                                                          \
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
  IN_PLACE
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
  IN_PLACE
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
