// The convolution of image[height][width][channels] with a kernel[3][3][channels][filters] with
// strides of 1, by Winograd's minimal filtering F(2 × 2, 3 × 3): 16 products for four features
// instead of 36. Channels and filters are whole vectors.
//
//     4 × 4 pixels of each tile → 16 numbers u   (`transform_tile`; neighbouring tiles overlap)
//     u[16][tiles][channels] · kernel[16][filters / lanes][channels][lanes] → m[16][tiles][filters]
//     16 numbers m → 2 × 2 features of each tile  (`transform_back`)
//
// Each number m is one chain of fused multiply-adds over the channels in ascending order.
//
// The gradient of the kernel goes the same way back, 16 products instead of 36 as well:
//
//     the gradient of 2 × 2 features of each tile → that of its 16 numbers m  (`spread_gradient`)
//     u[16][tiles][channels]ᵀ · the gradient of m[16][tiles][filters]
//         → the gradient of kernel[16][channels][filters]
//         → the gradient of kernel[3][3][channels][filters]    (`winograd_kernel_gradient`)
//
// Source: A. Lavin, S. Gray, *Fast Algorithms for Convolutional Neural Networks*, CVPR 2016.

// So many tiles and filters are handled together that u and m stay in the second-level cache.
enum { tiles_at_once = cairn_winograd_tiles, filters_at_once = cairn_winograd_filters };

#define EACH_OF_FOUR(i)              \
  _Pragma("clang loop unroll(full)") \
  for (int i = 0; i < 4; i++)

// Transforms kernel[3][3][channels][filters], for some of the channels, into
// out[16][filters / lanes][channels][lanes].
static void winograd_kernel(int64_t channels, int64_t filters, const float *kernel, int64_t first,
                            int64_t count, float *out) {
  const int64_t step = channels * filters;
  for (int64_t c = first; c < first + count; c++)
    for (int64_t f = 0; f < filters; f += lanes) {
      vector rows[4][3];
#pragma clang loop unroll(full)
      for (int j = 0; j < 3; j++) {
        const float *from = kernel + j * step + c * filters + f;
        const vector a = load(from), b = load(from + 3 * step), d = load(from + 6 * step);
        rows[0][j] = a;
        rows[1][j] = ((a + d) + b) * 0.5f;
        rows[2][j] = ((a + d) - b) * 0.5f;
        rows[3][j] = d;
      }
      EACH_OF_FOUR(i) {
        const vector a = rows[i][0], b = rows[i][1], d = rows[i][2];
        float *to = out + 4 * i * step + f * channels + c * lanes;
        store(to, a);
        store(to + step, ((a + d) + b) * 0.5f);
        store(to + 2 * step, ((a + d) - b) * 0.5f);
        store(to + 3 * step, d);
      }
    }
}

// The numbers u of one tile, whose pixels begin at (top, left); those outside the image are 0. The
// 16 numbers of a channel are `step` apart.
INLINE void transform_tile(const int is_inside, struct cairn_window w, const float *image,
                           int64_t top, int64_t left, float *u, int64_t step) {
  for (int64_t c = 0; c < w.channels; c += lanes) {
    vector rows[4][4];
    EACH_OF_FOUR(j) {
      vector d[4];
      EACH_OF_FOUR(i) {
        const int64_t y = top + i, x = left + j;
        d[i] = is_inside || (y >= 0 && y < w.height && x >= 0 && x < w.width)
                   ? load(image + (y * w.width + x) * w.channels + c)
                   : (vector){0};
      }
      rows[0][j] = d[0] - d[2];
      rows[1][j] = d[1] + d[2];
      rows[2][j] = d[2] - d[1];
      rows[3][j] = d[1] - d[3];
    }
    EACH_OF_FOUR(i) {
      float *to = u + 4 * i * step + c;
      store(to, rows[i][0] - rows[i][2]);
      store(to + step, rows[i][1] + rows[i][2]);
      store(to + 2 * step, rows[i][2] - rows[i][1]);
      store(to + 3 * step, rows[i][1] - rows[i][3]);
    }
  }
}

