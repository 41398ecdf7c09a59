// Depthwise convolution of one image. The result and both gradients are sums of products over the
// same taps: the elements of the window that are inside the image.

// The index of the pixel under a tap, or −1 if it is outside the image.
INLINE int64_t pixel_under(struct cairn_window w, int64_t y, int64_t x, int64_t i, int64_t j) {
  int64_t row = y * w.stride_height - w.padding_top + i * w.dilation_height;
  int64_t column = x * w.stride_width - w.padding_left + j * w.dilation_width;
  int is_inside = row >= 0 && row < w.height && column >= 0 && column < w.width;
  return is_inside ? row * w.width + column : -1;
}

// For each output pixel `place`, in order: each `tap` of the window and the input `pixel` under it.
#define EACH_TAP(w)                                                   \
  for (int64_t y = 0, place = 0; y < w.output_height; y++)            \
    for (int64_t x = 0; x < w.output_width; x++, place++)             \
      for (int64_t i = 0, tap = 0; i < w.window_height; i++)          \
        for (int64_t j = 0, pixel; j < w.window_width; j++, tap++)    \
          if ((pixel = pixel_under(w, y, x, i, j)) >= 0)

// Adds a product for each channel `c` and each of its filters `f`, in order. With one filter per
// channel, this is a loop that can be vectorized.
#define EACH_FILTER(add_product)                                        \
  if (multiplier == 1)                                                  \
    for (int64_t c = 0, f = 0; c < w.channels; c++, f = c) add_product; \
  else                                                                  \
    for (int64_t c = 0; c < w.channels; c++)                            \
      for (int64_t m = 0, f; m < multiplier; m++) f = c * multiplier + m, add_product;

static void depthwise(struct cairn_window w, int64_t multiplier, const float *restrict image,
                      const float *restrict kernel, float *restrict out) {
  const int64_t filters = w.channels * multiplier;
  for (int64_t k = 0; k < w.output_height * w.output_width * filters; k++) out[k] = 0;
  EACH_TAP(w) {
    const float *restrict x = image + pixel * w.channels, *restrict weight = kernel + tap * filters;
    float *restrict sum = out + place * filters;
    EACH_FILTER(sum[f] += x[c] * weight[f])
  }
}

static void depthwise_image_gradient(struct cairn_window w, int64_t multiplier,
                                     const float *restrict dy, const float *restrict kernel,
                                     float *restrict gradient) {
  const int64_t filters = w.channels * multiplier;
  EACH_TAP(w) {
    const float *restrict g = dy + place * filters, *restrict weight = kernel + tap * filters;
    float *restrict sum = gradient + pixel * w.channels;
    EACH_FILTER(sum[c] += g[f] * weight[f])
  }
}

static void depthwise_kernel_gradient(struct cairn_window w, int64_t multiplier,
                                      const float *restrict image, const float *restrict dy,
                                      float *restrict gradient) {
  const int64_t filters = w.channels * multiplier;
  EACH_TAP(w) {
    const float *restrict x = image + pixel * w.channels, *restrict g = dy + place * filters;
    float *restrict sum = gradient + tap * filters;
    EACH_FILTER(sum[f] += x[c] * g[f])
  }
}

#undef EACH_FILTER
#undef EACH_TAP
