// Max, average and sum pooling of one image[height][width][channels] into
// out[output_height][output_width][channels]. The pixels of a window are added in ascending order,
// and the gradients of a pixel by windows in ascending order. Pixels outside the image do not
// count; each window has at least one inside.

// The part of a window that is inside the image.
struct place {
  int64_t first_row, last_row, first_column, last_column;
};

INLINE struct place window_inside(struct cairn_window w, int64_t y, int64_t x) {
  int64_t top = y * w.stride_height - w.padding_top;
  int64_t left = x * w.stride_width - w.padding_left;
  return (struct place){top < 0 ? 0 : top, smaller(top + w.window_height, w.height),
                        left < 0 ? 0 : left, smaller(left + w.window_width, w.width)};
}

// Each window, in order; `output` advances to its pixel of the output image.
#define EACH_WINDOW(w, output)                        \
  for (int64_t y = 0; y < w.output_height; y++)       \
    for (int64_t x = 0; x < w.output_width; x++, output += w.channels)

// Each pixel (i, j) of a window, in order.
#define EACH_PIXEL(at)                                    \
  for (int64_t i = at.first_row; i < at.last_row; i++)    \
    for (int64_t j = at.first_column; j < at.last_column; j++)

// The factor of each element of a window in its sum or mean.
INLINE float weight_in(struct place at, int is_mean) {
  int64_t count = (at.last_row - at.first_row) * (at.last_column - at.first_column);
  return is_mean ? 1 / (float)count : 1;
}

INLINE void sum_window(struct cairn_window w, struct place at, int is_mean, const float *image,
                       float *restrict out) {
  const float weight = weight_in(at, is_mean);
  if (w.channels < lanes && MASKED_REGISTERS > 0) {
    vector sum = {0};
    EACH_PIXEL(at) sum += load_first(image + (i * w.width + j) * w.channels, w.channels);
    store_first(out, sum * weight, w.channels);
    return;
  }
  if (w.channels < lanes) {
    for (int64_t c = 0; c < w.channels; c++) {
      float sum = 0;
      EACH_PIXEL(at) sum += image[(i * w.width + j) * w.channels + c];
      out[c] = sum * weight;
    }
    return;
  }
  // Four vectors; the last ones may overlap or be the same.
  for (int64_t c = 0; c < w.channels; c += 4 * lanes) {
    vector sums[4] = {{0}, {0}, {0}, {0}};
    int64_t first[4];
    UNROLLED(n, 4) first[n] = smaller(c + n * lanes, w.channels - lanes);
    EACH_PIXEL(at) {
      const float *pixel = image + (i * w.width + j) * w.channels;
      UNROLLED(n, 4) sums[n] += load(pixel + first[n]);
    }
    UNROLLED(n, 4) store(out + first[n], sums[n] * weight);
  }
}

static void sum_pool(struct cairn_window w, int is_mean, const float *image, float *out) {
  EACH_WINDOW(w, out) sum_window(w, window_inside(w, y, x), is_mean, image, out);
}

// The maximum of each channel over rows × columns pixels.
INLINE void maximum_of_window(const int64_t rows, const int64_t columns, int64_t channels,
                              int64_t row_stride, const float *image, float *out) {
  if (channels >= lanes) {
    // Two vectors; the last ones may overlap or be the same.
    for (int64_t c = 0; c < channels; c += 2 * lanes) {
      const int64_t a = smaller(c, channels - lanes), b = smaller(c + lanes, channels - lanes);
      vector best[2] = {broadcast(-__builtin_inff()), broadcast(-__builtin_inff())};
      for (int64_t i = 0; i < rows; i++)
        for (int64_t j = 0; j < columns; j++) {
          const float *pixel = image + i * row_stride + j * channels;
          best[0] = larger_vector(best[0], load(pixel + a));
          best[1] = larger_vector(best[1], load(pixel + b));
        }
      store(out + a, best[0]);
      store(out + b, best[1]);
    }
    return;
  }
  if (MASKED_REGISTERS > 0) {
    vector best = broadcast(-__builtin_inff());
    for (int64_t i = 0; i < rows; i++)
      for (int64_t j = 0; j < columns; j++)
        best = larger_vector(best, load_first(image + i * row_stride + j * channels, channels));
    store_first(out, best, channels);
    return;
  }
  for (int64_t c = 0; c < channels; c++) {
    out[c] = -__builtin_inff();
    for (int64_t i = 0; i < rows; i++)
      for (int64_t j = 0; j < columns; j++)
        out[c] = larger(out[c], image[i * row_stride + j * channels + c]);
  }
}