// The features of one tile, which begins at (y, x), from its numbers m; those that are not in the
// output are left out.
INLINE void transform_back(struct cairn_window w, int64_t filters, int64_t count, const float *m,
                           int64_t step, const float *bias, int relu, int64_t y, int64_t x,
                           float *out) {
  for (int64_t c = 0; c < count; c += lanes) {
    vector rows[2][4];
    EACH_OF_FOUR(j) {
      const float *from = m + j * step + c;
      const vector b = load(from + 4 * step), d = load(from + 8 * step);
      rows[0][j] = (load(from) + b) + d;
      rows[1][j] = (b - d) - load(from + 12 * step);
    }
    const vector offset = bias ? load(bias + c) : (vector){0};
#pragma clang loop unroll(full)
    for (int i = 0; i < 2; i++) {
      vector features[2] = {(rows[i][0] + rows[i][1]) + rows[i][2],
                            (rows[i][1] - rows[i][2]) - rows[i][3]};
#pragma clang loop unroll(full)
      for (int j = 0; j < 2; j++) {
        if (y + i >= w.output_height || x + j >= w.output_width) continue;
        if (bias) features[j] += offset;
        if (relu) features[j] = relu_of(features[j]);
        store(out + ((y + i) * w.output_width + x + j) * filters + c, features[j]);
      }
    }
  }
}

// c[m × n] = a[m × k] · b[n / lanes][k][lanes], with contiguous rows of A and C. During the tiles
// of a block, the next block of B is prefetched, one vector of columns per tile.
INLINE void multiply_packed_rows(int64_t m, int64_t n, int64_t k, const float *a, const float *b,
                                 float *c) {
  const int64_t vector_stride = k * lanes;
  for (int64_t j = 0, vectors; j < n; j += vectors * lanes) {
    vectors = share((n - j) / lanes, TILE_VECTORS);
    for (int64_t p = 0; p < k; p += k_block) {
      struct tile t = {.a = {.row_stride = k, .column_stride = 1}, .b = b + j * k + p * lanes,
                       .b_vector_stride = vector_stride, .k = smaller(k_block, k - p),
                       .c_row_stride = n, .c_column_stride = 1, .columns = vectors * lanes,
                       .accumulate = p > 0};
      const int is_last = p + t.k == k;
      const float *next = is_last ? b + (j + vectors * lanes) * k : t.b + t.k * lanes;
      for (int64_t i = 0, rows, number = 0; i < m; i += rows, number++) {
        rows = share(m - i, TILE_ROWS);
        t.a.data = a + i * k + p;
        t.c = c + i * n + j;
        t.prefetch.lines = next + number * vector_stride;
        t.prefetch.count = number < vectors ? t.k : 0;
        tiles[rows][vectors][packed_form](&t);
      }
    }
  }
}

// The numbers u of tile `number` of an image, whose tiles are counted row by row.
INLINE void transform_numbered(struct cairn_window w, const float *image, int64_t number, float *u,
                               int64_t step) {
  const int64_t columns = (w.output_width + 1) / 2;
  const int64_t top = number / columns * 2 - w.padding_top;
  const int64_t left = number % columns * 2 - w.padding_left;
  if (top >= 0 && left >= 0 && top + 4 <= w.height && left + 4 <= w.width)
    transform_tile(1, w, image, top, left, u, step);
  else
    transform_tile(0, w, image, top, left, u, step);
}

static void winograd(struct cairn_window w, int64_t filters, int64_t first, int64_t count,
                     const float *image, const float *kernel, const float *bias, int relu,
                     float *scratch, float *out) {
  const int64_t columns = (w.output_width + 1) / 2, channels = w.channels;
  const int64_t tiles = (w.output_height + 1) / 2 * columns;
  for (int64_t start = 0, here; start < tiles; start += here) {
    here = share(tiles - start, tiles_at_once);
    // A line more than they need, so that the 16 numbers do not share their cache sets.
    const int64_t u_step = here * channels + lanes;
    float *u = scratch, *m = scratch + 16 * u_step;
    for (int64_t t = 0; t < here; t++)
      transform_numbered(w, image, start + t, u + t * channels, u_step);
    for (int64_t f = first, width; f < first + count; f += width) {
      width = smaller(first + count - f, filters_at_once);
      const int64_t m_step = here * width + lanes;
      for (int64_t part = 0; part < 16; part++)
        multiply_packed_rows(here, width, channels, u + part * u_step,
                             kernel + (part * filters + f) * channels, m + part * m_step);
      for (int64_t t = 0; t < here; t++)
        transform_back(w, filters, width, m + t * width, m_step, bias ? bias + f : 0, relu,
                       (start + t) / columns * 2, (start + t) % columns * 2, out + f);
    }
  }
}

