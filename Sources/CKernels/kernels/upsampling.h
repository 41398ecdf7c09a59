// Bilinear interpolation of one image[height][width][channels]. Gradients are added in ascending
// order of output pixels; each product is rounded before it is added.

// The position of the centre of an output pixel, in one dimension: between the centres of the input
// pixels `first` and `second` (the same at the border), at the fraction `weight` of the distance.
struct between {
  int64_t first, second;
  float weight;
};

INLINE struct between pixels_around(int64_t index, int64_t factor, int64_t extent) {
  // (index + ½) / factor − ½, in units of 1 / (2 · factor), plus 1, so that it is not negative.
  int64_t parts = 2 * index + 1 + factor, whole = 2 * factor;
  int64_t first = parts / whole - 1;
  return (struct between){first < 0 ? 0 : first, smaller(first + 1, extent - 1),
                          (float)(parts % whole) / (float)whole};
}

// Interpolates between four pixels.
INLINE void interpolate_corners(const float *image, int64_t width, int64_t channels,
                                struct between rows, struct between columns, float *out) {
  const float *upper = image + rows.first * width * channels;
  const float *lower = image + rows.second * width * channels;
  int64_t left = columns.first * channels, right = columns.second * channels;
  for (int64_t c = 0; c < channels; c++) {
    float top = upper[left + c] + (upper[right + c] - upper[left + c]) * columns.weight;
    float bottom = lower[left + c] + (lower[right + c] - lower[left + c]) * columns.weight;
    out[c] = top + (bottom - top) * rows.weight;
  }
}

// Adds the gradient of an output pixel to those of the four pixels that it lies between.
INLINE void add_to_corners(float *gradient, int64_t width, int64_t channels, struct between rows,
                           struct between columns, const float *dy) {
  for (int corner = 0; corner < 4; corner++) {
    int64_t row = corner < 2 ? rows.first : rows.second;
    int64_t column = corner % 2 == 0 ? columns.first : columns.second;
    float weight = (corner < 2 ? 1 - rows.weight : rows.weight) *
                   (corner % 2 == 0 ? 1 - columns.weight : columns.weight);
    float *pixel = gradient + (row * width + column) * channels;
    for (int64_t c = 0; c < channels; c++) pixel[c] += weight * dy[c];
  }
}

static void upsample_bilinear(struct cairn_upsampling s, const float *restrict image,
                              float *restrict out) {
  for (int64_t y = 0; y < s.height * s.row_factor; y++)
    for (int64_t x = 0; x < s.width * s.column_factor; x++, out += s.channels) {
      struct between rows = pixels_around(y, s.row_factor, s.height);
      struct between columns = pixels_around(x, s.column_factor, s.width);
      interpolate_corners(image, s.width, s.channels, rows, columns, out);
    }
}

static void upsample_bilinear_gradient(struct cairn_upsampling s, const float *restrict dy,
                                       float *restrict gradient) {
  for (int64_t y = 0; y < s.height * s.row_factor; y++)
    for (int64_t x = 0; x < s.width * s.column_factor; x++, dy += s.channels) {
      struct between rows = pixels_around(y, s.row_factor, s.height);
      struct between columns = pixels_around(x, s.column_factor, s.width);
      add_to_corners(gradient, s.width, s.channels, rows, columns, dy);
    }
}
