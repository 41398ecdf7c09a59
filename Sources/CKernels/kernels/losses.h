// Keras's losses (keras/src/losses/losses.py): the cost of one prediction p for the target t, and
// its derivative with respect to p. Where a cost has a kink, the derivative is TensorFlow's.

enum { LOSS_KINDS = cairn_squared_hinge_loss + 1 };

// Keras's `backend.epsilon()`: a small constant for numerical stability.
#define EPSILON 1e-7f

INLINE float direction_of(float x) { return (float)(x > 0) - (float)(x < 0); }

INLINE float clipped(float x, float low, float high) {
  x = x < low ? low : x;
  return x > high ? high : x;
}

INLINE float crossentropy_of(float t, float p) {
  float probability = clipped(p, EPSILON, 1 - EPSILON);
  return -(t * log_of(probability) + (1 - t) * log_of(1 - probability));
}

INLINE float crossentropy_slope_of(float t, float p) {
  return p >= EPSILON && p <= 1 - EPSILON ? (1 - t) / (1 - p) - t / p : 0;
}

INLINE float power_of(float x, float exponent) {
  if (exponent == 0) return 1;
  if (exponent == 1) return x;
  return exponent == 2 ? x * x : exp_of(exponent * log_of(x));
}

// The error of the probability p: 1 − p if t is 1, p if t is 0.
INLINE float error_of(float t, float p) { return 1 - (t * p + (1 - t) * (1 - p)); }

INLINE float focal_weight(float t, struct cairn_loss_settings s) {
  return s.is_balanced ? t * s.alpha + (1 - t) * (1 - s.alpha) : 1;
}

INLINE float logarithmic_error(float t, float p) {
  return log_of(larger(p, EPSILON) + 1) - log_of(larger(t, EPSILON) + 1);
}

#define LOSS(name, cost, slope)                                                                  \
  static void name##_cost(struct cairn_loss_settings s, int64_t count, const float *targets,     \
                          const float *predictions, float *out) {                                \
    (void)s;                                                                                     \
    for (int64_t i = 0; i < count; i++) {                                                        \
      float t = targets[i], p = predictions[i];                                                  \
      out[i] = cost;                                                                             \
    }                                                                                            \
  }                                                                                              \
  static void name##_slope(struct cairn_loss_settings s, int64_t count, const float *targets,    \
                           const float *predictions, const float *dy, float *out) {              \
    (void)s;                                                                                     \
    for (int64_t i = 0; i < count; i++) {                                                        \
      float t = targets[i], p = predictions[i];                                                  \
      out[i] = dy[i] * (slope);                                                                  \
    }                                                                                            \
  }

LOSS(squared, (t - p) * (t - p), 2 * (p - t))
LOSS(absolute, __builtin_fabsf(t - p), direction_of(p - t))
LOSS(percentage, __builtin_fabsf((t - p) / larger(__builtin_fabsf(t), EPSILON)),
     direction_of(p - t) / larger(__builtin_fabsf(t), EPSILON))
LOSS(logarithmic, logarithmic_error(t, p) * logarithmic_error(t, p),
     p >= EPSILON ? 2 * logarithmic_error(t, p) / (p + 1) : 0)
LOSS(huber,
     __builtin_fabsf(p - t) <= s.delta
         ? 0.5f * ((p - t) * (p - t))
         : s.delta * __builtin_fabsf(p - t) - 0.5f * (s.delta * s.delta),
     __builtin_fabsf(p - t) <= s.delta ? p - t : s.delta * direction_of(p - t))
LOSS(log_cosh, p - t + softplus_of(-2 * (p - t)) - 0.69314718f, tanh_of(p - t))
LOSS(binary_logits, larger(p, 0) - p * t + log1p_of(exp_of(-__builtin_fabsf(p))),
     sigmoid_of(p) - t)
LOSS(binary, crossentropy_of(t, p), crossentropy_slope_of(t, p))
LOSS(focal, focal_weight(t, s) * (power_of(error_of(t, p), s.gamma) * crossentropy_of(t, p)),
     focal_weight(t, s) *
         (power_of(error_of(t, p), s.gamma) * crossentropy_slope_of(t, p) +
          (s.gamma == 0 ? 0
                        : s.gamma * power_of(error_of(t, p), s.gamma - 1) * (1 - 2 * t) *
                              crossentropy_of(t, p))))
LOSS(divergence, clipped(t, EPSILON, 1) * log_of(clipped(t, EPSILON, 1) / clipped(p, EPSILON, 1)),
     p >= EPSILON && p <= 1 ? -clipped(t, EPSILON, 1) / p : 0)
LOSS(poisson, p - t * log_of(p + EPSILON), 1 - t / (p + EPSILON))
LOSS(hinge, larger(1 - t * p, 0), 1 - t * p >= 0 ? -t : 0)
LOSS(squared_hinge, larger(1 - t * p, 0) * larger(1 - t * p, 0),
     1 - t * p >= 0 ? -2 * (1 - t * p) * t : 0)

