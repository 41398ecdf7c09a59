// The transformations of Winograd's minimal filtering F(4 × 4, 3 × 3), for winograd.h.
//
// It interpolates polynomials at the points 0, ±a, ±b and ∞. The paper has a = 1 and b = 2; near
// 1/√2 and √2, rounding errors are a fifth of that. The powers of these two points are exact.
#define A 0.6875f
#define A2 0.47265625f
#define A3 0.324951171875f
#define B 1.375f
#define B2 1.890625f
#define B3 2.599609375f
#define SUM (A2 + B2)
#define PRODUCT (A2 * B2)

#define EACH_OF_SIX(i)               \
  _Pragma("clang loop unroll(full)") \
  for (int i = 0; i < 6; i++)

// The values of a polynomial whose coefficients are a column or row of the kernel, at the six
// points, divided by the product of each point's distances from the others.
INLINE void evaluate_kernel(const vector g[3], vector w[6]) {
  const vector even_a = fused_multiply_add(broadcast(A2), g[2], g[0]), odd_a = g[1] * A;
  const vector even_b = fused_multiply_add(broadcast(B2), g[2], g[0]), odd_b = g[1] * B;
  w[0] = g[0] * (1 / PRODUCT);
  w[1] = (even_a + odd_a) * (1 / (2 * A2 * (A2 - B2)));
  w[2] = (even_a - odd_a) * (1 / (2 * A2 * (A2 - B2)));
  w[3] = (even_b + odd_b) * (1 / (2 * B2 * (B2 - A2)));
  w[4] = (even_b - odd_b) * (1 / (2 * B2 * (B2 - A2)));
  w[5] = g[2];
}

// Transforms kernel[3][3][channels][filters], for some of the channels, into
// out[36][filters / lanes][channels][lanes].
INLINE void transform_kernel_4(int64_t channels, int64_t filters, const float *kernel,
                               int64_t first, int64_t count, float *out) {
  const int64_t step = channels * filters;
  for (int64_t c = first; c < first + count; c++)
    for (int64_t f = 0; f < filters; f += lanes) {
      vector rows[6][3];
#pragma clang loop unroll(full)
      for (int j = 0; j < 3; j++) {
        const float *from = kernel + j * step + c * filters + f;
        const vector column[3] = {load(from), load(from + 3 * step), load(from + 6 * step)};
        vector values[6];
        evaluate_kernel(column, values);
        EACH_OF_SIX(i) rows[i][j] = values[i];
      }
      EACH_OF_SIX(i) {
        vector values[6];
        evaluate_kernel(rows[i], values);
        float *to = out + 6 * i * step + f * channels + c * lanes;
        EACH_OF_SIX(j) store(to + j * step, values[j]);
      }
    }
}

// The numbers u of a column or row of pixels: the products of the pixels with the coefficients of
// the polynomials that are 0 at all points but one.
INLINE void spread_pixels(const vector d[6], vector u[6]) {
  const vector even_a = fused_multiply_add(broadcast(-B2), d[2], d[4]);
  const vector odd_a = fused_multiply_add(broadcast(-B2), d[1], d[3]);
  const vector even_b = fused_multiply_add(broadcast(-A2), d[2], d[4]);
  const vector odd_b = fused_multiply_add(broadcast(-A2), d[1], d[3]);
  u[0] = fused_multiply_add(broadcast(PRODUCT), d[0],
                            fused_multiply_add(broadcast(-SUM), d[2], d[4]));
  u[1] = fused_multiply_add(broadcast(A), odd_a, even_a);
  u[2] = fused_multiply_add(broadcast(-A), odd_a, even_a);
  u[3] = fused_multiply_add(broadcast(B), odd_b, even_b);
  u[4] = fused_multiply_add(broadcast(-B), odd_b, even_b);
  u[5] = fused_multiply_add(broadcast(PRODUCT), d[1],
                            fused_multiply_add(broadcast(-SUM), d[3], d[5]));
}

// The numbers u of one tile, whose pixels begin at (top, left); those outside the image are 0. The
// 36 numbers of a channel are `step` apart.
INLINE void transform_tile_4(const int is_inside, struct cairn_window w, const float *image,
                             int64_t top, int64_t left, float *u, int64_t step) {
  for (int64_t c = 0; c < w.channels; c += lanes) {
    vector rows[6][6];
    EACH_OF_SIX(j) {
      vector pixels[6], numbers[6];
      EACH_OF_SIX(i) {
        const int64_t y = top + i, x = left + j;
        pixels[i] = is_inside || (y >= 0 && y < w.height && x >= 0 && x < w.width)
                        ? load(image + (y * w.width + x) * w.channels + c)
                        : (vector){0};
      }
      spread_pixels(pixels, numbers);
      EACH_OF_SIX(i) rows[i][j] = numbers[i];
    }
    EACH_OF_SIX(i) {
      vector numbers[6];
      spread_pixels(rows[i], numbers);
      EACH_OF_SIX(j) store(u + (6 * i + j) * step + c, numbers[j]);
    }
  }
}

// Four features of a column or row from six numbers m.
INLINE void collect_features(const vector m[6], vector y[4]) {
  const vector even_a = m[1] + m[2], odd_a = m[1] - m[2];
  const vector even_b = m[3] + m[4], odd_b = m[3] - m[4];
  y[0] = (m[0] + even_a) + even_b;
  y[1] = fused_multiply_add(broadcast(B), odd_b, odd_a * A);
  y[2] = fused_multiply_add(broadcast(B2), even_b, even_a * A2);
  y[3] = fused_multiply_add(broadcast(B3), odd_b, fused_multiply_add(broadcast(A3), odd_a, m[5]));
}

// The features of one tile, which begins at (y, x), from its numbers m; those that are not in the
// output are left out.
INLINE void transform_back_4(struct cairn_window w, int64_t filters, int64_t count, const float *m,
                             int64_t step, const float *bias, int relu, int64_t y, int64_t x,
                             float *out) {
  for (int64_t c = 0; c < count; c += lanes) {
    vector rows[4][6];
    EACH_OF_SIX(j) {
      vector numbers[6], features[4];
      EACH_OF_SIX(i) numbers[i] = load(m + (6 * i + j) * step + c);
      collect_features(numbers, features);
#pragma clang loop unroll(full)
      for (int i = 0; i < 4; i++) rows[i][j] = features[i];
    }
    const vector offset = bias ? load(bias + c) : (vector){0};
#pragma clang loop unroll(full)
    for (int i = 0; i < 4; i++) {
      vector features[4];
      collect_features(rows[i], features);
#pragma clang loop unroll(full)
      for (int j = 0; j < 4; j++) {
        if (y + i >= w.output_height || x + j >= w.output_width) continue;
        if (bias) features[j] += offset;
        if (relu) features[j] = relu_of(features[j]);
        store(out + ((y + i) * w.output_width + x + j) * filters + c, features[j]);
      }
    }
  }
}

#undef EACH_OF_SIX
#undef PRODUCT
#undef SUM
#undef B3
#undef B2
#undef B
#undef A3
#undef A2
#undef A
