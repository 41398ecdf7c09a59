// The adjoint of the patch matrix of a convolution (im2col): adds
//
//     columns[output_height · output_width][window_height · window_width · window_channels]
//
// to image[height][width][channels], in ascending order of output pixels.

// A row of the window covers one run of pixels in the image, which is clipped to the image and
// added at once. If the window is dilated or covers only some of the channels, each pixel is a run.
struct span {
  int64_t first, count;  // pixels of a run inside the image
};

INLINE struct span columns_inside(struct cairn_window w, int64_t left, int64_t width) {
  int64_t first = left < 0 ? smaller(-left, width) : 0;
  int64_t end = smaller(width, w.width - left);
  return (struct span){first, end > first ? end - first : 0};
}

INLINE void add_runs(const int is_one_run, struct cairn_window w, const float *columns,
                     float *image) {
  const int64_t runs = is_one_run ? 1 : w.window_width, run = is_one_run ? w.window_width : 1;
  const int64_t channels = is_one_run ? w.channels : w.window_channels;
  for (int64_t y = 0; y < w.output_height; y++)
    for (int64_t x = 0; x < w.output_width; x++) {
      int64_t first = x * w.stride_width - w.padding_left;
      struct span inside = columns_inside(w, first, run);
      for (int64_t i = 0; i < w.window_height; i++) {
        int64_t row = y * w.stride_height - w.padding_top + i * w.dilation_height;
        for (int64_t j = 0; j < runs; j++, columns += run * channels) {
          int64_t left = first + j * w.dilation_width;
          if (row < 0 || row >= w.height) continue;
          if (!is_one_run) inside = columns_inside(w, left, run);
          int64_t before = inside.first * channels, count = inside.count * channels;
          float *to = image + (row * w.width + left) * w.channels;
          for (int64_t k = before; k < before + count; k++) to[k] += columns[k];
        }
      }
    }
}

static void col2im(struct cairn_window w, const float *columns, float *image) {
  if (w.dilation_width == 1 && w.window_channels == w.channels)
    add_runs(1, w, columns, image);
  else
    add_runs(0, w, columns, image);
}
