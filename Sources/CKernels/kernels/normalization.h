// Batch normalization, with sums over the rows of a matrix in ascending order for each column, and
// layer normalization, with sums over each row.

static void squared_deviations(int64_t rows, int64_t columns, const float *x, const float *center,
                               float *out) {
  int64_t j = 0;
  for (; j + lanes <= columns; j += lanes) {
    vector c = load(center + j), total = {0};
    for (int64_t row = 0; row < rows; row++) {
      vector d = load(x + row * columns + j) - c;
      total = fused_multiply_add(d, d, total);
    }
    store(out + j, total);
  }
  for (; j < columns; j++) {
    float total = 0;
    for (int64_t row = 0; row < rows; row++) {
      float d = x[row * columns + j] - center[j];
      total = __builtin_fmaf(d, d, total);
    }
    out[j] = total;
  }
}

static void deviation_products(int64_t rows, int64_t columns, const float *x, const float *center,
                               const float *dy, float *sums, float *products) {
  int64_t j = 0;
  for (; j + lanes <= columns; j += lanes) {
    vector c = load(center + j), total = {0}, product = {0};
    for (int64_t row = 0; row < rows; row++) {
      vector g = load(dy + row * columns + j);
      total += g;
      product = fused_multiply_add(g, load(x + row * columns + j) - c, product);
    }
    store(sums + j, total);
    store(products + j, product);
  }
  for (; j < columns; j++) {
    float total = 0, product = 0;
    for (int64_t row = 0; row < rows; row++) {
      float g = dy[row * columns + j];
      total += g;
      product = __builtin_fmaf(g, x[row * columns + j] - center[j], product);
    }
    sums[j] = total;
    products[j] = product;
  }
}

static void normalize(int64_t rows, int64_t columns, const float *x, const float *center,
                      const float *scale, const float *offset, float *out) {
  for (int64_t row = 0; row < rows; row++, x += columns, out += columns)
    for (int64_t j = 0; j < columns; j++)
      out[j] = __builtin_fmaf(x[j] - center[j], scale[j], offset[j]);
}

static void normalize_gradient(int64_t rows, int64_t columns, const float *x, const float *center,
                               const float *dy, const float *scale, const float *slope,
                               const float *offset, float *out) {
  for (int64_t row = 0; row < rows; row++, x += columns, dy += columns, out += columns)
    for (int64_t j = 0; j < columns; j++)
      out[j] =
          __builtin_fmaf(scale[j], dy[j], __builtin_fmaf(slope[j], x[j] - center[j], offset[j]));
}

static void normalize_rows(int64_t rows, int64_t columns, const float *x, const float *gamma,
                           const float *beta, float epsilon, float *mean, float *inverse,
                           float *out) {
  for (int64_t row = 0; row < rows; row++, x += columns, out += columns) {
    float m = sum_of(columns, x) / (float)columns;
    for (int64_t j = 0; j < columns; j++) out[j] = (x[j] - m) * (x[j] - m);
    float r = 1.0f / __builtin_elementwise_sqrt(sum_of(columns, out) / (float)columns + epsilon);
    for (int64_t j = 0; j < columns; j++) out[j] = (x[j] - m) * r;
    if (gamma)
      for (int64_t j = 0; j < columns; j++) out[j] *= gamma[j];
    if (beta)
      for (int64_t j = 0; j < columns; j++) out[j] += beta[j];
    mean[row] = m;
    inverse[row] = r;
  }
}

static void normalize_rows_gradient(int64_t rows, int64_t columns, const float *x,
                                    const float *gamma, const float *mean, const float *inverse,
                                    const float *dy, float *out) {
  for (int64_t row = 0; row < rows; row++, x += columns, dy += columns, out += columns) {
    float m = mean[row], r = inverse[row];
    for (int64_t j = 0; j < columns; j++) out[j] = gamma ? dy[j] * gamma[j] : dy[j];
    float average = sum_of(columns, out) / (float)columns;
    vector products = {0};
    int64_t j = 0;
    for (; j + lanes <= columns; j += lanes)
      products = fused_multiply_add(load(out + j), load(x + j) - broadcast(m), products);
    float rest[lanes] = {0};
    for (int64_t i = 0; j + i < columns; i++) rest[i] = out[j + i] * (x[j + i] - m);
    float slope = add_lanes(products + load(rest)) / (float)columns * r * r;
    for (int64_t i = 0; i < columns; i++) out[i] = r * (out[i] - average - (x[i] - m) * slope);
  }
}
