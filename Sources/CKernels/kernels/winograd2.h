// The transformations of Winograd's minimal filtering F(2 × 2, 3 × 3), for winograd.h.

#define EACH_OF_FOUR(i)              \
  _Pragma("clang loop unroll(full)") \
  for (int i = 0; i < 4; i++)

// Transforms kernel[3][3][channels][filters], for some of the channels, into
// out[16][filters / lanes][channels][lanes].
INLINE void transform_kernel_2(int64_t channels, int64_t filters, const float *kernel,
                               int64_t first, int64_t count, float *out) {
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
INLINE void transform_tile_2(const int is_inside, struct cairn_window w, const float *image,
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
INLINE void transform_back_2(struct cairn_window w, int64_t filters, int64_t count, const float *m,
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
