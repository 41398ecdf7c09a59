struct place {
  int64_t first_row, last_row, first_column, last_column;  // of the window, inside the image
};

INLINE struct place window_inside(struct cairn_window w, int64_t y, int64_t x) {
  int64_t top = y * w.stride_height - w.padding_top;
  int64_t left = x * w.stride_width - w.padding_left;
  return (struct place){top < 0 ? 0 : top, smaller(top + w.window_height, w.height),
                        left < 0 ? 0 : left, smaller(left + w.window_width, w.width)};
}

static void max_pool(struct cairn_window w, const float *image, float *out) {
  for (int64_t y = 0; y < w.output_height; y++)
    for (int64_t x = 0; x < w.output_width; x++, out += w.channels) {
      struct place at = window_inside(w, y, x);
      for (int64_t c = 0; c < w.channels; c++) out[c] = -__builtin_inff();
      for (int64_t i = at.first_row; i < at.last_row; i++)
        for (int64_t j = at.first_column; j < at.last_column; j++) {
          const float *pixel = image + (i * w.width + j) * w.channels;
          for (int64_t c = 0; c < w.channels; c++) out[c] = larger(out[c], pixel[c]);
        }
    }
}

static void max_pool_gradient(struct cairn_window w, const float *image, const float *dy,
                              float *gradient) {
  for (int64_t y = 0; y < w.output_height; y++)
    for (int64_t x = 0; x < w.output_width; x++, dy += w.channels) {
      struct place at = window_inside(w, y, x);
      for (int64_t c = 0; c < w.channels; c++) {
        int64_t best = (at.first_row * w.width + at.first_column) * w.channels + c;
        for (int64_t i = at.first_row; i < at.last_row; i++)
          for (int64_t j = at.first_column; j < at.last_column; j++) {
            int64_t pixel = (i * w.width + j) * w.channels + c;
            if (image[pixel] > image[best]) best = pixel;
          }
        gradient[best] += dy[c];
      }
    }
}

// What the elements of a window are multiplied by in their sum or mean.
INLINE float weight_in(struct place at, int is_mean) {
  int64_t count = (at.last_row - at.first_row) * (at.last_column - at.first_column);
  return is_mean ? 1 / (float)count : 1;
}

static void sum_pool(struct cairn_window w, int is_mean, const float *restrict image,
                     float *restrict out) {
  for (int64_t y = 0; y < w.output_height; y++)
    for (int64_t x = 0; x < w.output_width; x++, out += w.channels) {
      struct place at = window_inside(w, y, x);
      for (int64_t c = 0; c < w.channels; c++) out[c] = 0;
      for (int64_t i = at.first_row; i < at.last_row; i++)
        for (int64_t j = at.first_column; j < at.last_column; j++) {
          const float *pixel = image + (i * w.width + j) * w.channels;
          for (int64_t c = 0; c < w.channels; c++) out[c] += pixel[c];
        }
      float weight = weight_in(at, is_mean);
      for (int64_t c = 0; c < w.channels; c++) out[c] *= weight;
    }
}

static void sum_pool_gradient(struct cairn_window w, int is_mean, const float *restrict dy,
                              float *restrict gradient) {
  for (int64_t y = 0; y < w.output_height; y++)
    for (int64_t x = 0; x < w.output_width; x++, dy += w.channels) {
      struct place at = window_inside(w, y, x);
      float weight = weight_in(at, is_mean);
      for (int64_t i = at.first_row; i < at.last_row; i++)
        for (int64_t j = at.first_column; j < at.last_column; j++) {
          float *pixel = gradient + (i * w.width + j) * w.channels;
          for (int64_t c = 0; c < w.channels; c++) pixel[c] += weight * dy[c];
        }
    }
}