#undef LOSS

#define EACH_LOSS(suffix)                                                                     \
  [cairn_squared_loss] = squared_##suffix, [cairn_absolute_loss] = absolute_##suffix,         \
  [cairn_percentage_loss] = percentage_##suffix,                                              \
  [cairn_logarithmic_loss] = logarithmic_##suffix, [cairn_huber_loss] = huber_##suffix,       \
  [cairn_log_cosh_loss] = log_cosh_##suffix,                                                  \
  [cairn_binary_logits_loss] = binary_logits_##suffix, [cairn_binary_loss] = binary_##suffix, \
  [cairn_focal_loss] = focal_##suffix, [cairn_kl_divergence_loss] = divergence_##suffix,      \
  [cairn_poisson_loss] = poisson_##suffix, [cairn_hinge_loss] = hinge_##suffix,               \
  [cairn_squared_hinge_loss] = squared_hinge_##suffix

static void loss(struct cairn_loss_settings s, int64_t count, const float *targets,
                 const float *predictions, float *out) {
  static void (*const costs[LOSS_KINDS])(struct cairn_loss_settings, int64_t, const float *,
                                         const float *, float *) = {EACH_LOSS(cost)};
  costs[s.kind](s, count, targets, predictions, out);
}

static void loss_gradient(struct cairn_loss_settings s, int64_t count, const float *targets,
                          const float *predictions, const float *dy, float *out) {
  static void (*const slopes[LOSS_KINDS])(struct cairn_loss_settings, int64_t, const float *,
                                          const float *, const float *, float *) = {
      EACH_LOSS(slope)};
  slopes[s.kind](s, count, targets, predictions, dy, out);
}

#undef EACH_LOSS

// 1 / |x|, but at most 1 / EPSILON.
INLINE float inverse_norm(int64_t count, const float *x) {
  float squares = 0;
  for (int64_t i = 0; i < count; i++) squares += x[i] * x[i];
  float inverse = 1 / __builtin_elementwise_sqrt(squares);
  return inverse > 1 / EPSILON ? 1 / EPSILON : inverse;
}

static void cosine_similarity(int64_t rows, int64_t columns, const float *t, const float *p,
                              float *out) {
  for (int64_t row = 0; row < rows; row++, t += columns, p += columns) {
    float a = inverse_norm(columns, t), b = inverse_norm(columns, p), sum = 0;
    for (int64_t i = 0; i < columns; i++) sum += (t[i] * a) * (p[i] * b);
    out[row] = sum;
  }
}

static void cosine_similarity_gradient(int64_t rows, int64_t columns, const float *t,
                                       const float *p, const float *dy, float *out) {
  for (int64_t row = 0; row < rows; row++, t += columns, p += columns, out += columns) {
    float a = inverse_norm(columns, t), b = inverse_norm(columns, p), similarity;
    cosine_similarity(1, columns, t, p, &similarity);
    if (b == 1 / EPSILON) similarity = 0;  // then p is scaled by a constant
    for (int64_t i = 0; i < columns; i++)
      out[i] = dy[row] * b * (t[i] * a - p[i] * b * similarity);
  }
}

// The largest prediction for a wrong class: the maximum of (1 − t) p.
INLINE float largest_wrong(int64_t columns, const float *t, const float *p) {
  float largest = -__builtin_inff();
  for (int64_t i = 0; i < columns; i++) largest = larger(largest, (1 - t[i]) * p[i]);
  return largest;
}

static void categorical_hinge(int64_t rows, int64_t columns, const float *t, const float *p,
                              float *out) {
  for (int64_t row = 0; row < rows; row++, t += columns, p += columns) {
    float right = 0;
    for (int64_t i = 0; i < columns; i++) right += t[i] * p[i];
    out[row] = larger(largest_wrong(columns, t, p) - right + 1, 0);
  }
}

static void categorical_hinge_gradient(int64_t rows, int64_t columns, const float *t,
                                       const float *p, const float *dy, float *out) {
  for (int64_t row = 0; row < rows; row++, t += columns, p += columns, out += columns) {
    float right = 0, wrong = largest_wrong(columns, t, p), count = 0;
    for (int64_t i = 0; i < columns; i++) right += t[i] * p[i];
    for (int64_t i = 0; i < columns; i++) count += (1 - t[i]) * p[i] == wrong;
    // Elements that share the maximum share its gradient.
    float slope = wrong - right + 1 >= 0 ? dy[row] : 0, share = slope / larger(count, 1);
    for (int64_t i = 0; i < columns; i++)
      out[i] = ((1 - t[i]) * p[i] == wrong ? share * (1 - t[i]) : 0) - slope * t[i];
  }
}

#undef EPSILON
