// Softmax, its logarithm and the cross-entropy of each row of x[rows][columns]. Sums of
// exponentials and those of the gradients have 16 lanes, as `sum_of`; a cross-entropy is added over
// columns in ascending order.

INLINE float maximum_of(int64_t count, const float *x) {
  float largest = -__builtin_inff();
  for (int64_t i = 0; i < count; i++) largest = larger(x[i], largest);
  return largest;
}

// Σ exp(x − shift), in 16 lanes; stores the exponentials in `exponentials` unless it is null.
INLINE float sum_of_exponentials(int64_t count, const float *x, float shift,
                                 float *exponentials) {
  vector total = {0};
  for (int64_t i = 0; i < count; i += lanes) {
    float block[lanes] = {0};
    int64_t width = smaller(lanes, count - i);
    for (int64_t j = 0; j < width; j++) block[j] = exp_of(x[i + j] - shift);
    if (exponentials) memcpy(exponentials + i, block, (size_t)width * sizeof(float));
    total += load(block);
  }
  return add_lanes(total);
}

static void softmax(int64_t rows, int64_t columns, const float *x, float *out) {
  for (int64_t row = 0; row < rows; row++, x += columns, out += columns) {
    float total = sum_of_exponentials(columns, x, maximum_of(columns, x), out);
    for (int64_t i = 0; i < columns; i++) out[i] /= total;
  }
}

static void softmax_gradient(int64_t rows, int64_t columns, const float *y, const float *dy,
                             float *out) {
  for (int64_t row = 0; row < rows; row++, y += columns, dy += columns, out += columns) {
    for (int64_t i = 0; i < columns; i++) out[i] = y[i] * dy[i];
    float total = sum_of(columns, out);
    for (int64_t i = 0; i < columns; i++) out[i] = y[i] * (dy[i] - total);
  }
}

static void log_softmax(int64_t rows, int64_t columns, const float *x, float *out) {
  for (int64_t row = 0; row < rows; row++, x += columns, out += columns) {
    float shift = maximum_of(columns, x);
    float log_total = log_of(sum_of_exponentials(columns, x, shift, 0));
    for (int64_t i = 0; i < columns; i++) out[i] = (x[i] - shift) - log_total;
  }
}

static void log_softmax_gradient(int64_t rows, int64_t columns, const float *y, const float *dy,
                                 float *out) {
  for (int64_t row = 0; row < rows; row++, y += columns, dy += columns, out += columns) {
    float total = sum_of(columns, dy);
    for (int64_t i = 0; i < columns; i++) out[i] = dy[i] - exp_of(y[i]) * total;
  }
}

static void softmax_cross_entropy(int64_t rows, int64_t columns, const float *logits,
                                  const float *targets, float *loss) {
  for (int64_t row = 0; row < rows; row++, logits += columns, targets += columns) {
    float shift = maximum_of(columns, logits);
    float log_total = log_of(sum_of_exponentials(columns, logits, shift, 0));
    float result = 0;
    // A target of 0 contributes nothing, even where the logit is infinite.
    for (int64_t i = 0; i < columns; i++)
      result += targets[i] == 0 ? 0 : targets[i] * (log_total - (logits[i] - shift));
    loss[row] = result;
  }
}

static void softmax_cross_entropy_gradient(int64_t rows, int64_t columns, const float *logits,
                                           const float *targets, const float *dy, float *out) {
  softmax(rows, columns, logits, out);
  for (int64_t row = 0; row < rows; row++, targets += columns, out += columns) {
    float weight = sum_of(columns, targets);
    for (int64_t i = 0; i < columns; i++) out[i] = dy[row] * (out[i] * weight - targets[i]);
  }
}
