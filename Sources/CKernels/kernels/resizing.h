// Resizing of one image[height][width][channels] to any size. Gradients are added in ascending
// order of output pixels; each product is rounded before it is added.

// The pixels around an output pixel, in one dimension.
// Source: `HalfPixelScaler` and `HalfPixelScalerForNN` in
// tensorflow/core/util/image_resizer_state.h.
INLINE struct between resized_pixels(int64_t index, int64_t extent, int64_t output_extent,
                                     int is_bilinear) {
  float centre = ((float)index + 0.5f) * ((float)extent / (float)output_extent);
  if (!is_bilinear) {
    int64_t nearest = smaller(floor_of(centre), extent - 1);
    return (struct between){nearest, nearest, 0};
  }
  float position = centre - 0.5f;
  int64_t first = floor_of(position), second = first + ((float)first < position);
  return (struct between){first < 0 ? 0 : first, smaller(second, extent - 1),
                          position - (float)first};
}

static void resize(struct cairn_resizing s, const float *restrict image, float *restrict out) {
  for (int64_t y = 0; y < s.output_height; y++)
    for (int64_t x = 0; x < s.output_width; x++, out += s.channels) {
      struct between rows = resized_pixels(y, s.height, s.output_height, s.is_bilinear);
      struct between columns = resized_pixels(x, s.width, s.output_width, s.is_bilinear);
      interpolate_corners(image, s.width, s.channels, rows, columns, out);
    }
}

static void resize_gradient(struct cairn_resizing s, const float *restrict dy,
                            float *restrict gradient) {
  for (int64_t y = 0; y < s.output_height; y++)
    for (int64_t x = 0; x < s.output_width; x++, dy += s.channels) {
      struct between rows = resized_pixels(y, s.height, s.output_height, s.is_bilinear);
      struct between columns = resized_pixels(x, s.width, s.output_width, s.is_bilinear);
      add_to_corners(gradient, s.width, s.channels, rows, columns, dy);
    }
}
