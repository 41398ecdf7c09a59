// Sums and maxima over the middle axis of x[outer][reduced][inner]. A sum with `inner` 1 has 16
// lanes: element i is added to lane i mod 16, and the lanes are added pairwise (`add_lanes`). Other
// sums are in ascending order.

INLINE float sum_of(int64_t count, const float *x) {
  vector total = {0};
  int64_t i = 0;
  for (; i + lanes <= count; i += lanes) total += load(x + i);
  if (i < count) total += load_first(x + i, count - i);
  return add_lanes(total);
}

static void sum(int64_t outer, int64_t reduced, int64_t inner, const float *x, float *out) {
  for (int64_t o = 0; o < outer; o++, out += inner, x += reduced * inner) {
    if (inner == 1) {
      *out = sum_of(reduced, x);
      continue;
    }
    int64_t i = 0;
    for (; i + 2 * lanes <= inner; i += 2 * lanes) {
      vector total[2] = {{0}, {0}};
      for (int64_t r = 0; r < reduced; r++)
        for (int j = 0; j < 2; j++) total[j] += load(x + r * inner + i + j * lanes);
      for (int j = 0; j < 2; j++) store(out + i + j * lanes, total[j]);
    }
    for (; i < inner; i++) {
      out[i] = 0;
      for (int64_t r = 0; r < reduced; r++) out[i] += x[r * inner + i];
    }
  }
}

static void relu_gradient_sums(int64_t rows, int64_t columns, const float *y, const float *dy,
                               float *out, float *sums) {
  int64_t j = 0;
  for (; j + 2 * lanes <= columns; j += 2 * lanes) {
    vector total[2] = {load(sums + j), load(sums + j + lanes)};
    for (int64_t r = 0; r < rows; r++)
      for (int i = 0; i < 2; i++) {
        const int64_t at = r * columns + j + i * lanes;
        vector gradient = (vector)((integer_vector)load(dy + at) & (load(y + at) > 0));
        store(out + at, gradient);
        total[i] += gradient;
      }
    for (int i = 0; i < 2; i++) store(sums + j + i * lanes, total[i]);
  }
  for (; j < columns; j++)
    for (int64_t at = j; at < rows * columns; at += columns) {
      out[at] = y[at] > 0 ? dy[at] : 0;
      sums[j] += out[at];
    }
}

static void maximum(int64_t outer, int64_t reduced, int64_t inner, const float *x, float *out) {
  for (int64_t o = 0; o < outer; o++, out += inner, x += reduced * inner) {
    for (int64_t i = 0; i < inner; i++) out[i] = -__builtin_inff();
    for (int64_t r = 0; r < reduced; r++)
      for (int64_t i = 0; i < inner; i++) out[i] = larger(out[i], x[r * inner + i]);
  }
}

static void maximum_gradient(int64_t outer, int64_t reduced, int64_t inner,
                             const float *restrict x, const float *restrict y,
                             const float *restrict dy, float *restrict out) {
  for (int64_t o = 0; o < outer; o++, x += reduced * inner, out += reduced * inner) {
    // The first row counts the maxima, and is written last.
    for (int64_t i = 0; i < inner && reduced > 0; i++) out[i] = 0;
    for (int64_t r = 0; r < reduced; r++)
      for (int64_t i = 0; i < inner; i++) out[i] += x[r * inner + i] == y[i] ? 1 : 0;
    for (int64_t r = reduced - 1; r >= 0; r--)
      for (int64_t i = 0; i < inner; i++)
        out[r * inner + i] = x[r * inner + i] == y[i] ? dy[i] / out[i] : 0;
    y += inner;
    dy += inner;
  }
}
