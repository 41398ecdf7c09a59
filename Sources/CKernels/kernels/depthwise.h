// Depthwise convolution of one image[height][width][channels] with kernel[window_height ·
// window_width][channels][multiplier]. The result and both gradients are sums of products over the
// taps, the elements of the window that are inside the image: one chain of fused multiply-adds for
// each element.
//
// The order of the chains: the features over taps in ascending order; the gradient of the kernel
// over output pixels in ascending order; that of the image over taps in descending order.

// The output positions 0 ..< `count` along one axis for which a tap at `offset` is inside the
// image, of `extent` pixels.
INLINE struct span positions_inside(int64_t offset, int64_t stride, int64_t extent,
                                    int64_t count) {
  int64_t first = offset < 0 ? (-offset + stride - 1) / stride : 0;
  int64_t end = extent > offset ? smaller((extent - offset + stride - 1) / stride, count) : 0;
  return (struct span){first, end > first ? end - first : 0};
}

// The taps along one axis, `size` of them and `dilation` apart, that are inside the image if the
// first one is at `start`.
INLINE struct span taps_inside(int64_t start, int64_t size, int64_t dilation, int64_t extent) {
  return positions_inside(start, dilation, extent, size);
}

// The outputs of a run whose sums and factors fit the registers.
enum { most_outputs = TILE_VECTORS == 3 ? 8 : 4 };

// A block of taps, and neighbouring outputs that it is applied to.
struct tap_block {
  int64_t rows, columns;            // of taps
  int64_t row_step, column_step;    // between taps in the image
  int64_t kernel_row, kernel_step;  // between taps in the kernel
  int64_t output_step;              // in the image, between outputs
  int64_t channels;
};

// A vector, or if there are fewer channels, all of them.
INLINE vector load_channels(const int is_part, const struct tap_block *t, const float *p) {
  return is_part ? load_first(p, t->channels) : load(p);
}

INLINE void store_channels(const int is_part, const struct tap_block *t, float *p, vector v) {
  if (is_part)
    store_first(p, v, t->channels);
  else
    store(p, v);
}

// Several vectors of channels, from `c` on, of out[output][c] = Σ taps image · kernel. The last one
// ends with the last channel, so that it may overlap the one before it or be the same: then some
// channels are computed twice.
INLINE void convolve_vectors(const int outputs, const int vectors, const int is_part,
                             const struct tap_block *t, int64_t c, const float *image,
                             const float *kernel, float *out) {
  vector sums[4][4];
  int64_t at[4];
  UNROLLED(n, vectors)
    at[n] = is_part ? 0 : smaller(c + n * lanes, t->channels - lanes);
  UNROLLED(o, outputs)
    UNROLLED(n, vectors) sums[o][n] = (vector){0};
  for (int64_t i = 0; i < t->rows; i++) {
    const float *pixel = image + i * t->row_step, *factor = kernel + i * t->kernel_row;
    for (int64_t j = 0; j < t->columns; j++) {
      UNROLLED(n, vectors) {
        const vector k = load_channels(is_part, t, factor + at[n]);
        UNROLLED(o, outputs)
          sums[o][n] = fused_multiply_add(
              load_channels(is_part, t, pixel + o * t->output_step + at[n]), k, sums[o][n]);
      }
      pixel += t->column_step;
      factor += t->kernel_step;
    }
  }
  UNROLLED(o, outputs)
    UNROLLED(n, vectors)
      store_channels(is_part, t, out + o * t->channels + at[n], sums[o][n]);
}

// The same for one vector and neighbouring outputs with strides of 1: each pixel is loaded once for
// all taps of a row, of which there are `columns`.
INLINE void convolve_run(const int outputs, const int columns, const int is_part,
                         const struct tap_block *t, int64_t c, const float *image,
                         const float *kernel, float *out) {
  vector sums[8];
  UNROLLED(o, outputs) sums[o] = (vector){0};
  for (int64_t i = 0; i < t->rows; i++) {
    const float *pixel = image + i * t->row_step + c, *factor = kernel + i * t->kernel_row + c;
    vector k[7];
    UNROLLED(j, columns)
      k[j] = load_channels(is_part, t, factor + j * t->kernel_step);
    UNROLLED(p, outputs + columns - 1) {
      const vector x = load_channels(is_part, t, pixel + p * t->column_step);
      UNROLLED(j, columns)
        if (p - j >= 0 && p - j < outputs) sums[p - j] = fused_multiply_add(x, k[j], sums[p - j]);
    }
  }
  UNROLLED(o, outputs)
    store_channels(is_part, t, out + o * t->channels + c, sums[o]);
}