// The gradient of the numbers m of one tile, which begins at (y, x), from that of its features;
// that of features outside the output is 0.
INLINE void spread_gradient(struct cairn_window w, int64_t filters, const float *dy, int64_t y,
                            int64_t x, float *m, int64_t step) {
  const int has_right = x + 1 < w.output_width, has_lower = y + 1 < w.output_height;
  const float *upper = dy + (y * w.output_width + x) * filters;
  const float *lower = upper + w.output_width * filters;
  for (int64_t f = 0; f < filters; f += lanes) {
    const vector zero = {0};
    const vector dy_00 = load(upper + f), dy_01 = has_right ? load(upper + filters + f) : zero;
    const vector dy_10 = has_lower ? load(lower + f) : zero;
    const vector dy_11 = has_lower && has_right ? load(lower + filters + f) : zero;
    const vector rows[4][2] = {{dy_00, dy_01}, {dy_00 + dy_10, dy_01 + dy_11},
                               {dy_00 - dy_10, dy_01 - dy_11}, {-dy_10, -dy_11}};
    EACH_OF_FOUR(i) {
      float *to = m + 4 * i * step + f;
      store(to, rows[i][0]);
      store(to + step, rows[i][0] + rows[i][1]);
      store(to + 2 * step, rows[i][0] - rows[i][1]);
      store(to + 3 * step, -rows[i][1]);
    }
  }
}

static void winograd_spread(struct cairn_window w, int64_t filters, int64_t first, int64_t count,
                            const float *image, const float *dy, int64_t place, float *scratch) {
  const int64_t columns = (w.output_width + 1) / 2;
  const int64_t u_step = tiles_at_once * w.channels + lanes;
  const int64_t m_step = tiles_at_once * filters + lanes;
  float *u = scratch + place * w.channels, *m = scratch + 16 * u_step + place * filters;
  for (int64_t t = first; t < first + count; t++, u += w.channels, m += filters) {
    transform_numbered(w, image, t, u, u_step);
    spread_gradient(w, filters, dy, t / columns * 2, t % columns * 2, m, m_step);
  }
}

static void winograd_multiply(int64_t channels, int64_t filters, int64_t count, int accumulate,
                              float *scratch, float *sums) {
  const int64_t u_step = tiles_at_once * channels + lanes, m_step = tiles_at_once * filters + lanes;
  for (int64_t part = 0; part < 16; part++) {
    const struct cairn_product product = {
        .m = channels, .n = filters, .k = count,
        .a = {.data = scratch + part * u_step, .row_stride = 1, .column_stride = channels},
        .b = scratch + 16 * u_step + part * m_step, .b_row_stride = filters,
        .c = sums + part * channels * filters, .c_row_stride = filters, .c_column_stride = 1,
        .accumulate = accumulate};
    matmul(&product);
  }
}

static void winograd_kernel_gradient(int64_t channels, int64_t filters, const float *sums,
                                     float *out) {
  const int64_t step = channels * filters;
  for (int64_t at = 0; at < step; at += lanes) {
    vector rows[3][4];
    EACH_OF_FOUR(j) {
      const float *from = sums + j * step + at;
      const vector b = load(from + 4 * step), d = load(from + 8 * step);
      const vector half = (b + d) * 0.5f;
      rows[0][j] = load(from) + half;
      rows[1][j] = (b - d) * 0.5f;
      rows[2][j] = half + load(from + 12 * step);
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < 3; i++) {
      const vector half = (rows[i][1] + rows[i][2]) * 0.5f;
      float *to = out + 3 * i * step + at;
      store(to, rows[i][0] + half);
      store(to + step, (rows[i][1] - rows[i][2]) * 0.5f);
      store(to + 2 * step, half + rows[i][3]);
    }
  }
}

#undef EACH_OF_FOUR
