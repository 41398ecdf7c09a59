// Each place of the window over an image, and each of its taps, in order.
#define EACH_TAP(w)                                                   \
  for (int64_t y = 0, place = 0; y < w.output_height; y++)            \
    for (int64_t x = 0; x < w.output_width; x++, place++)             \
      for (int64_t i = 0, tap = 0; i < w.window_height; i++)          \
        for (int64_t j = 0; j < w.window_width; j++, tap++)

// The number of the pixel under a tap, or −1 if it is outside the image.
INLINE int64_t pixel_under(struct cairn_window w, int64_t y, int64_t x, int64_t i, int64_t j) {
  int64_t row = y * w.stride_height - w.padding_top + i * w.dilation_height;
  int64_t column = x * w.stride_width - w.padding_left + j * w.dilation_width;
  int is_inside = row >= 0 && row < w.height && column >= 0 && column < w.width;
  return is_inside ? row * w.width + column : -1;
}

static void depthwise(struct cairn_window w, int64_t multiplier, const float *restrict image,
                      const float *restrict kernel, float *restrict out) {
  const int64_t filters = w.channels * multiplier;
  for (int64_t k = 0; k < w.output_height * w.output_width * filters; k++) out[k] = 0;
  EACH_TAP(w) {
    int64_t pixel = pixel_under(w, y, x, i, j);
    if (pixel < 0) continue;
    const float *restrict seen = image + pixel * w.channels;
    const float *restrict factor = kernel + tap * filters;
    float *restrict to = out + place * filters;
    if (multiplier == 1)
      for (int64_t c = 0; c < w.channels; c++) to[c] += seen[c] * factor[c];
    else
      for (int64_t c = 0; c < w.channels; c++)
        for (int64_t m = 0; m < multiplier; m++)
          to[c * multiplier + m] += seen[c] * factor[c * multiplier + m];
  }
}

static void depthwise_image_gradient(struct cairn_window w, int64_t multiplier,
                                     const float *restrict dy, const float *restrict kernel,
                                     float *restrict gradient) {
  const int64_t filters = w.channels * multiplier;
  EACH_TAP(w) {
    int64_t pixel = pixel_under(w, y, x, i, j);
    if (pixel < 0) continue;
    const float *restrict from = dy + place * filters, *restrict factor = kernel + tap * filters;
    float *restrict to = gradient + pixel * w.channels;
    if (multiplier == 1)
      for (int64_t c = 0; c < w.channels; c++) to[c] += from[c] * factor[c];
    else
      for (int64_t c = 0; c < w.channels; c++)
        for (int64_t m = 0; m < multiplier; m++)
          to[c] += from[c * multiplier + m] * factor[c * multiplier + m];
  }
}

static void depthwise_kernel_gradient(struct cairn_window w, int64_t multiplier,
                                      const float *restrict image, const float *restrict dy,
                                      float *restrict gradient) {
  const int64_t filters = w.channels * multiplier;
  EACH_TAP(w) {
    int64_t pixel = pixel_under(w, y, x, i, j);
    if (pixel < 0) continue;
    const float *restrict seen = image + pixel * w.channels, *restrict from = dy + place * filters;
    float *restrict to = gradient + tap * filters;
    if (multiplier == 1)
      for (int64_t c = 0; c < w.channels; c++) to[c] += seen[c] * from[c];
    else
      for (int64_t c = 0; c < w.channels; c++)
        for (int64_t m = 0; m < multiplier; m++)
          to[c * multiplier + m] += seen[c] * from[c * multiplier + m];
  }
}

#undef EACH_TAP
