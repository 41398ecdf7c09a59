// Normalizations of x[rows][columns]. Batch normalization has statistics and factors[columns], and
// sums over rows in ascending order; layer normalization has mean[rows] and inverse[rows], and sums
// of 16 lanes over each row (`sum_of`).

// Columns that are handled together, in vectors: their constants stay in registers.
#if TILE_VECTORS == 3
enum { column_vectors = 4 };
#else
enum { column_vectors = 2 };
#endif

#define EACH_VECTOR(n) UNROLLED(n, vectors)

// Calls `part` for blocks of `column_vectors` vectors of columns, then of one vector, and evaluates
// `rest` for each column j that is left.
#define EACH_COLUMNS(part, rest)                                                          \
  int64_t j = 0;                                                                          \
  for (; j + column_vectors * lanes <= columns; j += column_vectors * lanes) part(column_vectors); \
  for (; j + lanes <= columns; j += lanes) part(1);                                       \
  for (; j < columns; j++) rest;

INLINE void add_moments(const int vectors, int64_t rows, int64_t columns, const float *x,
                        float *sums, float *squares) {
  vector total[column_vectors], mean[column_vectors];
  EACH_VECTOR(n) total[n] = broadcast(0);
  for (int64_t row = 0; row < rows; row++)
    EACH_VECTOR(n) total[n] += load(x + row * columns + n * lanes);
  EACH_VECTOR(n) {
    store(sums + n * lanes, total[n]);
    mean[n] = total[n] / (float)rows;
    total[n] = broadcast(0);
  }
  for (int64_t row = 0; row < rows; row++)
    EACH_VECTOR(n) {
      vector d = load(x + row * columns + n * lanes) - mean[n];
      total[n] = fused_multiply_add(d, d, total[n]);
    }
  EACH_VECTOR(n) store(squares + n * lanes, total[n]);
}

INLINE void add_moments_of_column(int64_t rows, int64_t columns, const float *x, float *sum,
                                  float *square) {
  float total = 0, squares = 0;
  for (int64_t row = 0; row < rows; row++) total += x[row * columns];
  const float mean = total / (float)rows;
  for (int64_t row = 0; row < rows; row++) {
    float d = x[row * columns] - mean;
    squares = __builtin_fmaf(d, d, squares);
  }
  *sum = total;
  *square = squares;
}

static void moments(int64_t rows, int64_t columns, const float *x, float *sums, float *squares) {
#define PART(vectors) add_moments(vectors, rows, columns, x + j, sums + j, squares + j)
  EACH_COLUMNS(PART, add_moments_of_column(rows, columns, x + j, sums + j, squares + j))
#undef PART
}

// Σ dy and Σ dy · (x − center) of each column. If ReLU follows the normalization, dy counts only
// where (x − center) · scale + beta is positive.
INLINE void add_deviations(const int vectors, const int relu, int64_t rows, int64_t columns,
                           const float *x, const float *center, const float *dy,
                           const float *scale, const float *beta, float *sums, float *products) {
  vector c[column_vectors], s[column_vectors], b[column_vectors];
  vector total[column_vectors], product[column_vectors];
  EACH_VECTOR(n) {
    c[n] = load(center + n * lanes);
    if (relu) s[n] = load(scale + n * lanes), b[n] = load(beta + n * lanes);
    total[n] = product[n] = broadcast(0);
  }
  for (int64_t row = 0; row < rows; row++)
    EACH_VECTOR(n) {
      vector d = load(x + row * columns + n * lanes) - c[n];
      vector g = load(dy + row * columns + n * lanes);
      if (relu) g = (vector)((integer_vector)g & (fused_multiply_add(d, s[n], b[n]) > 0));
      total[n] += g;
      product[n] = fused_multiply_add(g, d, product[n]);
    }
  EACH_VECTOR(n) {
    store(sums + n * lanes, total[n]);
    store(products + n * lanes, product[n]);
  }
}