// A function for each number of outputs and columns, so that the compiler unrolls the loops.
#define RUN(outputs, columns)                                                                \
  static void convolve_run_##outputs##x##columns(const struct tap_block *t, const float *image, \
                                                 const float *kernel, float *out) {          \
    if (t->channels < lanes)                                                                 \
      return convolve_run(outputs, columns, 1, t, 0, image, kernel, out);                    \
    for (int64_t c = 0; c < t->channels; c += lanes)                                         \
      convolve_run(outputs, columns, 0, t, smaller(c, t->channels - lanes), image, kernel,   \
                   out);                                                                     \
  }
RUN(8, 3) RUN(4, 3) RUN(2, 3)
RUN(8, 5) RUN(4, 5) RUN(2, 5)
RUN(8, 7) RUN(4, 7) RUN(2, 7)
#undef RUN

typedef void convolve_runs(const struct tap_block *, const float *, const float *, float *);

// The function for a number of outputs; null if there is none for these taps.
static convolve_runs *convolve_runs_for(int64_t outputs, int64_t columns) {
#define RUNS(columns)                                   \
  outputs == 8   ? convolve_run_8x##columns             \
  : outputs == 4 ? convolve_run_4x##columns             \
                 : convolve_run_2x##columns
  return columns == 3 ? RUNS(3) : columns == 5 ? RUNS(5) : columns == 7 ? RUNS(7) : 0;
#undef RUNS
}

// All channels of one output or of four.
INLINE void convolve_block(const int outputs, const struct tap_block *t, const float *image,
                           const float *kernel, float *out) {
  // So many chains of multiply-adds that none waits for the one before it.
  const int vectors = outputs == 1 ? 4 : 2;
  if (t->channels >= lanes) {
    for (int64_t c = 0; c < t->channels; c += vectors * lanes)
      convolve_vectors(outputs, vectors, 0, t, c, image, kernel, out);
    return;
  }
  if (MASKED_REGISTERS > 0)
    return convolve_vectors(outputs, 1, 1, t, 0, image, kernel, out);
  for (int64_t c = 0; c < t->channels; c++)
    for (int o = 0; o < outputs; o++) {
      float sum = 0;
      for (int64_t i = 0; i < t->rows; i++)
        for (int64_t j = 0; j < t->columns; j++)
          sum = __builtin_fmaf(
              image[o * t->output_step + i * t->row_step + j * t->column_step + c],
              kernel[i * t->kernel_row + j * t->kernel_step + c], sum);
      out[o * t->channels + c] = sum;
    }
}