static void max_pool(struct cairn_window w, const float *image, float *out) {
  const int64_t row = w.width * w.channels;
  EACH_WINDOW(w, out) {
    struct place at = window_inside(w, y, x);
    const int64_t rows = at.last_row - at.first_row, columns = at.last_column - at.first_column;
    const float *first = image + at.first_row * row + at.first_column * w.channels;
    if (rows == 2 && columns == 2)
      maximum_of_window(2, 2, w.channels, row, first, out);
    else
      maximum_of_window(rows, columns, w.channels, row, first, out);
  }
}

// Adds each dy to the first of the pixels of its window that has the maximum.
INLINE void add_to_maximum(const int64_t rows, const int64_t columns, int64_t channels,
                           int64_t row_stride, const float *image, const float *dy,
                           float *gradient) {
  int64_t c = 0;
  for (; c + lanes <= channels; c += lanes) {
    vector best = load(image + c);
    integer_vector chosen = {0}, number = {0};
    for (int64_t i = 0; i < rows; i++)
      for (int64_t j = 0; j < columns; j++, number += 1) {
        const vector pixel = load(image + i * row_stride + j * channels + c);
        const integer_vector is_larger = pixel > best;
        best = choose(is_larger, pixel, best);
        chosen = (chosen & ~is_larger) | (number & is_larger);
      }
    const integer_vector slope = (integer_vector)load(dy + c);
    number = (integer_vector){0};
    for (int64_t i = 0; i < rows; i++)
      for (int64_t j = 0; j < columns; j++, number += 1) {
        float *sum = gradient + i * row_stride + j * channels + c;
        store(sum, load(sum) + (vector)(slope & (chosen == number)));
      }
  }
  for (; c < channels; c++) {
    int64_t best = c;
    for (int64_t i = 0; i < rows; i++)
      for (int64_t j = 0; j < columns; j++) {
        const int64_t pixel = i * row_stride + j * channels + c;
        if (image[pixel] > image[best]) best = pixel;
      }
    gradient[best] += dy[c];
  }
}

static void max_pool_gradient(struct cairn_window w, const float *image, const float *dy,
                              float *gradient) {
  const int64_t row = w.width * w.channels;
  EACH_WINDOW(w, dy) {
    struct place at = window_inside(w, y, x);
    const int64_t rows = at.last_row - at.first_row, columns = at.last_column - at.first_column;
    const int64_t first = at.first_row * row + at.first_column * w.channels;
    if (rows == 2 && columns == 2)
      add_to_maximum(2, 2, w.channels, row, image + first, dy, gradient + first);
    else
      add_to_maximum(rows, columns, w.channels, row, image + first, dy, gradient + first);
  }
}

// The maximum of each channel over rows × columns pixels, and which pixel it is.
INLINE void choose_maximum(const int64_t rows, const int64_t columns, int64_t channels,
                           int64_t row_stride, const float *image, float *out, uint8_t *choice) {
  int64_t c = 0;
  for (; c + lanes <= channels; c += lanes) {
    vector best = broadcast(-__builtin_inff());
    integer_vector chosen = {0}, number = {0};
    for (int64_t i = 0; i < rows; i++)
      for (int64_t j = 0; j < columns; j++, number += 1) {
        const vector pixel = load(image + i * row_stride + j * channels + c);
        const integer_vector is_larger = pixel > best;
        chosen = (chosen & ~is_larger) | (number & is_larger);
        best = larger_vector(best, pixel);
      }
    store(out + c, best);
    store_bytes(choice + c, chosen | (~(best > 0) & 255));
  }
  for (; c < channels; c++) {
    float best = -__builtin_inff();
    int64_t chosen = 0;
    for (int64_t i = 0; i < rows; i++)
      for (int64_t j = 0; j < columns; j++) {
        const float pixel = image[i * row_stride + j * channels + c];
        if (pixel > best) chosen = i * columns + j;
        best = larger(best, pixel);
      }
    out[c] = best;
    choice[c] = best > 0 ? (uint8_t)chosen : 255;
  }
}

