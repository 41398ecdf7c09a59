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

// A block of taps, and neighbouring outputs that it is applied to.
struct tap_block {
  int64_t rows, columns;            // of taps
  int64_t row_step, column_step;    // between taps in the image
  int64_t kernel_row, kernel_step;  // between taps in the kernel
  int64_t output_step;              // in the image, between outputs
  int64_t channels;
};

// Sixteen channels of out[output][c] = Σ taps image · kernel, with the kernel's vector loaded once
// for all outputs.
INLINE void convolve_vector(const int outputs, const struct tap_block *t, int64_t c,
                            const float *image, const float *kernel, float *out) {
  vector sums[4] = {{0}, {0}, {0}, {0}};
  for (int64_t i = 0; i < t->rows; i++) {
    const float *pixel = image + i * t->row_step + c, *factor = kernel + i * t->kernel_row + c;
    for (int64_t j = 0; j < t->columns; j++) {
      const vector k = load(factor);
#pragma clang loop unroll(full)
      for (int o = 0; o < outputs; o++)
        sums[o] = fused_multiply_add(load(pixel + o * t->output_step), k, sums[o]);
      pixel += t->column_step;
      factor += t->kernel_step;
    }
  }
#pragma clang loop unroll(full)
  for (int o = 0; o < outputs; o++) store(out + o * t->channels + c, sums[o]);
}

// All channels. The last vector overlaps the one before it, and computes some channels twice.
INLINE void convolve_block(const int outputs, const struct tap_block *t, const float *image,
                           const float *kernel, float *out) {
  int64_t c = 0;
  for (; c + lanes <= t->channels; c += lanes)
    convolve_vector(outputs, t, c, image, kernel, out);
  if (c < t->channels && c > 0) {
    convolve_vector(outputs, t, t->channels - lanes, image, kernel, out);
    return;
  }
  for (; c < t->channels; c++)
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
      if (x >= whole && x + 4 <= end) {
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
#pragma clang loop unroll(full)
  for (int n = 0; n < taps; n++) sums[n] = load(gradient + n * w.channels);
  const struct span rows = positions_inside(i * w.dilation_height - w.padding_top,
                                            w.stride_height, w.height, w.output_height);
  struct span columns[3];
#pragma clang loop unroll(full)
  for (int n = 0; n < taps; n++)
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
      if (x >= whole && x < end) {
        for (; x < end; x++) {
          const vector slope = load(slopes + x * w.channels);
#pragma clang loop unroll(full)
          for (int n = 0; n < taps; n++)
            sums[n] = fused_multiply_add(load(pixels + x * stride + n * step), slope, sums[n]);
        }
        x--;
        continue;
      }
#pragma clang loop unroll(full)
      for (int n = 0; n < taps; n++)
        if (x >= columns[n].first && x < columns[n].first + columns[n].count)
          sums[n] = fused_multiply_add(load(pixels + x * stride + n * step),
                                       load(slopes + x * w.channels), sums[n]);
    }
  }
#pragma clang loop unroll(full)
  for (int n = 0; n < taps; n++) store(gradient + n * w.channels, sums[n]);
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
