// Resampling of one image[height][width][channels] at other positions. Gradients are added in
// ascending order of output pixels; each product is rounded before it is added.

// The nearest integer; halves are rounded away from 0.
INLINE int32_t round_of(float x) {
  int32_t whole = (int32_t)x;
  float rest = x - (float)whole;
  return whole + (rest >= 0.5f) - (rest <= -0.5f);
}

INLINE float clamped(float x, float low, float high) {
  // In this order, so that NaN becomes the lower bound.
  x = x > low ? x : low;
  return x < high ? x : high;
}

// Moves a coordinate into the image.
// Source: `MapCoordinate` in tensorflow/core/kernels/image/image_ops.h.
INLINE float mapped_inside(float x, int64_t extent, enum cairn_fill fill) {
  const float last = (float)(extent - 1), period = (float)(2 * extent);
  x = clamped(x, -0x1p30f, 0x1p30f);
  if (fill == cairn_fill_constant) return x;
  if (extent == 1) return 0;
  if (fill == cairn_fill_reflect) {
    if (x < 0) {
      x += period * (float)(int32_t)(-x / period);
      x = x < -(float)extent ? x + period : -x - 1;
    } else if (x > last) {
      x -= period * (float)(int32_t)(x / period);
      if (x >= (float)extent) x = period - x - 1;
    }
  } else if (fill == cairn_fill_wrap) {
    if (x < 0)
      x += (float)extent * (float)((int32_t)(-x / last) + 1);
    else if (x > last)
      x -= (float)extent * (float)(int32_t)(x / last);
  }
  return clamped(x, 0, last);
}

// The position in the input of a pixel of the output.
struct position {
  float x, y;
};

INLINE struct position warped_position(const struct cairn_warp *w, int64_t row, int64_t column,
                                       enum cairn_fill fill) {
  const float *m = w->matrix, x = (float)column, y = (float)row;
  struct position p = {m[0] * x + m[1] * y + m[2], m[3] * x + m[4] * y + m[5]};
  if (w->displacements) {
    const float *displacement = w->displacements + row * w->width + column;
    p.x += displacement[0];
    p.y += displacement[w->height * w->width];
  }
  return (struct position){mapped_inside(p.x, w->width, fill), mapped_inside(p.y, w->height, fill)};
}

// A pixel, or the fill values outside the image.
INLINE const float *pixel_at(const struct cairn_warp *w, const float *image, int64_t row,
                             int64_t column) {
  int is_inside = row >= 0 && row < w->height && column >= 0 && column < w->width;
  return is_inside ? image + (row * w->width + column) * w->channels : w->fill_values;
}

INLINE void warp_pixels(const struct cairn_warp *w, const float *restrict image,
                        float *restrict out, enum cairn_fill fill, int is_bilinear) {
  const int64_t channels = w->channels;
  for (int64_t y = 0; y < w->height; y++)
    for (int64_t x = 0; x < w->width; x++, out += channels) {
      struct position p = warped_position(w, y, x, fill);
      if (!is_bilinear) {
        const float *pixel = pixel_at(w, image, round_of(p.y), round_of(p.x));
        for (int64_t c = 0; c < channels; c++) out[c] = pixel[c];
        continue;
      }
      int32_t row = floor_of(p.y), column = floor_of(p.x);
      float after_x = p.x - (float)column, before_x = (float)column + 1 - p.x;
      float after_y = p.y - (float)row, before_y = (float)row + 1 - p.y;
      const float *corners[4];
      for (int i = 0; i < 4; i++) corners[i] = pixel_at(w, image, row + i / 2, column + i % 2);
      for (int64_t c = 0; c < channels; c++) {
        float top = before_x * corners[0][c] + after_x * corners[1][c];
        float bottom = before_x * corners[2][c] + after_x * corners[3][c];
        out[c] = before_y * top + after_y * bottom;
      }
    }
}

static void warp(const struct cairn_warp *w, const float *restrict image, float *restrict out) {
#define WARP_WITH(fill)                                              \
  case fill:                                                         \
    if (w->is_bilinear)                                              \
      warp_pixels(w, image, out, fill, 1);                           \
    else                                                             \
      warp_pixels(w, image, out, fill, 0);                           \
    break;
  switch (w->fill) {
    WARP_WITH(cairn_fill_constant)
    WARP_WITH(cairn_fill_nearest)
    WARP_WITH(cairn_fill_reflect)
    WARP_WITH(cairn_fill_wrap)
  }
#undef WARP_WITH
}

static void warp_gradient(const struct cairn_warp *w, const float *restrict dy,
                          float *restrict gradient) {
  for (int64_t y = 0; y < w->height; y++)
    for (int64_t x = 0; x < w->width; x++, dy += w->channels) {
      struct position p = warped_position(w, y, x, w->fill);
      int32_t row = w->is_bilinear ? floor_of(p.y) : round_of(p.y);
      int32_t column = w->is_bilinear ? floor_of(p.x) : round_of(p.x);
      float after_x = w->is_bilinear ? p.x - (float)column : 0;
      float after_y = w->is_bilinear ? p.y - (float)row : 0;
      for (int corner = 0; corner < 4; corner++) {
        int64_t i = row + corner / 2, j = column + corner % 2;
        if (i < 0 || i >= w->height || j < 0 || j >= w->width) continue;
        float weight = (corner < 2 ? 1 - after_y : after_y) *
                       (corner % 2 == 0 ? 1 - after_x : after_x);
        float *pixel = gradient + (i * w->width + j) * w->channels;
        for (int64_t c = 0; c < w->channels; c++) pixel[c] += weight * dy[c];
      }
    }
}

// Σ weights[k] · x[k · stride] for 16 columns.
INLINE vector weighted_sum(int64_t taps, const float *restrict weights, const float *restrict x,
                           int64_t stride) {
  vector sum = {0};
  for (int64_t k = 0; k < taps; k++) sum += broadcast(weights[k]) * load(x + k * stride);
  return sum;
}

// The rows of the scratch memory are padded to whole vectors, with `radius` rows of zeros on both
// sides. Behind them is one row of x between zeros.
static void smooth(int64_t rows, int64_t columns, int64_t radius, const float *restrict weights,
                   float *restrict x, float *restrict scratch) {
  const int64_t taps = 2 * radius + 1, stride = (columns + lanes - 1) / lanes * lanes;
  float *line = scratch + (rows + 2 * radius) * stride;
  memset(scratch, 0, (size_t)((rows + 2 * radius) * stride + stride + 2 * radius) * sizeof(float));
  for (int64_t row = 0; row < rows; row++) {
    memcpy(line + radius, x + row * columns, (size_t)columns * sizeof(float));
    for (int64_t i = 0; i < columns; i += lanes)
      store(scratch + (row + radius) * stride + i, weighted_sum(taps, weights, line + i, 1));
  }
  for (int64_t row = 0; row < rows; row++)
    for (int64_t i = 0; i < columns; i += lanes)
      store_first(x + row * columns + i,
                  weighted_sum(taps, weights, scratch + row * stride + i, stride),
                  smaller(columns - i, lanes));
}