static void max_pool_rectified(struct cairn_window w, const float *image, float *out,
                               uint8_t *choice) {
  const int64_t row = w.width * w.channels;
  EACH_WINDOW(w, out) {
    struct place at = window_inside(w, y, x);
    const int64_t rows = at.last_row - at.first_row, columns = at.last_column - at.first_column;
    const float *first = image + at.first_row * row + at.first_column * w.channels;
    if (rows == 2 && columns == 2)
      choose_maximum(2, 2, w.channels, row, first, out, choice);
    else
      choose_maximum(rows, columns, w.channels, row, first, out, choice);
    choice += w.channels;
  }
}

// The gradient of some vectors of channels, from the channel that the arguments begin with.
INLINE void spread_to_choices(const int vectors, struct cairn_window w, const uint8_t *choice,
                              const float *dy, float *gradient, float *sums) {
  vector total[2] = {{0}, {0}};
  if (sums)
    for (int n = 0; n < vectors; n++) total[n] = load(sums + n * lanes);
  for (int64_t y = 0; y < w.output_height; y++) {
    const struct place band = window_inside(w, y, 0);
    for (int64_t i = band.first_row; i < band.last_row; i++)
      for (int64_t x = 0; x < w.output_width; x++) {
        const struct place at = window_inside(w, y, x);
        const int64_t window = (y * w.output_width + x) * w.channels;
        integer_vector chosen[2], slope[2];
        UNROLLED(n, vectors) {
          chosen[n] = load_bytes(choice + window + n * lanes);
          slope[n] = (integer_vector)load(dy + window + n * lanes);
        }
        int32_t number = (int32_t)((i - at.first_row) * (at.last_column - at.first_column));
        for (int64_t j = at.first_column; j < at.last_column; j++, number++)
          UNROLLED(n, vectors) {
            const vector z = (vector)(slope[n] & (chosen[n] == number));
            store(gradient + (i * w.width + j) * w.channels + n * lanes, z);
            total[n] += z;
          }
      }
  }
  if (sums)
    for (int n = 0; n < vectors; n++) store(sums + n * lanes, total[n]);
}

static void max_pool_rectified_gradient(struct cairn_window w, const uint8_t *choice,
                                        const float *dy, float *gradient, float *sums) {
  const int covers_rows = w.padding_top == 0 && w.stride_height == w.window_height &&
                          w.output_height * w.window_height == w.height;
  const int covers_columns = w.padding_left == 0 && w.stride_width == w.window_width &&
                             w.output_width * w.window_width == w.width;
  if (!covers_rows || !covers_columns)  // some pixels are in no window
    memset(gradient, 0, (size_t)(w.height * w.width * w.channels) * sizeof(float));
  int64_t c = 0;
#define PART(vectors) \
  spread_to_choices(vectors, w, choice + c, dy + c, gradient + c, sums ? sums + c : 0)
  for (; c + 2 * lanes <= w.channels; c += 2 * lanes) PART(2);
  for (; c + lanes <= w.channels; c += lanes) PART(1);
#undef PART
  for (; c < w.channels; c++)
    for (int64_t y = 0; y < w.output_height; y++) {
      const struct place band = window_inside(w, y, 0);
      for (int64_t i = band.first_row; i < band.last_row; i++)
        for (int64_t x = 0; x < w.output_width; x++) {
          const struct place at = window_inside(w, y, x);
          const int64_t window = (y * w.output_width + x) * w.channels + c;
          int64_t number = (i - at.first_row) * (at.last_column - at.first_column);
          for (int64_t j = at.first_column; j < at.last_column; j++, number++) {
            const float z = choice[window] == number ? dy[window] : 0;
            gradient[(i * w.width + j) * w.channels + c] = z;
            if (sums) sums[c] += z;
          }
        }
    }
}

static void sum_pool_gradient(struct cairn_window w, int is_mean, const float *restrict dy,
                              float *restrict gradient) {
  EACH_WINDOW(w, dy) {
    struct place at = window_inside(w, y, x);
    float weight = weight_in(at, is_mean);
    EACH_PIXEL(at) {
      float *pixel = gradient + (i * w.width + j) * w.channels;
      for (int64_t c = 0; c < w.channels; c++) pixel[c] += weight * dy[c];
    }
  }
}

#undef EACH_PIXEL
#undef EACH_WINDOW
