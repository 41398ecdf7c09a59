// The convolution of image[height][width][channels] with a kernel[3][3][channels][filters] with
// strides of 1, by Winograd's minimal filtering F(2 × 2, 3 × 3) or F(4 × 4, 3 × 3): in tiles of
// `size` = 2 or 4 rows and columns of features. 16 products suffice for 4 features instead of 36,
// or 36 for 16 features instead of 144. Channels and filters are whole vectors. With side =
// size + 2:
//
//     the kernel → the transformed kernel u[side²][filters / lanes][channels][lanes]
//     side × side pixels of each tile → the transformed input v[side²][tiles][channels]
//         (the pixels of neighbouring tiles overlap)
//     v · u → m[side²][tiles][filters]
//     m → size × size features of each tile
//
// Each element of m is one chain of fused multiply-adds over the channels in ascending order. The
// transformations are of columns first, then of rows; winograd2.h and winograd4.h have those of one
// column or row.
//
// The gradient of the kernel goes the same way back with tiles of 2 × 2, 16 products instead of 36
// as well:
//
//     the gradient of 2 × 2 features of each tile → dm[16][tiles][filters]
//     vᵀ · dm → du[16][channels][filters]
//     du → the gradient of kernel[3][3][channels][filters]
//
// Source: A. Lavin, S. Gray, *Fast Algorithms for Convolutional Neural Networks*, CVPR 2016, whose
// names these are.

#include "winograd2.h"
#include "winograd4.h"

// The largest side and size, for arrays.
enum { most_side = 6, most_size = 4 };

INLINE void kernel_transform(const int size, const vector *g, vector *u) {
  if (size == 4)
    kernel_transform_4(g, u);
  else
    kernel_transform_2(g, u);
}

INLINE void input_transform(const int size, const vector *d, vector *v) {
  if (size == 4)
    input_transform_4(d, v);
  else
    input_transform_2(d, v);
}

INLINE void output_transform(const int size, const vector *m, vector *y) {
  if (size == 4)
    output_transform_4(m, y);
  else
    output_transform_2(m, y);
}

// The transformed kernel u, for `count` channels from `first` on.
INLINE void transform_kernel(const int size, int64_t channels, int64_t filters,
                             const float *kernel, int64_t first, int64_t count, float *out) {
  const int side = size + 2;
  const int64_t step = channels * filters;
  for (int64_t c = first; c < first + count; c++)
    for (int64_t f = 0; f < filters; f += lanes) {
      vector rows[most_side][3];
      UNROLLED(j, 3) {
        const float *from = kernel + j * step + c * filters + f;
        const vector g[3] = {load(from), load(from + 3 * step), load(from + 6 * step)};
        vector u[most_side];
        kernel_transform(size, g, u);
        UNROLLED(i, side) rows[i][j] = u[i];
      }
      UNROLLED(i, side) {
        vector u[most_side];
        kernel_transform(size, rows[i], u);
        float *to = out + side * i * step + f * channels + c * lanes;
        UNROLLED(j, side) store(to + j * step, u[j]);
      }
    }
}

static void winograd_kernel(int64_t size, int64_t channels, int64_t filters, const float *kernel,
                            int64_t first, int64_t count, float *out) {
  if (size == 4)
    transform_kernel(4, channels, filters, kernel, first, count, out);
  else
    transform_kernel(2, channels, filters, kernel, first, count, out);
}

// The transformed input v of one tile, whose pixels begin at (top, left); those outside the image
// are 0. Its side² elements for a channel are `step` apart.
INLINE void transform_input(const int size, const int is_inside, struct cairn_window w,
                            const float *image, int64_t top, int64_t left, float *v,
                            int64_t step) {
  const int side = size + 2;
  for (int64_t c = 0; c < w.channels; c += lanes) {
    vector rows[most_side][most_side];
    UNROLLED(j, side) {
      vector d[most_side], column[most_side];
      UNROLLED(i, side) {
        const int64_t y = top + i, x = left + j;
        d[i] = is_inside || (y >= 0 && y < w.height && x >= 0 && x < w.width)
                   ? load(image + (y * w.width + x) * w.channels + c)
                   : (vector){0};
      }
      input_transform(size, d, column);
      UNROLLED(i, side) rows[i][j] = column[i];
    }
    UNROLLED(i, side) {
      vector row[most_side];
      input_transform(size, rows[i], row);
      UNROLLED(j, side) store(v + (side * i + j) * step + c, row[j]);
    }
  }
}

