// Keras 3's update rules (keras/src/optimizers). The order of operations determines the last bits,
// so it is the same as in Keras, without fused multiply-adds, which round differently. Only Adam
// differs: it multiplies by a reciprocal (one more rounding) instead of dividing, because it is the
// most used optimizer and this is faster.
//
// Each loop but RMSprop's with its options reads all arrays before it writes any. Large arrays
// start at the same offset in a page, and a load stalls behind an earlier store to the same offset
// of another page (4K aliasing: the processor at first compares only these bits of the addresses).

// Flushes moments below 2⁻¹⁰⁰ to zero, so that slots never hold subnormal numbers.
//
// A moment that is multiplied by 0.9 in every step never becomes 0: the smallest numbers round to
// themselves. So the slots of weights without gradients fill with subnormal numbers, which take
// some processors more than a hundred cycles each; training gets four times slower. TensorFlow sets
// the processor's flush-to-zero mode (tensorflow/core/platform/denormal.h). This function gives the
// same bits on every processor and does not affect other code. The bound is so high that products
// with 1 − β are not subnormal either, and too low to change a weight: 2⁻¹⁰⁰ in Adam's first moment
// is a step of 10⁻²³ learning rates, and its root in the second moment is negligible beside an
// epsilon of 10⁻⁷.
INLINE float flushed(float moment) {
  return __builtin_fabsf(moment) < 0x1p-100f ? 0 : moment;
}

// moment += (x − moment) · share: an exponential moving average.
INLINE float decayed(float moment, float x, float share) { return moment + (x - moment) * share; }

static void sgd(int64_t count, float learning_rate, const float *restrict g, float *restrict w) {
  for (int64_t i = 0; i < count; i++) w[i] -= g[i] * learning_rate;
}

static void sgd_momentum(int64_t count, float learning_rate, float momentum, int nesterov,
                         const float *restrict g, float *restrict m, float *restrict w) {
  if (nesterov) {
    for (int64_t i = 0; i < count; i++) {
      float step = g[i] * learning_rate;
      float mean = m[i] * momentum - step;
      w[i] += mean * momentum - step;
      m[i] = flushed(mean);
    }
  } else {
    for (int64_t i = 0; i < count; i++) {
      float mean = m[i] * momentum - g[i] * learning_rate;
      w[i] += mean;
      m[i] = flushed(mean);
    }
  }
}

static void rmsprop(int64_t count, struct cairn_rmsprop s, const float *restrict g,
                    float *restrict velocity, float *restrict momentum,
                    float *restrict average_gradient, float *restrict w) {
  for (int64_t i = 0; i < count; i++) {
    float square = s.rho * velocity[i] + s.one_minus_rho * (g[i] * g[i]);
    float variance = square;
    if (average_gradient) {
      average_gradient[i] = flushed(s.rho * average_gradient[i] + s.one_minus_rho * g[i]);
      variance = square - average_gradient[i] * average_gradient[i];
    }
    float denominator = s.root_first ? __builtin_elementwise_sqrt(variance) + s.epsilon
                                     : __builtin_elementwise_sqrt(variance + s.epsilon);
    float increment = s.learning_rate * g[i] / denominator;
    if (momentum) {
      momentum[i] = flushed(s.momentum * momentum[i] + increment);
      increment = momentum[i];
    }
    w[i] -= increment;
    velocity[i] = flushed(square);
  }
}

// A rule with two moments: `first`, the moving average of the gradients, and `second`, an
// expression of its old value v[i] and the gradient g[i]. `step` is subtracted from the weight.
#define MOMENTS_RULE(name, settings, second_moment, step)                                       \
  static void name(int64_t count, struct settings s, const float *restrict g,                   \
                   float *restrict m, float *restrict v, float *restrict w) {                   \
    for (int64_t i = 0; i < count; i++) {                                                       \
      float first = decayed(m[i], g[i], s.one_minus_beta_1);                                    \
      float second = second_moment;                                                             \
      w[i] -= step;                                                                             \
      m[i] = flushed(first);                                                                    \
      v[i] = flushed(second);                                                                   \
    }                                                                                           \
  }

INLINE float adam_step(struct cairn_adam s, float first, float second) {
  return first * s.alpha * reciprocal_of(__builtin_elementwise_sqrt(second) + s.epsilon);
}

INLINE float nadam_step(struct cairn_nadam s, float g, float first, float second) {
  float direction = s.momentum_share * first / s.momentum_correction +
                    s.gradient_share * g / s.gradient_correction;
  float root = __builtin_elementwise_sqrt(second / s.velocity_correction);
  return direction * s.learning_rate / (root + s.epsilon);
}

MOMENTS_RULE(plain_adam, cairn_adam, decayed(v[i], g[i] * g[i], s.one_minus_beta_2),
             adam_step(s, first, second))
MOMENTS_RULE(adamax, cairn_adamax, larger(s.beta_2 * v[i], __builtin_fabsf(g[i])),
             s.learning_rate * first / (s.correction * (second + s.epsilon)))
MOMENTS_RULE(nadam, cairn_nadam, decayed(v[i], g[i] * g[i], s.one_minus_beta_2),
             nadam_step(s, g[i], first, second))

#undef MOMENTS_RULE

// With AMSGrad if there is `v_hat`, the maximum of all second moments.
static void adam(int64_t count, struct cairn_adam s, const float *restrict g, float *restrict m,
                 float *restrict v, float *restrict v_hat, float *restrict w) {
  if (!v_hat) {
    plain_adam(count, s, g, m, v, w);
    return;
  }
  for (int64_t i = 0; i < count; i++) {
    float first = decayed(m[i], g[i], s.one_minus_beta_1);
    float second = decayed(v[i], g[i] * g[i], s.one_minus_beta_2);
    float largest = larger(v_hat[i], second);
    w[i] -= adam_step(s, first, largest);
    m[i] = flushed(first);
    v[i] = flushed(second);
    v_hat[i] = flushed(largest);
  }
}

static void adagrad(int64_t count, float learning_rate, float epsilon, const float *restrict g,
                    float *restrict accumulator, float *restrict w) {
  for (int64_t i = 0; i < count; i++) {
    float total = accumulator[i] + g[i] * g[i];
    w[i] -= learning_rate * g[i] / __builtin_elementwise_sqrt(total + epsilon);
    accumulator[i] = total;
  }
}

// `squares` and `steps` are the moving averages of the squares of gradients and of steps.
static void adadelta(int64_t count, struct cairn_adadelta s, const float *restrict g,
                     float *restrict squares, float *restrict steps, float *restrict w) {
  for (int64_t i = 0; i < count; i++) {
    float square = s.rho * squares[i] + s.one_minus_rho * (g[i] * g[i]);
    float step = __builtin_elementwise_sqrt(steps[i] + s.epsilon) * g[i] /
                 __builtin_elementwise_sqrt(square + s.epsilon);
    w[i] -= s.learning_rate * step;
    steps[i] = flushed(s.rho * steps[i] + s.one_minus_rho * (step * step));
    squares[i] = flushed(square);
  }
}

static void weight_decay(int64_t count, float decay, float learning_rate, float *restrict w) {
  for (int64_t i = 0; i < count; i++) w[i] -= w[i] * decay * learning_rate;
}

static void moving_average(int64_t count, float momentum, const float *restrict x,
                           float *restrict average) {
  for (int64_t i = 0; i < count; i++)
    average[i] = momentum * average[i] + (1 - momentum) * x[i];
}
