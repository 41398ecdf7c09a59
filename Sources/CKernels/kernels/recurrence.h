// The cells of recurrent layers, one step for several rows at a time: gates[rows][gates][units] in
// Keras's order (LSTM: i, f, c, o; GRU: z, r, h), states[rows][units]. No multiply-add is fused.

#define GATES(f)                                                                           \
  f(linear, x, 1.0f)                                                                       \
  f(relu, x < 0 ? 0 : x, y > 0 ? 1.0f : 0.0f)                                              \
  f(sigmoid, sigmoid_of(x), y * (1.0f - y))                                                \
  f(tanh, tanh_of(x), 1.0f - y * y)                                                        \
  f(hard_sigmoid, hard_sigmoid_of(x), ((y > 0) & (y < 1)) ? 1.0f / 6 : 0.0f)               \
  f(keras2_hard_sigmoid, keras2_hard_sigmoid_of(x), ((y > 0) & (y < 1)) ? 0.2f : 0.0f)     \
  f(softsign, softsign_of(x), (1.0f - __builtin_fabsf(y)) * (1.0f - __builtin_fabsf(y)))   \
  f(elu, x > 0 ? x : expm1_of(x), y > 0 ? 1.0f : y + 1.0f)                                 \
  f(selu, selu_scale * (x > 0 ? x : selu_alpha * expm1_of(x)),                             \
    y > 0 ? selu_scale : y + selu_scale * selu_alpha)

static const float selu_scale = 1.05070098f, selu_alpha = 1.67326324f;

INLINE float keras2_hard_sigmoid_of(float x) {
  float y = x * 0.2f + 0.5f;
  y = y < 0 ? 0 : y;
  return y > 1 ? 1 : y;
}

#define GATE(name, value, slope)                                               \
  static void gate_##name(int64_t count, float *values) {                      \
    IN_PLACE                                                                   \
    for (int64_t i = 0; i < count; i++) {                                      \
      float x = values[i];                                                     \
      values[i] = value;                                                       \
    }                                                                          \
  }                                                                            \
  static void gate_##name##_gradient(int64_t count, const float *results, float *dy) { \
    IN_PLACE                                                                   \
    for (int64_t i = 0; i < count; i++) {                                      \
      float y = results[i];                                                    \
      (void)y;                                                                 \
      dy[i] *= slope;                                                          \
    }                                                                          \
  }
GATES(GATE)

#define CASE(name, value, slope) \
  case cairn_gate_##name: gate_##name(count, x); break;
static void gate(enum cairn_gate_function f, int64_t count, float *x) {
  switch (f) { GATES(CASE) }
}
#undef CASE

#define CASE(name, value, slope) \
  case cairn_gate_##name: gate_##name##_gradient(count, y, dy); break;
static void gate_gradient(enum cairn_gate_function f, int64_t count, const float *y, float *dy) {
  switch (f) { GATES(CASE) }
}
#undef CASE
#undef GATE
#undef GATES

static void lstm(struct cairn_cell cell, float *gates, const float *previous, float *c,
                 float *h) {
  const int64_t n = cell.units;
  for (int64_t row = 0; row < cell.rows; row++, gates += 4 * n, previous += n, c += n, h += n) {
    const float *in = gates, *forget = gates + n, *candidate = gates + 2 * n, *out = gates + 3 * n;
    gate(cell.recurrent_activation, 2 * n, gates);
    gate(cell.activation, n, gates + 2 * n);
    gate(cell.recurrent_activation, n, gates + 3 * n);
    IN_PLACE
    for (int64_t i = 0; i < n; i++)
      h[i] = c[i] = forget[i] * previous[i] + in[i] * candidate[i];
    gate(cell.activation, n, h);
    IN_PLACE
    for (int64_t i = 0; i < n; i++) h[i] *= out[i];
  }
}