// The features if each channel has one filter; `kernel` is the address of the first tap, and the
// taps are `step` apart: with a negative step, the window is turned around.
static void convolve_channels(struct cairn_window w, const float *image, const float *kernel,
                              int64_t step, float *out) {
  const int64_t row = w.width * w.channels;
  // The outputs at which the whole window is inside the image.
  struct span first = positions_inside(-w.padding_left, w.stride_width, w.width, w.output_width);
  struct span last =
      positions_inside((w.window_width - 1) * w.dilation_width - w.padding_left, w.stride_width,
                       w.width, w.output_width);
  const int64_t whole = first.first, end = last.first + last.count;
  const int has_runs = w.stride_width == 1 && w.dilation_width == 1 &&
                       (w.channels >= lanes || MASKED_REGISTERS > 0) &&
                       convolve_runs_for(2, w.window_width);
  for (int64_t y = 0; y < w.output_height; y++) {
    const int64_t top = y * w.stride_height - w.padding_top;
    const struct span rows = taps_inside(top, w.window_height, w.dilation_height, w.height);
    for (int64_t x = 0; x < w.output_width;) {
      const int64_t left = x * w.stride_width - w.padding_left;
      const struct span columns = taps_inside(left, w.window_width, w.dilation_width, w.width);
      const struct tap_block t = {
          .rows = rows.count, .columns = columns.count,
          .row_step = w.dilation_height * row, .column_step = w.dilation_width * w.channels,
          .kernel_row = w.window_width * step, .kernel_step = step,
          .output_step = w.stride_width * w.channels, .channels = w.channels};
      const int64_t at = (top + rows.first * w.dilation_height) * row +
                         (left + columns.first * w.dilation_width) * w.channels;
      const float *factors = kernel + (rows.first * w.window_width + columns.first) * step;
      float *features = out + (y * w.output_width + x) * w.channels;
      if (has_runs && x >= whole && x + 2 <= end) {
        const int64_t outputs = x + most_outputs <= end ? most_outputs : x + 4 <= end ? 4 : 2;
        convolve_runs_for(outputs, w.window_width)(&t, image + at, factors, features);
        x += outputs;
      } else if (x >= whole && x + 4 <= end) {
        convolve_block(4, &t, image + at, factors, features);
        x += 4;
      } else {
        convolve_block(1, &t, image + at, factors, features);
        x++;
      }
    }
  }
}

// Each tap (i, j), with its number and the outputs for which it is inside the image.
#define EACH_TAP(w)                                                                          \
  for (int64_t i = 0, tap = 0; i < w.window_height; i++)                                     \
    for (int64_t j = 0; j < w.window_width; j++, tap++)

#define EACH_PLACE_OF_TAP(w)                                                                 \
  for (struct span rows = positions_inside(i * w.dilation_height - w.padding_top,            \
                                           w.stride_height, w.height, w.output_height),      \
                   columns = positions_inside(j * w.dilation_width - w.padding_left,         \
                                              w.stride_width, w.width, w.output_width);      \
       rows.count > 0; rows.first++, rows.count--)                                           \
    for (int64_t x = columns.first, y = rows.first; x < columns.first + columns.count; x++)

INLINE int64_t pixel_of_tap(struct cairn_window w, int64_t y, int64_t x, int64_t i, int64_t j) {
  return (y * w.stride_height - w.padding_top + i * w.dilation_height) * w.width +
         x * w.stride_width - w.padding_left + j * w.dilation_width;
}

static void depthwise(struct cairn_window w, int64_t multiplier, const float *restrict image,
                      const float *restrict kernel, float *restrict out) {
  const int64_t filters = w.channels * multiplier;
  if (multiplier == 1) return convolve_channels(w, image, kernel, w.channels, out);
  for (int64_t i = 0; i < w.output_height * w.output_width * filters; i++) out[i] = 0;
  EACH_TAP(w) EACH_PLACE_OF_TAP(w) {
    const float *pixel = image + pixel_of_tap(w, y, x, i, j) * w.channels;
    const float *factors = kernel + tap * filters;
    float *sums = out + (y * w.output_width + x) * filters;
    for (int64_t c = 0, f = 0; c < w.channels; c++)
      for (int64_t m = 0; m < multiplier; m++, f++)
        sums[f] = __builtin_fmaf(pixel[c], factors[f], sums[f]);
  }
}

static void depthwise_image_gradient(struct cairn_window w, int64_t multiplier,
                                     const float *restrict dy, const float *restrict kernel,
                                     float *restrict gradient) {
  const int64_t filters = w.channels * multiplier, taps = w.window_height * w.window_width;
  if (multiplier == 1 && w.stride_height == 1 && w.stride_width == 1) {
    // The convolution of dy with the kernel turned around.
    struct cairn_window turned = w;
    turned.height = w.output_height, turned.width = w.output_width;
    turned.output_height = w.height, turned.output_width = w.width;
    turned.padding_top = (w.window_height - 1) * w.dilation_height - w.padding_top;
    turned.padding_left = (w.window_width - 1) * w.dilation_width - w.padding_left;
    return convolve_channels(turned, dy, kernel + (taps - 1) * filters, -filters, gradient);
  }
  for (int64_t i = 0; i < w.height * w.width * w.channels; i++) gradient[i] = 0;
  for (int64_t i = w.window_height - 1, tap = taps - 1; i >= 0; i--)
    for (int64_t j = w.window_width - 1; j >= 0; j--, tap--)
      EACH_PLACE_OF_TAP(w) {
        const float *slopes = dy + (y * w.output_width + x) * filters;
        const float *factors = kernel + tap * filters;
        float *sums = gradient + pixel_of_tap(w, y, x, i, j) * w.channels;
        int64_t c = 0;
        if (multiplier == 1)
          for (; c + lanes <= w.channels; c += lanes)
            store(sums + c,
                  fused_multiply_add(load(slopes + c), load(factors + c), load(sums + c)));
        for (; c < w.channels; c++)
          for (int64_t f = c * multiplier; f < (c + 1) * multiplier; f++)
            sums[c] = __builtin_fmaf(slopes[f], factors[f], sums[c]);
      }
}

