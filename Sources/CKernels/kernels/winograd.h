// The convolution of image[height][width][channels] with a kernel[3][3][channels][filters] with
// strides of 1, by Winograd's minimal filtering F(2 × 2, 3 × 3): 16 products for four features
// instead of 36. Channels and filters are whole vectors.
//
//     4 × 4 pixels of each tile → 16 numbers u   (`transform_tile`; neighbouring tiles overlap)
//     u[16][tiles][channels] · kernel[16][channels][filters] → m[16][tiles][filters]
//     16 numbers m → 2 × 2 features of each tile  (`transform_back`)
//
// Source: A. Lavin, S. Gray, *Fast Algorithms for Convolutional Neural Networks*, CVPR 2016.

// So many tiles are handled together that u and m stay in the second-level cache.
enum { tiles_at_once = cairn_winograd_tiles };

#define EACH_OF_FOUR(i)              \
  _Pragma("clang loop unroll(full)") \
  for (int i = 0; i < 4; i++)

// Transforms kernel[3][3][channels · filters] into out[4][4][channels · filters].
static void winograd_kernel(int64_t count, const float *kernel, float *out) {
  for (int64_t c = 0; c < count; c += lanes) {
    vector rows[4][3];
#pragma clang loop unroll(full)
    for (int j = 0; j < 3; j++) {
      const vector a = load(kernel + j * count + c), b = load(kernel + (3 + j) * count + c);
      const vector d = load(kernel + (6 + j) * count + c);
      rows[0][j] = a;
      rows[1][j] = ((a + d) + b) * 0.5f;
      rows[2][j] = ((a + d) - b) * 0.5f;
      rows[3][j] = d;
    }
    EACH_OF_FOUR(i) {
      const vector a = rows[i][0], b = rows[i][1], d = rows[i][2];
      float *to = out + 4 * i * count + c;
      store(to, a);
      store(to + count, ((a + d) + b) * 0.5f);
      store(to + 2 * count, ((a + d) - b) * 0.5f);
      store(to + 3 * count, d);
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
INLINE void transform_back(struct cairn_window w, int64_t filters, const float *m, int64_t step,
                           const float *bias, int relu, int64_t y, int64_t x, float *out) {
  for (int64_t c = 0; c < filters; c += lanes) {
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

// c[m × n] = a[m × k] · b[k × n], contiguous and in the cache: `matmul` without its plans.
INLINE void multiply_small(int64_t m, int64_t n, int64_t k, const float *a, const float *b,
                           float *c) {
  for (int64_t j = 0, vectors; j < n; j += vectors * lanes) {
    vectors = share((n - j) / lanes, TILE_VECTORS);
    for (int64_t i = 0, rows; i < m; i += rows) {
      rows = share(m - i, TILE_ROWS);
      struct tile t = {.a = {.data = a + i * k, .row_stride = k, .column_stride = 1},
                       .b = b + j, .b_row_stride = n, .k = k, .c = c + i * n + j,
                       .c_row_stride = n, .c_column_stride = 1, .columns = vectors * lanes};
      t.prefetch.lines = t.prefetch.strided = t.c;
      tiles[rows][vectors][0](&t);
    }
  }
}

static void winograd(struct cairn_window w, int64_t filters, const float *image,
                     const float *kernel, const float *bias, int relu, float *scratch,
                     float *out) {
  const int64_t columns = (w.output_width + 1) / 2;
  const int64_t tiles = (w.output_height + 1) / 2 * columns;
  for (int64_t start = 0; start < tiles; start += tiles_at_once) {
    const int64_t count = smaller(tiles - start, tiles_at_once);
    const int64_t u_step = count * w.channels, m_step = count * filters;
    float *u = scratch, *m = scratch + 16 * u_step;
    for (int64_t t = 0; t < count; t++) {
      const int64_t top = (start + t) / columns * 2 - w.padding_top;
      const int64_t left = (start + t) % columns * 2 - w.padding_left;
      if (top >= 0 && left >= 0 && top + 4 <= w.height && left + 4 <= w.width)
        transform_tile(1, w, image, top, left, u + t * w.channels, u_step);
      else
        transform_tile(0, w, image, top, left, u + t * w.channels, u_step);
    }
    for (int64_t part = 0; part < 16; part++)
      multiply_small(count, filters, w.channels, u + part * u_step,
                     kernel + part * w.channels * filters, m + part * m_step);
    for (int64_t t = 0; t < count; t++)
      transform_back(w, filters, m + t * filters, m_step, bias, relu,
                     (start + t) / columns * 2, (start + t) % columns * 2, out);
  }
}

#undef EACH_OF_FOUR