static void lstm_gradient(struct cairn_cell cell, const float *gates, const float *previous,
                          const float *c, const float *dh, float *dc, float *gradient) {
  const int64_t n = cell.units;
  for (int64_t row = 0; row < cell.rows; row++) {
    const float *in = gates, *forget = gates + n, *candidate = gates + 2 * n, *out = gates + 3 * n;
    float *d_in = gradient, *d_forget = gradient + n, *d_candidate = gradient + 2 * n,
          *d_out = gradient + 3 * n;
    // The activation of c in the place of d_in, and its gradient in that of d_forget.
    IN_PLACE
    for (int64_t i = 0; i < n; i++) {
      d_in[i] = c[i];
      d_forget[i] = dh[i] * out[i];
    }
    gate(cell.activation, n, d_in);
    gate_gradient(cell.activation, n, d_in, d_forget);
    IN_PLACE
    for (int64_t i = 0; i < n; i++) {
      float d = dc[i] + d_forget[i];
      d_out[i] = dh[i] * d_in[i];
      d_in[i] = d * candidate[i];
      d_forget[i] = d * previous[i];
      d_candidate[i] = d * in[i];
      dc[i] = d * forget[i];
    }
    gate_gradient(cell.recurrent_activation, 2 * n, gates, gradient);
    gate_gradient(cell.activation, n, candidate, d_candidate);
    gate_gradient(cell.recurrent_activation, n, out, d_out);
    gates += 4 * n;
    gradient += 4 * n;
    previous += n;
    c += n;
    dh += n;
    dc += n;
  }
}

static void gru_reset(struct cairn_cell cell, float *gates, const float *x, int64_t stride,
                      float *out) {
  const int64_t n = cell.units;
  for (int64_t row = 0; row < cell.rows; row++, gates += 3 * n, x += stride, out += n) {
    const float *reset = gates + n;
    gate(cell.recurrent_activation, 2 * n, gates);
    IN_PLACE
    for (int64_t i = 0; i < n; i++) out[i] = reset[i] * x[i];
  }
}

static void gru_reset_gradient(struct cairn_cell cell, const float *gates, const float *x,
                               int64_t stride, const float *dy, int64_t y_stride,
                               float *gradient, float *dx, int64_t x_stride) {
  const int64_t n = cell.units;
  for (int64_t row = 0; row < cell.rows; row++) {
    const float *reset = gates + n;
    float *d_reset = gradient + n;
    IN_PLACE
    for (int64_t i = 0; i < n; i++) {
      float d = dy[i];
      d_reset[i] = d * x[i];
      dx[i] = d * reset[i];
    }
    gate_gradient(cell.recurrent_activation, n, reset, d_reset);
    gates += 3 * n;
    gradient += 3 * n;
    x += stride;
    dy += y_stride;
    dx += x_stride;
  }
}

static void gru_update(struct cairn_cell cell, float *gates, const float *previous, float *out) {
  const int64_t n = cell.units;
  for (int64_t row = 0; row < cell.rows; row++, gates += 3 * n, previous += n, out += n) {
    const float *update = gates, *candidate = gates + 2 * n;
    gate(cell.activation, n, gates + 2 * n);
    IN_PLACE
    for (int64_t i = 0; i < n; i++)
      out[i] = update[i] * previous[i] + (1.0f - update[i]) * candidate[i];
  }
}

static void gru_update_gradient(struct cairn_cell cell, const float *gates, const float *previous,
                                const float *dy, float *gradient, float *dx) {
  const int64_t n = cell.units;
  for (int64_t row = 0; row < cell.rows; row++) {
    const float *update = gates, *candidate = gates + 2 * n;
    float *d_update = gradient, *d_candidate = gradient + 2 * n;
    IN_PLACE
    for (int64_t i = 0; i < n; i++) {
      float d = dy[i];
      d_update[i] = d * (previous[i] - candidate[i]);
      d_candidate[i] = d * (1.0f - update[i]);
      dx[i] = d * update[i];
    }
    gate_gradient(cell.recurrent_activation, n, update, d_update);
    gate_gradient(cell.activation, n, candidate, d_candidate);
    gates += 3 * n;
    gradient += 3 * n;
    previous += n;
    dy += n;
    dx += n;
  }
}
