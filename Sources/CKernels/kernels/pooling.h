// Max, average and sum pooling of one image.

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

INLINE void pool(const int is_maximum, int is_mean, struct cairn_window w,
                 const float *restrict image, float *restrict out) {
  EACH_WINDOW(w, out) {
    struct place at = window_inside(w, y, x);
    int64_t c = 0;
    if (is_maximum)
      for (; c + lanes <= w.channels; c += lanes) {
        vector best = broadcast(-__builtin_inff());
        EACH_PIXEL(at) {
          // As in `larger`.
          const vector pixel = load(image + (i * w.width + j) * w.channels + c);
          best = choose((best > pixel) | (best != best), best, pixel);
        }
        store(out + c, best);
      }
    const int64_t rest = c;
    for (; c < w.channels; c++) out[c] = is_maximum ? -__builtin_inff() : 0;
    EACH_PIXEL(at) {
      const float *pixel = image + (i * w.width + j) * w.channels;
      for (c = rest; c < w.channels; c++)
        out[c] = is_maximum ? larger(out[c], pixel[c]) : out[c] + pixel[c];
    }
    if (is_maximum) continue;
    float weight = weight_in(at, is_mean);
    for (c = 0; c < w.channels; c++) out[c] *= weight;
  }
}

static void max_pool(struct cairn_window w, const float *image, float *out) {
  pool(1, 0, w, image, out);
}

static void sum_pool(struct cairn_window w, int is_mean, const float *image, float *out) {
  pool(0, is_mean, w, image, out);
}

static void max_pool_gradient(struct cairn_window w, const float *image, const float *dy,
                              float *gradient) {
  EACH_WINDOW(w, dy) {
    struct place at = window_inside(w, y, x);
    int64_t c = 0;
    for (; c + lanes <= w.channels; c += lanes) {
      // The number of the first pixel with the maximum, among those of the window.
      vector best = load(image + (at.first_row * w.width + at.first_column) * w.channels + c);
      integer_vector chosen = {0}, number = {0};
      EACH_PIXEL(at) {
        const vector pixel = load(image + (i * w.width + j) * w.channels + c);
        const integer_vector is_larger = pixel > best;
        best = choose(is_larger, pixel, best);
        chosen = (chosen & ~is_larger) | (number & is_larger);
        number += 1;
      }
      number = (integer_vector){0};
      EACH_PIXEL(at) {
        float *slope = gradient + (i * w.width + j) * w.channels + c;
        const vector share = (vector)((integer_vector)load(dy + c) & (chosen == number));
        store(slope, load(slope) + share);
        number += 1;
      }
    }
    for (; c < w.channels; c++) {
      int64_t best = (at.first_row * w.width + at.first_column) * w.channels + c;
      EACH_PIXEL(at) {
        int64_t pixel = (i * w.width + j) * w.channels + c;
        if (image[pixel] > image[best]) best = pixel;
      }
      gradient[best] += dy[c];
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
