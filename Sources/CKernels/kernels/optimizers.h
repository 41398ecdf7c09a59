// Keras 3's update rules, operation by operation (keras/src/optimizers): the order of operations
// decides the last bits, so it is theirs. A fused multiply-add would be another rounding. Adam alone
// divides by multiplying with a reciprocal, a rounding more, because most steps are its.

static void sgd(int64_t count, float learning_rate, const float *restrict g, float *restrict w) {
  for (int64_t i = 0; i < count; i++) w[i] -= g[i] * learning_rate;
}

static void sgd_momentum(int64_t count, float learning_rate, float momentum, int nesterov,
                         const float *restrict g, float *restrict m, float *restrict w) {
  if (nesterov) {
    for (int64_t i = 0; i < count; i++) {
      float step = g[i] * learning_rate;
      m[i] = m[i] * momentum - step;
      w[i] += m[i] * momentum - step;
    }
  } else {
    for (int64_t i = 0; i < count; i++) {
      m[i] = m[i] * momentum - g[i] * learning_rate;
      w[i] += m[i];
    }
  }
}

static void rmsprop(int64_t count, struct cairn_rmsprop s, const float *restrict g, float *restrict velocity,
                    float *restrict momentum, float *restrict average_gradient, float *restrict w) {
  for (int64_t i = 0; i < count; i++) {
    velocity[i] = s.rho * velocity[i] + s.one_minus_rho * (g[i] * g[i]);
    float variance = velocity[i];
    if (average_gradient) {
      average_gradient[i] = s.rho * average_gradient[i] + s.one_minus_rho * g[i];
      variance = velocity[i] - average_gradient[i] * average_gradient[i];
    }
    float denominator = s.root_first ? __builtin_elementwise_sqrt(variance) + s.epsilon
                                     : __builtin_elementwise_sqrt(variance + s.epsilon);
    float increment = s.learning_rate * g[i] / denominator;
    if (momentum) {
      momentum[i] = s.momentum * momentum[i] + increment;
      increment = momentum[i];
    }
    w[i] -= increment;
  }
}

static void adam(int64_t count, struct cairn_adam s, const float *restrict g, float *restrict m, float *restrict v,
                 float *restrict v_hat, float *restrict w) {
  if (v_hat) {
    for (int64_t i = 0; i < count; i++) {
      m[i] += (g[i] - m[i]) * s.one_minus_beta_1;
      v[i] += (g[i] * g[i] - v[i]) * s.one_minus_beta_2;
      v_hat[i] = larger(v_hat[i], v[i]);
      w[i] -= m[i] * s.alpha * reciprocal_of(__builtin_elementwise_sqrt(v_hat[i]) + s.epsilon);
    }
  } else {
    for (int64_t i = 0; i < count; i++) {
      m[i] += (g[i] - m[i]) * s.one_minus_beta_1;
      v[i] += (g[i] * g[i] - v[i]) * s.one_minus_beta_2;
      w[i] -= m[i] * s.alpha * reciprocal_of(__builtin_elementwise_sqrt(v[i]) + s.epsilon);
    }
  }
}

static void adamax(int64_t count, struct cairn_adamax s, const float *restrict g, float *restrict m,
                   float *restrict u, float *restrict w) {
  for (int64_t i = 0; i < count; i++) {
    m[i] += (g[i] - m[i]) * s.one_minus_beta_1;
    u[i] = larger(s.beta_2 * u[i], __builtin_fabsf(g[i]));
    w[i] -= s.learning_rate * m[i] / (s.correction * (u[i] + s.epsilon));
  }
}

static void nadam(int64_t count, struct cairn_nadam s, const float *restrict g, float *restrict m,
                  float *restrict v, float *restrict w) {
  for (int64_t i = 0; i < count; i++) {
    m[i] += (g[i] - m[i]) * s.one_minus_beta_1;
    v[i] += (g[i] * g[i] - v[i]) * s.one_minus_beta_2;
    float mean = s.momentum_share * m[i] / s.momentum_correction +
                 s.gradient_share * g[i] / s.gradient_correction;
    float square = v[i] / s.velocity_correction;
    w[i] -= mean * s.learning_rate / (__builtin_elementwise_sqrt(square) + s.epsilon);
  }
}

static void adagrad(int64_t count, float learning_rate, float epsilon, const float *restrict g,
                    float *restrict accumulator, float *restrict w) {
  for (int64_t i = 0; i < count; i++) {
    accumulator[i] += g[i] * g[i];
    w[i] -= learning_rate * g[i] / __builtin_elementwise_sqrt(accumulator[i] + epsilon);
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
