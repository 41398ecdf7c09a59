// The convolution of image[height][width][channels] with a kernel[3][3][channels][filters] with
// strides of 1, by Winograd's minimal filtering F(2 × 2, 3 × 3) or F(4 × 4, 3 × 3): in tiles of
// `size` = 2 or 4 rows and columns of features. 16 products suffice for 4 features instead of 36,
// or 36 for 16 features instead of 144. Channels and filters are whole vectors. The side of the
// pixels and numbers of a tile is size + 2:
//
//     side × side pixels of each tile → side² numbers u   (neighbouring tiles overlap)
//     u[side²][tiles][channels] · kernel[side²][filters / lanes][channels][lanes]
//         → m[side²][tiles][filters]
//     side² numbers m → size × size features of each tile
//
// Each number m is one chain of fused multiply-adds over the channels in ascending order. The steps
// from pixels to u and from m to features are in winograd2.h and winograd4.h.
//
// The gradient of the kernel goes the same way back with tiles of 2 × 2, 16 products instead of 36
// as well:
//
//     the gradient of 2 × 2 features of each tile → that of its 16 numbers m  (`spread_gradient`)
//     u[16][tiles][channels]ᵀ · the gradient of m[16][tiles][filters]
//         → the gradient of kernel[16][channels][filters]
//         → the gradient of kernel[3][3][channels][filters]    (`winograd_kernel_gradient`)
//
// Source: A. Lavin, S. Gray, *Fast Algorithms for Convolutional Neural Networks*, CVPR 2016.

#include "winograd2.h"
#include "winograd4.h"

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

static void winograd_kernel(int64_t size, int64_t channels, int64_t filters, const float *kernel,
                            int64_t first, int64_t count, float *out) {
  if (size == 4)
    transform_kernel_4(channels, filters, kernel, first, count, out);
  else
    transform_kernel_2(channels, filters, kernel, first, count, out);
}

// The numbers u of tile `number` of an image, whose tiles are counted row by row.
INLINE void transform_numbered(const int size, struct cairn_window w, const float *image,
                               int64_t number, float *u, int64_t step) {
  const int64_t columns = (w.output_width + size - 1) / size, side = size + 2;
  const int64_t top = number / columns * size - w.padding_top;
  const int64_t left = number % columns * size - w.padding_left;
  const int is_inside =
      top >= 0 && left >= 0 && top + side <= w.height && left + side <= w.width;
  if (size == 4) {
    if (is_inside)
      transform_tile_4(1, w, image, top, left, u, step);
    else
      transform_tile_4(0, w, image, top, left, u, step);
  } else {
    if (is_inside)
      transform_tile_2(1, w, image, top, left, u, step);
    else
      transform_tile_2(0, w, image, top, left, u, step);
  }
}

INLINE void convolve_tiles(const int size, struct cairn_window w, int64_t filters, int64_t first,
                           int64_t count, const float *image, const float *kernel,
                           const float *bias, int relu, float *scratch, float *out) {
  const int64_t tiles_at_once = cairn_winograd_tiles(size);
  const int64_t filters_at_once = cairn_winograd_filters(size);
  const int64_t columns = (w.output_width + size - 1) / size, channels = w.channels;
  const int64_t tiles = (w.output_height + size - 1) / size * columns;
  const int64_t numbers = (size + 2) * (size + 2);
  for (int64_t start = 0, here; start < tiles; start += here) {
    here = share(tiles - start, tiles_at_once);
    // A line more than they need, so that the numbers of a tile do not share their cache sets.
    const int64_t u_step = here * channels + lanes;
    float *u = scratch, *m = scratch + numbers * u_step;
    for (int64_t t = 0; t < here; t++)
      transform_numbered(size, w, image, start + t, u + t * channels, u_step);
    for (int64_t f = first, width; f < first + count; f += width) {
      width = smaller(first + count - f, filters_at_once);
      const int64_t m_step = here * width + lanes;
      for (int64_t part = 0; part < numbers; part++)
        multiply_packed_rows(here, width, channels, u + part * u_step,
                             kernel + (part * filters + f) * channels, m + part * m_step);
      for (int64_t t = 0; t < here; t++) {
        const float *from = m + t * width, *offset = bias ? bias + f : 0;
        const int64_t y = (start + t) / columns * size, x = (start + t) % columns * size;
        if (size == 4)
          transform_back_4(w, filters, width, from, m_step, offset, relu, y, x, out + f);
        else
          transform_back_2(w, filters, width, from, m_step, offset, relu, y, x, out + f);
      }
    }
  }
}

static void winograd(struct cairn_window w, int64_t size, int64_t filters, int64_t first,
                     int64_t count, const float *image, const float *kernel, const float *bias,
                     int relu, float *scratch, float *out) {
  if (size == 4)
    convolve_tiles(4, w, filters, first, count, image, kernel, bias, relu, scratch, out);
  else
    convolve_tiles(2, w, filters, first, count, image, kernel, bias, relu, scratch, out);
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
  const int64_t columns = (w.output_width + 1) / 2, places = cairn_winograd_tiles(2);
  const int64_t u_step = places * w.channels + lanes, m_step = places * filters + lanes;
  float *u = scratch + place * w.channels, *m = scratch + 16 * u_step + place * filters;
  for (int64_t t = first; t < first + count; t++, u += w.channels, m += filters) {
    transform_numbered(2, w, image, t, u, u_step);
    spread_gradient(w, filters, dy, t / columns * 2, t % columns * 2, m, m_step);
  }
}

static void winograd_multiply(int64_t channels, int64_t filters, int64_t count, int accumulate,
                              float *scratch, float *sums) {
  const int64_t places = cairn_winograd_tiles(2);
  const int64_t u_step = places * channels + lanes, m_step = places * filters + lanes;
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