// The gradient of `taps` neighbouring taps of a row of the kernel, for one vector of channels.
INLINE void add_tap_gradients(const int taps, struct cairn_window w, int64_t i, int64_t j,
                              const float *image, const float *dy, float *gradient) {
  vector sums[3];
  UNROLLED(n, taps) sums[n] = load(gradient + n * w.channels);
  const struct span rows = positions_inside(i * w.dilation_height - w.padding_top,
                                            w.stride_height, w.height, w.output_height);
  struct span columns[3];
  UNROLLED(n, taps)
    columns[n] = positions_inside((j + n) * w.dilation_width - w.padding_left, w.stride_width,
                                  w.width, w.output_width);
  // The outputs for which all of these taps are inside are contiguous.
  const int64_t whole = columns[0].first;
  const int64_t end = columns[taps - 1].first + columns[taps - 1].count;
  const int64_t step = w.dilation_width * w.channels, stride = w.stride_width * w.channels;
  for (int64_t y = rows.first; y < rows.first + rows.count; y++) {
    const float *slopes = dy + y * w.output_width * w.channels;
    const float *pixels = image + pixel_of_tap(w, y, 0, i, j) * w.channels;
    for (int64_t x = 0; x < w.output_width; x++) {
      if (x == whole)
        for (; x < end; x++) {
          const vector slope = load(slopes + x * w.channels);
          UNROLLED(n, taps)
            sums[n] = fused_multiply_add(load(pixels + x * stride + n * step), slope, sums[n]);
        }
      if (x == w.output_width) break;
      UNROLLED(n, taps)
        if (x >= columns[n].first && x < columns[n].first + columns[n].count)
          sums[n] = fused_multiply_add(load(pixels + x * stride + n * step),
                                       load(slopes + x * w.channels), sums[n]);
    }
  }
  UNROLLED(n, taps) store(gradient + n * w.channels, sums[n]);
}

static void depthwise_kernel_gradient(struct cairn_window w, int64_t multiplier,
                                      const float *restrict image, const float *restrict dy,
                                      float *restrict gradient) {
  const int64_t filters = w.channels * multiplier;
  int64_t c = 0;
  if (multiplier == 1)
    for (; c + lanes <= w.channels; c += lanes)
      for (int64_t i = 0; i < w.window_height; i++)
        for (int64_t j = 0; j < w.window_width;) {
          float *sums = gradient + (i * w.window_width + j) * w.channels + c;
          if (j + 3 <= w.window_width) {
            add_tap_gradients(3, w, i, j, image + c, dy + c, sums);
            j += 3;
          } else {
            add_tap_gradients(1, w, i, j, image + c, dy + c, sums);
            j++;
          }
        }
  if (c == w.channels) return;
  EACH_TAP(w) EACH_PLACE_OF_TAP(w) {
    const float *pixel = image + pixel_of_tap(w, y, x, i, j) * w.channels;
    const float *slopes = dy + (y * w.output_width + x) * filters;
    for (int64_t rest = c, f = c * multiplier; rest < w.channels; rest++)
      for (int64_t m = 0; m < multiplier; m++, f++)
        gradient[tap * filters + f] =
            __builtin_fmaf(pixel[rest], slopes[f], gradient[tap * filters + f]);
  }
}

#undef EACH_PLACE_OF_TAP
#undef EACH_TAP