// The same of tile `number` of an image, whose tiles are counted row by row.
INLINE void transform_numbered(const int size, struct cairn_window w, const float *image,
                               int64_t number, float *v, int64_t step) {
  const int64_t columns = (w.output_width + size - 1) / size, side = size + 2;
  const int64_t top = number / columns * size - w.padding_top;
  const int64_t left = number % columns * size - w.padding_left;
  if (top >= 0 && left >= 0 && top + side <= w.height && left + side <= w.width)
    transform_input(size, 1, w, image, top, left, v, step);
  else
    transform_input(size, 0, w, image, top, left, v, step);
}

// c[m × n] = a[m × k] · b[n / lanes][k][lanes], with contiguous rows of A and C. During its last
// block, it prefetches `next_b`, which the next product reads.
INLINE void multiply_packed_rows(int64_t m, int64_t n, int64_t k, const float *a, const float *b,
                                 const float *next_b, float *c) {
  const int64_t vector_stride = k * lanes;
  for (int64_t j = 0, vectors; j < n; j += vectors * lanes) {
    vectors = share((n - j) / lanes, TILE_VECTORS);
    for (int64_t p = 0; p < k; p += k_block) {
      struct tile t = {.a = {.row_stride = k, .column_stride = 1}, .b = b + j * k + p * lanes,
                       .b_vector_stride = vector_stride, .k = smaller(k_block, k - p),
                       .c_row_stride = n, .c_column_stride = 1, .columns = vectors * lanes,
                       .accumulate = p > 0};
      const float *next = p + t.k < k                ? t.b + t.k * lanes
                          : j + vectors * lanes < n ? b + (j + vectors * lanes) * k
                                                     : next_b;
      for (int64_t i = 0, rows, number = 0; i < m; i += rows, number++) {
        rows = share(m - i, TILE_ROWS);
        t.a.data = a + i * k + p;
        t.c = c + i * n + j;
        plan_packed_prefetch(&t, next, vectors, number);
        tiles[rows][vectors][packed_form](&t);
      }
    }
  }
}

// The features of one tile, which begins at (y, x), from its m; those that are not in the output
// are left out.
INLINE void transform_output(const int size, struct cairn_window w, int64_t filters,
                             int64_t count, const float *m, int64_t step, const float *bias,
                             int relu, int64_t y, int64_t x, float *out) {
  const int side = size + 2;
  for (int64_t c = 0; c < count; c += lanes) {
    vector rows[most_size][most_side];
    UNROLLED(j, side) {
      vector column[most_side], features[most_size];
      UNROLLED(i, side) column[i] = load(m + (side * i + j) * step + c);
      output_transform(size, column, features);
      UNROLLED(i, size) rows[i][j] = features[i];
    }
    const vector offset = bias ? load(bias + c) : (vector){0};
    UNROLLED(i, size) {
      vector features[most_size];
      output_transform(size, rows[i], features);
      UNROLLED(j, size) {
        if (y + i >= w.output_height || x + j >= w.output_width) continue;
        if (bias) features[j] += offset;
        if (relu) features[j] = relu_of(features[j]);
        store(out + ((y + i) * w.output_width + x + j) * filters + c, features[j]);
      }
    }
  }
}