INLINE float gradient_before_relu(float dy, float deviation, const float *scale,
                                  const float *beta, int64_t j) {
  return !beta || __builtin_fmaf(deviation, scale[j], beta[j]) > 0 ? dy : 0;
}

INLINE void add_deviations_of_column(int64_t rows, int64_t columns, int64_t j, const float *x,
                                     const float *center, const float *dy, const float *scale,
                                     const float *beta, float *sums, float *products) {
  float total = 0, product = 0;
  for (int64_t at = j; at < rows * columns; at += columns) {
    float d = x[at] - center[j], g = gradient_before_relu(dy[at], d, scale, beta, j);
    total += g;
    product = __builtin_fmaf(g, d, product);
  }
  sums[j] = total;
  products[j] = product;
}

static void deviation_products(int64_t rows, int64_t columns, const float *x, const float *center,
                               const float *dy, const float *scale, const float *beta,
                               float *sums, float *products) {
#define ARGUMENTS                                                                              \
  rows, columns, x + j, center + j, dy + j, scale + j, beta ? beta + j : 0, sums + j, products + j
#define PART(vectors) \
  beta ? add_deviations(vectors, 1, ARGUMENTS) : add_deviations(vectors, 0, ARGUMENTS)
  EACH_COLUMNS(PART, add_deviations_of_column(rows, columns, j, x, center, dy, scale, beta, sums,
                                              products))
#undef PART
#undef ARGUMENTS
}

INLINE void normalize_columns(const int vectors, const int relu, int64_t rows, int64_t columns,
                              const float *x, const float *center, const float *scale,
                              const float *offset, float *out) {
  vector c[column_vectors], s[column_vectors], o[column_vectors];
  EACH_VECTOR(n) {
    c[n] = load(center + n * lanes);
    s[n] = load(scale + n * lanes);
    o[n] = load(offset + n * lanes);
  }
  for (int64_t row = 0; row < rows; row++)
    EACH_VECTOR(n) {
      const int64_t at = row * columns + n * lanes;
      vector y = fused_multiply_add(load(x + at) - c[n], s[n], o[n]);
      store(out + at, relu ? relu_of(y) : y);
    }
}

INLINE void normalize_column(int64_t rows, int64_t columns, int64_t j, const float *x,
                             const float *center, const float *scale, const float *offset,
                             int relu, float *out) {
  for (int64_t at = j; at < rows * columns; at += columns) {
    float y = __builtin_fmaf(x[at] - center[j], scale[j], offset[j]);
    out[at] = relu && y < 0 ? 0 : y;
  }
}

// The last two vectors of columns if they overlap: both are read before they are written, because
// the result may overwrite x.
INLINE void normalize_last_columns(const int relu, int64_t rows, int64_t columns, int64_t j,
                                   const float *x, const float *center, const float *scale,
                                   const float *offset, float *out) {
  const int64_t last = columns - lanes;
  const vector c[2] = {load(center + j), load(center + last)};
  const vector s[2] = {load(scale + j), load(scale + last)};
  const vector o[2] = {load(offset + j), load(offset + last)};
  for (int64_t row = 0; row < rows; row++, x += columns, out += columns) {
    const vector y = fused_multiply_add(load(x + j) - c[0], s[0], o[0]);
    const vector z = fused_multiply_add(load(x + last) - c[1], s[1], o[1]);
    store(out + j, relu ? relu_of(y) : y);
    store(out + last, relu ? relu_of(z) : z);
  }
}

// All columns if they do not fill a vector.
INLINE void normalize_few_columns(int64_t rows, int64_t columns, const float *x,
                                  const float *center, const float *scale, const float *offset,
                                  int relu, float *out) {
  const vector c = load_first(center, columns), s = load_first(scale, columns);
  const vector o = load_first(offset, columns);
  for (int64_t row = 0; row < rows; row++, x += columns, out += columns) {
    const vector y = fused_multiply_add(load_first(x, columns) - c, s, o);
    store_first(out, relu ? relu_of(y) : y, columns);
  }
}

