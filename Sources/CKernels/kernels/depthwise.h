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

// sums += a · b over all taps, with the offsets of the three operands for a tap.
#define SUM_OF_PRODUCTS(name, a_offset, b_offset, sums_offset, add_product)                     \
  static void name(struct cairn_window w, int64_t multiplier, const float *restrict all_a,      \
                   const float *restrict all_b, float *restrict sums) {                         \
    const int64_t filters = w.channels * multiplier;                                            \
    EACH_TAP(w) {                                                                               \
      const float *restrict a = all_a + (a_offset), *restrict b = all_b + (b_offset);           \
      float *restrict sum = sums + (sums_offset);                                               \
      EACH_FILTER(add_product)                                                                  \
    }                                                                                           \
  }

// a: the image, b: the kernel
SUM_OF_PRODUCTS(add_features, pixel * w.channels, tap * filters, place * filters,
                sum[f] += a[c] * b[f])
// a: the gradient of the features, b: the kernel
SUM_OF_PRODUCTS(depthwise_image_gradient, place * filters, tap * filters, pixel * w.channels,
                sum[c] += a[f] * b[f])
// a: the image, b: the gradient of the features
SUM_OF_PRODUCTS(depthwise_kernel_gradient, pixel * w.channels, place * filters, tap * filters,
                sum[f] += a[c] * b[f])

static void depthwise(struct cairn_window w, int64_t multiplier, const float *restrict image,
                      const float *restrict kernel, float *restrict out) {
  const int64_t count = w.output_height * w.output_width * w.channels * multiplier;
  for (int64_t i = 0; i < count; i++) out[i] = 0;
  add_features(w, multiplier, image, kernel, out);
}

#undef SUM_OF_PRODUCTS
#undef EACH_FILTER
#undef EACH_TAP
