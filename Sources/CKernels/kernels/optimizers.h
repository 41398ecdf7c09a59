// Keras 3's update rules, operation by operation (keras/src/optimizers): the order of operations
// decides the last bits, so it is theirs. A fused multiply-add would be another rounding. Adam
// alone divides by multiplying with a reciprocal, a rounding more, because most steps are its.
//
// What an element needs of all arrays is read before any of them is written. Large arrays begin at
// the same place of a page, and a read that follows a write at the same place of another page waits
// for it: the processor compares no more of the addresses at first.

// A mean that fades, or 0 where next to nothing is left of it.
//
// Times 0.9 step after step, a number never becomes 0: the smallest are rounded to themselves. So
// the slots of weights that have no gradient any more fill with subnormal numbers, with which some
// processors take more than a hundred cycles; a training gets four times slower. TensorFlow has the
// processor take them for 0 (tensorflow/core/platform/denormal.h). This here gives the same bits on
// every processor, and leaves other code alone. The bound is so far above them that products with 1
// − β are not subnormal either, and far below what can change a weight: in Adam's mean 2⁻¹⁰⁰ is a
// step of 10⁻²³ learning rates, and the root of it in the mean square is lost in an epsilon of
// 10⁻⁷.
INLINE float unless_faded(float mean) { return __builtin_fabsf(mean) < 0x1p-100f ? 0 : mean; }

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
      m[i] = unless_faded(mean);
    }
  } else {
    for (int64_t i = 0; i < count; i++) {
      float mean = m[i] * momentum - g[i] * learning_rate;
      w[i] += mean;
      m[i] = unless_faded(mean);
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
      average_gradient[i] = unless_faded(s.rho * average_gradient[i] + s.one_minus_rho * g[i]);
      variance = square - average_gradient[i] * average_gradient[i];
    }
    float denominator = s.root_first ? __builtin_elementwise_sqrt(variance) + s.epsilon
                                     : __builtin_elementwise_sqrt(variance + s.epsilon);
    float increment = s.learning_rate * g[i] / denominator;
    if (momentum) {
      momentum[i] = unless_faded(s.momentum * momentum[i] + increment);
      increment = momentum[i];
    }
    w[i] -= increment;
    velocity[i] = unless_faded(square);
  }
}

static void adam(int64_t count, struct cairn_adam s, const float *restrict g, float *restrict m,
                 float *restrict v, float *restrict v_hat, float *restrict w) {
  if (v_hat) {
    for (int64_t i = 0; i < count; i++) {
      float mean = m[i] + (g[i] - m[i]) * s.one_minus_beta_1;
      float square = v[i] + (g[i] * g[i] - v[i]) * s.one_minus_beta_2;
      float largest = larger(v_hat[i], square);
      w[i] -= mean * s.alpha * reciprocal_of(__builtin_elementwise_sqrt(largest) + s.epsilon);
      m[i] = unless_faded(mean);
      v[i] = unless_faded(square);
      v_hat[i] = largest;
    }
  } else {
    for (int64_t i = 0; i < count; i++) {
      float mean = m[i] + (g[i] - m[i]) * s.one_minus_beta_1;
      float square = v[i] + (g[i] * g[i] - v[i]) * s.one_minus_beta_2;
      w[i] -= mean * s.alpha * reciprocal_of(__builtin_elementwise_sqrt(square) + s.epsilon);
      m[i] = unless_faded(mean);
      v[i] = unless_faded(square);
    }
  }
}

static void adamax(int64_t count, struct cairn_adamax s, const float *restrict g, float *restrict m,
                   float *restrict u, float *restrict w) {
  for (int64_t i = 0; i < count; i++) {
    float mean = m[i] + (g[i] - m[i]) * s.one_minus_beta_1;
    float norm = larger(s.beta_2 * u[i], __builtin_fabsf(g[i]));
    w[i] -= s.learning_rate * mean / (s.correction * (norm + s.epsilon));
    m[i] = unless_faded(mean);
    u[i] = unless_faded(norm);
  }
}

static void nadam(int64_t count, struct cairn_nadam s, const float *restrict g, float *restrict m,
                  float *restrict v, float *restrict w) {
  for (int64_t i = 0; i < count; i++) {
    float mean = m[i] + (g[i] - m[i]) * s.one_minus_beta_1;
    float square = v[i] + (g[i] * g[i] - v[i]) * s.one_minus_beta_2;
    float direction = s.momentum_share * mean / s.momentum_correction +
                      s.gradient_share * g[i] / s.gradient_correction;
    float root = __builtin_elementwise_sqrt(square / s.velocity_correction);
    w[i] -= direction * s.learning_rate / (root + s.epsilon);
    m[i] = unless_faded(mean);
    v[i] = unless_faded(square);
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

static void weight_decay(int64_t count, float decay, float learning_rate, float *restrict w) {
  for (int64_t i = 0; i < count; i++) w[i] -= w[i] * decay * learning_rate;
}

static void moving_average(int64_t count, float momentum, const float *restrict x,
                           float *restrict average) {
  for (int64_t i = 0; i < count; i++)
    average[i] = momentum * average[i] + (1 - momentum) * x[i];
}