static void normalize(int64_t rows, int64_t columns, const float *x, const float *center,
                      const float *scale, const float *offset, int relu, float *out) {
  if (columns < lanes && MASKED_REGISTERS > 0)
    return normalize_few_columns(rows, columns, x, center, scale, offset, relu, out);
#define ARGUMENTS rows, columns, x + j, center + j, scale + j, offset + j, out + j
#define PART(vectors) \
  relu ? normalize_columns(vectors, 1, ARGUMENTS) : normalize_columns(vectors, 0, ARGUMENTS)
  const int64_t rest = columns % lanes;
  if (columns < lanes || rest == 0) {
    EACH_COLUMNS(PART, normalize_column(rows, columns, j, x, center, scale, offset, relu, out))
    return;
  }
  int64_t j = 0;
  for (; j + (column_vectors + 1) * lanes <= columns; j += column_vectors * lanes)
    PART(column_vectors);
  for (; j + 2 * lanes <= columns; j += lanes) PART(1);
  if (relu)
    normalize_last_columns(1, rows, columns, j, x, center, scale, offset, out);
  else
    normalize_last_columns(0, rows, columns, j, x, center, scale, offset, out);
#undef PART
#undef ARGUMENTS
}

INLINE void normalize_gradient_columns(const int vectors, const int relu, int64_t rows,
                                       int64_t columns, const float *x, const float *center,
                                       const float *dy, const float *scale, const float *slope,
                                       const float *offset, const float *beta, float *out) {
  vector c[column_vectors], s[column_vectors], p[column_vectors], o[column_vectors];
  vector b[column_vectors];
  EACH_VECTOR(n) {
    c[n] = load(center + n * lanes);
    s[n] = load(scale + n * lanes);
    p[n] = load(slope + n * lanes);
    o[n] = load(offset + n * lanes);
    if (relu) b[n] = load(beta + n * lanes);
  }
  for (int64_t row = 0; row < rows; row++)
    EACH_VECTOR(n) {
      const int64_t at = row * columns + n * lanes;
      vector d = load(x + at) - c[n], g = load(dy + at);
      if (relu) g = (vector)((integer_vector)g & (fused_multiply_add(d, s[n], b[n]) > 0));
      store(out + at, fused_multiply_add(s[n], g, fused_multiply_add(p[n], d, o[n])));
    }
}

INLINE void normalize_gradient_column(int64_t rows, int64_t columns, int64_t j, const float *x,
                                      const float *center, const float *dy, const float *scale,
                                      const float *slope, const float *offset, const float *beta,
                                      float *out) {
  for (int64_t at = j; at < rows * columns; at += columns) {
    float d = x[at] - center[j], g = gradient_before_relu(dy[at], d, scale, beta, j);
    out[at] = __builtin_fmaf(scale[j], g, __builtin_fmaf(slope[j], d, offset[j]));
  }
}

static void normalize_gradient(int64_t rows, int64_t columns, const float *x, const float *center,
                               const float *dy, const float *scale, const float *slope,
                               const float *offset, const float *beta, float *out) {
#define ARGUMENTS                                                                        \
  rows, columns, x + j, center + j, dy + j, scale + j, slope + j, offset + j,            \
      beta ? beta + j : 0, out + j
#define PART(vectors)                                           \
  beta ? normalize_gradient_columns(vectors, 1, ARGUMENTS)      \
       : normalize_gradient_columns(vectors, 0, ARGUMENTS)
  EACH_COLUMNS(PART, normalize_gradient_column(rows, columns, j, x, center, dy, scale, slope,
                                               offset, beta, out))
#undef PART
#undef ARGUMENTS
}

#undef EACH_COLUMNS
#undef EACH_VECTOR

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
