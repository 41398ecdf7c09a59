// A row of the window is contiguous in the image, so it is copied at once, cut to what lies
// inside the image.
struct span {
  int64_t first, count;  // window columns inside the image
};

INLINE struct span columns_inside(struct cairn_window w, int64_t left) {
  int64_t first = left < 0 ? smaller(-left, w.window_width) : 0;
  int64_t end = smaller(w.window_width, w.width - left);
  return (struct span){first, end > first ? end - first : 0};
}

static void columns_to_image(struct cairn_window w, const float *columns, float *image) {
  for (int64_t y = 0; y < w.output_height; y++)
    for (int64_t x = 0; x < w.output_width; x++) {
      int64_t left = x * w.stride_width - w.padding_left;
      struct span inside = columns_inside(w, left);
      for (int64_t i = 0; i < w.window_height; i++, columns += w.window_width * w.channels) {
        int64_t row = y * w.stride_height - w.padding_top + i;
        if (row < 0 || row >= w.height) continue;
        int64_t before = inside.first * w.channels, count = inside.count * w.channels;
        float *to = image + (row * w.width + left) * w.channels;
        for (int64_t j = before; j < before + count; j++) to[j] += columns[j];
      }
    }
}