INLINE void convolve_tiles(const int size, struct cairn_window w, int64_t filters, int64_t first,
                           int64_t count, const float *image, const float *kernel,
                           const float *bias, int relu, float *scratch, float *out) {
  const int64_t tiles_at_once = cairn_winograd_tiles(size);
  const int64_t filters_at_once = cairn_winograd_filters(size);
  const int64_t columns = (w.output_width + size - 1) / size, channels = w.channels;
  const int64_t tiles = (w.output_height + size - 1) / size * columns;
  const int64_t parts = (size + 2) * (size + 2);
  for (int64_t start = 0, here; start < tiles; start += here) {
    here = share(tiles - start, tiles_at_once);
    // A line more than they need, so that the elements of a tile do not share their cache sets.
    const int64_t v_step = here * channels + lanes;
    float *v = scratch, *m = scratch + parts * v_step;
    for (int64_t t = 0; t < here; t++)
      transform_numbered(size, w, image, start + t, v + t * channels, v_step);
    for (int64_t f = first, width; f < first + count; f += width) {
      width = smaller(first + count - f, filters_at_once);
      const int64_t m_step = here * width + lanes;
      for (int64_t part = 0; part < parts; part++) {
        const float *u = kernel + (part * filters + f) * channels;
        // After the last part, the first one of the next filters.
        const float *next = part + 1 < parts ? u + filters * channels
                            : f + width < first + count ? kernel + (f + width) * channels
                                                        : kernel + first * channels;
        multiply_packed_rows(here, width, channels, v + part * v_step, u, next, m + part * m_step);
      }
      for (int64_t t = 0; t < here; t++)
        transform_output(size, w, filters, width, m + t * width, m_step, bias ? bias + f : 0,
                         relu, (start + t) / columns * size, (start + t) % columns * size,
                         out + f);
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

// dm of one tile, which begins at (y, x), from the gradient of its features; that of features
// outside the output is 0.
INLINE void transform_output_gradient(struct cairn_window w, int64_t filters, const float *dy,
                                      int64_t y, int64_t x, float *dm, int64_t step) {
  const int has_right = x + 1 < w.output_width, has_lower = y + 1 < w.output_height;
  const float *upper = dy + (y * w.output_width + x) * filters;
  const float *lower = upper + w.output_width * filters;
  for (int64_t f = 0; f < filters; f += lanes) {
    const vector zero = {0};
    const vector columns[2][2] = {
        {load(upper + f), has_lower ? load(lower + f) : zero},
        {has_right ? load(upper + filters + f) : zero,
         has_lower && has_right ? load(lower + filters + f) : zero}};
    vector rows[4][2];
    UNROLLED(j, 2) {
      vector column[4];
      output_gradient_2(columns[j], column);
      UNROLLED(i, 4) rows[i][j] = column[i];
    }
    UNROLLED(i, 4) {
      vector row[4];
      output_gradient_2(rows[i], row);
      UNROLLED(j, 4) store(dm + (4 * i + j) * step + f, row[j]);
    }
  }
}

static void winograd_gradient_tiles(struct cairn_window w, int64_t filters, int64_t first,
                                    int64_t count, const float *image, const float *dy,
                                    int64_t place, float *scratch) {
  const int64_t columns = (w.output_width + 1) / 2, places = cairn_winograd_tiles(2);
  const int64_t v_step = places * w.channels + lanes, m_step = places * filters + lanes;
  float *v = scratch + place * w.channels, *dm = scratch + 16 * v_step + place * filters;
  for (int64_t t = first; t < first + count; t++, v += w.channels, dm += filters) {
    transform_numbered(2, w, image, t, v, v_step);
    transform_output_gradient(w, filters, dy, t / columns * 2, t % columns * 2, dm, m_step);
  }
}

static void winograd_multiply(int64_t channels, int64_t filters, int64_t count, int accumulate,
                              float *scratch, float *sums) {
  const int64_t places = cairn_winograd_tiles(2);
  const int64_t v_step = places * channels + lanes, m_step = places * filters + lanes;
  for (int64_t part = 0; part < 16; part++) {
    const struct cairn_product product = {
        .m = channels, .n = filters, .k = count,
        .a = {.data = scratch + part * v_step, .row_stride = 1, .column_stride = channels},
        .b = scratch + 16 * v_step + part * m_step, .b_row_stride = filters,
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
    UNROLLED(j, 4) {
      vector du[4], dg[3];
      UNROLLED(i, 4) du[i] = load(sums + (4 * i + j) * step + at);
      kernel_gradient_2(du, dg);
      UNROLLED(i, 3) rows[i][j] = dg[i];
    }
    UNROLLED(i, 3) {
      vector dg[3];
      kernel_gradient_2(rows[i], dg);
      UNROLLED(j, 3) store(out + (3 * i + j) * step + at, dg[j]);
    }
  }
}
