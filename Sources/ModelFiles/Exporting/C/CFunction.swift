/// The functions in C of which a translated model consists.
///
/// Images are stored in rows of pixels with their channels last: `x` of `h` × `w` pixels with `c`
/// channels is the input, and `y` the output.
enum CFunction: String, CaseIterable {
  case sigmoid = """
    static inline float cairn_sigmoid(float v) { return 1.0f / (1.0f + expf(-v)); }
    """

  case softplus = """
    static inline float cairn_softplus(float v) { return fmaxf(v, 0.0f) + log1pf(expf(-fabsf(v))); }
    """

  case gelu = """
    static inline float cairn_gelu(float v) { return 0.5f * v * (1.0f + erff(v * 0.70710678f)); }
    """

  case clip = """
    static inline float cairn_clip(float v, float least, float most) {
      return v < least ? least : v > most ? most : v;
    }
    """

  case identity = """
    static inline float cairn_identity(float v) { return v; }
    """

  case relu = """
    static inline float cairn_relu(float v) { return fmaxf(v, 0.0f); }
    """

  case hard_sigmoid = """
    static inline float cairn_hard_sigmoid(float v) {
      return cairn_clip(v / 6.0f + 0.5f, 0.0f, 1.0f);
    }
    """

  case keras2_hard_sigmoid = """
    static inline float cairn_keras2_hard_sigmoid(float v) {
      return cairn_clip(0.2f * v + 0.5f, 0.0f, 1.0f);
    }
    """

  case softsign = """
    static inline float cairn_softsign(float v) { return v / (1.0f + fabsf(v)); }
    """

  case elu = """
    static inline float cairn_elu(float v) { return v > 0.0f ? v : expm1f(v); }
    """

  case selu = """
    static inline float cairn_selu(float v) {
      return v > 0.0f ? 1.050700987f * v : 1.758099341f * expm1f(v);
    }
    """

  case sparse_plus = """
    static inline float cairn_sparse_plus(float v) {
      return v <= -1.0f ? 0.0f : v >= 1.0f ? v : 0.25f * (v + 1.0f) * (v + 1.0f);
    }
    """

  case rectifier = """
    static inline float cairn_rectifier(float v, float slope, float threshold, float most) {
      return v <= threshold ? slope * (v - threshold) : fminf(v, most);
    }
    """

  case conv2d = """
    static inline void cairn_conv2d(const float *x, int32_t h, int32_t w, int32_t c, float *y,
                                    int32_t oh, int32_t ow, int32_t f, const float *kernel,
                                    const float *bias, int32_t kh, int32_t kw, int32_t sh,
                                    int32_t sw, int32_t dh, int32_t dw, int32_t top, int32_t left,
                                    int32_t groups) {
      int32_t gc = c / groups, gf = f / groups;
      for (int32_t oy = 0; oy < oh; oy++)
        for (int32_t ox = 0; ox < ow; ox++, y += f) {
          for (int32_t o = 0; o < f; o++) y[o] = bias ? bias[o] : 0.0f;
          for (int32_t ky = 0; ky < kh; ky++) {
            int32_t iy = oy * sh + ky * dh - top;
            if (iy < 0 || iy >= h) continue;
            for (int32_t kx = 0; kx < kw; kx++) {
              int32_t ix = ox * sw + kx * dw - left;
              if (ix < 0 || ix >= w) continue;
              const float *pixel = x + (iy * w + ix) * c;
              const float *k = kernel + (ky * kw + kx) * gc * f;
              for (int32_t g = 0; g < groups; g++)
                for (int32_t i = 0; i < gc; i++) {
                  float v = pixel[g * gc + i];
                  for (int32_t o = g * gf; o < (g + 1) * gf; o++) y[o] += v * k[i * f + o];
                }
            }
          }
        }
    }
    """

  case depthwise = """
    static inline void cairn_depthwise(const float *x, int32_t h, int32_t w, int32_t c, float *y,
                                       int32_t oh, int32_t ow, int32_t m, const float *kernel,
                                       const float *bias, int32_t kh, int32_t kw, int32_t sh,
                                       int32_t sw, int32_t dh, int32_t dw, int32_t top,
                                       int32_t left) {
      for (int32_t oy = 0; oy < oh; oy++)
        for (int32_t ox = 0; ox < ow; ox++, y += c * m) {
          for (int32_t o = 0; o < c * m; o++) y[o] = bias ? bias[o] : 0.0f;
          for (int32_t ky = 0; ky < kh; ky++) {
            int32_t iy = oy * sh + ky * dh - top;
            if (iy < 0 || iy >= h) continue;
            for (int32_t kx = 0; kx < kw; kx++) {
              int32_t ix = ox * sw + kx * dw - left;
              if (ix < 0 || ix >= w) continue;
              const float *pixel = x + (iy * w + ix) * c;
              const float *k = kernel + (ky * kw + kx) * c * m;
              for (int32_t o = 0; o < c * m; o++) y[o] += pixel[o / m] * k[o];
            }
          }
        }
    }
    """

  case conv2d_transpose = """
    static inline void cairn_conv2d_transpose(const float *x, int32_t h, int32_t w, int32_t c,
                                              float *y, int32_t oh, int32_t ow, int32_t f,
                                              const float *kernel, const float *bias, int32_t kh,
                                              int32_t kw, int32_t sh, int32_t sw, int32_t dh,
                                              int32_t dw, int32_t top, int32_t left) {
      for (int32_t i = 0; i < oh * ow * f; i++) y[i] = bias ? bias[i % f] : 0.0f;
      for (int32_t iy = 0; iy < h; iy++)
        for (int32_t ix = 0; ix < w; ix++, x += c)
          for (int32_t ky = 0; ky < kh; ky++) {
            int32_t oy = iy * sh + ky * dh - top;
            if (oy < 0 || oy >= oh) continue;
            for (int32_t kx = 0; kx < kw; kx++) {
              int32_t ox = ix * sw + kx * dw - left;
              if (ox < 0 || ox >= ow) continue;
              float *pixel = y + (oy * ow + ox) * f;
              const float *k = kernel + (ky * kw + kx) * f * c;
              for (int32_t o = 0; o < f; o++)
                for (int32_t i = 0; i < c; i++) pixel[o] += x[i] * k[o * c + i];
            }
          }
    }
    """

  case max_pool = """
    static inline void cairn_max_pool(const float *x, int32_t h, int32_t w, int32_t c, float *y,
                                      int32_t oh, int32_t ow, int32_t kh, int32_t kw, int32_t sh,
                                      int32_t sw, int32_t top, int32_t left) {
      for (int32_t oy = 0; oy < oh; oy++)
        for (int32_t ox = 0; ox < ow; ox++, y += c) {
          for (int32_t i = 0; i < c; i++) y[i] = -FLT_MAX;
          for (int32_t iy = oy * sh - top; iy < oy * sh - top + kh; iy++)
            for (int32_t ix = ox * sw - left; ix < ox * sw - left + kw; ix++) {
              if (iy < 0 || iy >= h || ix < 0 || ix >= w) continue;
              const float *pixel = x + (iy * w + ix) * c;
              for (int32_t i = 0; i < c; i++) y[i] = fmaxf(y[i], pixel[i]);
            }
        }
    }
    """

  // Pixels around the image do not count.
  case average_pool = """
    static inline void cairn_average_pool(const float *x, int32_t h, int32_t w, int32_t c, float *y,
                                          int32_t oh, int32_t ow, int32_t kh, int32_t kw,
                                          int32_t sh, int32_t sw, int32_t top, int32_t left) {
      for (int32_t oy = 0; oy < oh; oy++)
        for (int32_t ox = 0; ox < ow; ox++, y += c) {
          int32_t count = 0;
          for (int32_t i = 0; i < c; i++) y[i] = 0.0f;
          for (int32_t iy = oy * sh - top; iy < oy * sh - top + kh; iy++)
            for (int32_t ix = ox * sw - left; ix < ox * sw - left + kw; ix++) {
              if (iy < 0 || iy >= h || ix < 0 || ix >= w) continue;
              const float *pixel = x + (iy * w + ix) * c;
              for (int32_t i = 0; i < c; i++) y[i] += pixel[i];
              count++;
            }
          for (int32_t i = 0; i < c; i++) y[i] /= (float)count;
        }
    }
    """

  case dense = """
    static inline void cairn_dense(const float *x, int32_t rows, int32_t n, float *y, int32_t units,
                                   const float *kernel, const float *bias) {
      for (int32_t row = 0; row < rows; row++, x += n, y += units) {
        for (int32_t o = 0; o < units; o++) y[o] = bias ? bias[o] : 0.0f;
        for (int32_t i = 0; i < n; i++)
          for (int32_t o = 0; o < units; o++) y[o] += x[i] * kernel[i * units + o];
      }
    }
    """

  // Adds the product of a vector and the first columns of a matrix.
  case add_product = """
    static inline void cairn_add_product(const float *x, int32_t n, float *y, int32_t columns,
                                         const float *matrix, int32_t width) {
      for (int32_t i = 0; i < n; i++)
        for (int32_t o = 0; o < columns; o++) y[o] += x[i] * matrix[i * width + o];
    }
    """

  case rnn_step = """
    static inline void cairn_rnn_step(const float *x, int32_t n, float *h, int32_t units,
                                      const float *kernel, const float *recurrent,
                                      const float *bias, float *z, float (*activation)(float)) {
      cairn_dense(x, 1, n, z, units, kernel, bias);
      cairn_add_product(h, units, z, units, recurrent, units);
      for (int32_t i = 0; i < units; i++) h[i] = activation(z[i]);
    }
    """

  // The gates are input, forget, candidate and output.
  case lstm_step = """
    static inline void cairn_lstm_step(const float *x, int32_t n, float *h, float *c, int32_t units,
                                       const float *kernel, const float *recurrent,
                                       const float *bias, float *z, float (*activation)(float),
                                       float (*gate)(float)) {
      cairn_dense(x, 1, n, z, 4 * units, kernel, bias);
      cairn_add_product(h, units, z, 4 * units, recurrent, 4 * units);
      for (int32_t i = 0; i < units; i++) {
        c[i] = gate(z[units + i]) * c[i] + gate(z[i]) * activation(z[2 * units + i]);
        h[i] = gate(z[3 * units + i]) * activation(c[i]);
      }
    }
    """

  // The gates are update, reset and candidate.
  case gru_step = """
    static inline void cairn_gru_step(const float *x, int32_t n, float *h, int32_t units,
                                      const float *kernel, const float *recurrent,
                                      const float *bias, float *z, float (*activation)(float),
                                      float (*gate)(float)) {
      float *s = z + 3 * units;
      cairn_dense(x, 1, n, z, 3 * units, kernel, bias);
      cairn_dense(h, 1, units, s, 3 * units, recurrent, bias ? bias + 3 * units : 0);
      for (int32_t i = 0; i < units; i++) {
        float update = gate(z[i] + s[i]), reset = gate(z[units + i] + s[units + i]);
        float candidate = activation(z[2 * units + i] + reset * s[2 * units + i]);
        h[i] = update * h[i] + (1.0f - update) * candidate;
      }
    }
    """

  // The state is reset before its product with the recurrent kernel.
  case gru_reset_before_step = """
    static inline void cairn_gru_reset_before_step(const float *x, int32_t n, float *h,
                                                   int32_t units, const float *kernel,
                                                   const float *recurrent, const float *bias,
                                                   float *z, float (*activation)(float),
                                                   float (*gate)(float)) {
      float *s = z + 3 * units;
      cairn_dense(x, 1, n, z, 3 * units, kernel, bias);
      cairn_add_product(h, units, z, 2 * units, recurrent, 3 * units);
      for (int32_t i = 0; i < units; i++) s[i] = gate(z[units + i]) * h[i];
      cairn_add_product(s, units, z + 2 * units, units, recurrent + 2 * units, 3 * units);
      for (int32_t i = 0; i < units; i++) {
        float update = gate(z[i]);
        h[i] = update * h[i] + (1.0f - update) * activation(z[2 * units + i]);
      }
    }
    """

  // Numbers outside of the table get zeros.
  case embedding = """
    static inline void cairn_embedding(const float *x, int32_t count, float *y, int32_t units,
                                       const float *table, int32_t rows) {
      for (int32_t i = 0; i < count; i++, y += units) {
        int32_t isRow = x[i] > -1.0f && x[i] < (float)rows;
        const float *row = table + (isRow ? (int32_t)x[i] : 0) * units;
        for (int32_t o = 0; o < units; o++) y[o] = isRow ? row[o] : 0.0f;
      }
    }
    """

  // The number of limits that a value is not below.
  case ranges = """
    static inline void cairn_ranges(const float *x, int32_t count, float *y, const float *limits,
                                    int32_t n) {
      for (int32_t i = 0; i < count; i++) {
        int32_t number = 0;
        for (int32_t j = 0; j < n; j++) number += x[i] >= limits[j];
        y[i] = (float)number;
      }
    }
    """

  // Each `group` of numbers becomes a vector of `n` elements; others than 0 ... n - 1 leave zeros.
  case encode = """
    static inline void cairn_encode(const float *x, int32_t count, int32_t group, float *y,
                                    int32_t n, int32_t counts) {
      for (int32_t i = 0; i < count / group * n; i++) y[i] = 0.0f;
      for (int32_t i = 0; i < count; i++)
        if (x[i] > -1.0f && x[i] < (float)n) {
          float *place = y + i / group * n + (int32_t)x[i];
          *place = counts ? *place + 1.0f : 1.0f;
        }
    }
    """

  // 1 for each row with an element other than the value, otherwise 0.
  case row_mask = """
    static inline void cairn_row_mask(const float *x, int32_t rows, int32_t n, float value,
                                      float *mask) {
      for (int32_t row = 0; row < rows; row++, x += n) {
        mask[row] = 0.0f;
        for (int32_t j = 0; j < n; j++)
          if (x[j] != value) mask[row] = 1.0f;
      }
    }
    """

  case masked_mean = """
    static inline void cairn_masked_mean(const float *x, int32_t steps, int32_t c, float *y,
                                         const float *mask) {
      float count = 0.0f;
      for (int32_t i = 0; i < c; i++) y[i] = 0.0f;
      for (int32_t step = 0; step < steps; step++, x += c)
        if (mask[step] != 0.0f) {
          for (int32_t i = 0; i < c; i++) y[i] += x[i];
          count += 1.0f;
        }
      for (int32_t i = 0; i < c; i++) y[i] /= count;
    }
    """

  // Element i has the number i / inner % n of the tables.
  case affine = """
    static inline void cairn_affine(const float *x, float *y, int32_t count, int32_t n,
                                    int32_t inner, const float *scale, const float *shift) {
      for (int32_t i = 0; i < count; i++)
        y[i] = x[i] * scale[i / inner % n] + shift[i / inner % n];
    }
    """

  case standardize = """
    static inline void cairn_standardize(const float *x, float *y, int32_t count, int32_t n,
                                         int32_t inner, const float *mean, const float *deviation) {
      for (int32_t i = 0; i < count; i++)
        y[i] = (x[i] - mean[i / inner % n]) / deviation[i / inner % n];
    }
    """

  case prelu = """
    static inline void cairn_prelu(const float *x, float *y, int32_t count, int32_t n,
                                   int32_t inner, const float *alpha) {
      for (int32_t i = 0; i < count; i++) y[i] = x[i] > 0.0f ? x[i] : alpha[i / inner % n] * x[i];
    }
    """

  case layer_norm = """
    static inline void cairn_layer_norm(const float *x, float *y, int32_t outer, int32_t n,
                                        int32_t inner, const float *gamma, const float *beta,
                                        float epsilon) {
      for (int32_t o = 0; o < outer; o++)
        for (int32_t i = 0; i < inner; i++) {
          const float *from = x + o * n * inner + i;
          float *to = y + o * n * inner + i;
          float mean = 0.0f, variance = 0.0f;
          for (int32_t j = 0; j < n; j++) mean += from[j * inner];
          mean /= (float)n;
          for (int32_t j = 0; j < n; j++)
            variance += (from[j * inner] - mean) * (from[j * inner] - mean);
          float scale = 1.0f / sqrtf(variance / (float)n + epsilon);
          for (int32_t j = 0; j < n; j++)
            to[j * inner] = (from[j * inner] - mean) * scale * (gamma ? gamma[j] : 1.0f) +
                            (beta ? beta[j] : 0.0f);
        }
    }
    """

  // Group g has the channels g * size ... (g + 1) * size - 1, each `inner` elements in each block.
  case group_norm = """
    static inline void cairn_group_norm(const float *x, float *y, int32_t outer, int32_t groups,
                                        int32_t size, int32_t inner, const float *gamma,
                                        const float *beta, float epsilon) {
      int32_t n = size * inner;
      for (int32_t g = 0; g < groups; g++) {
        float mean = 0.0f, variance = 0.0f;
        for (int32_t o = 0; o < outer; o++)
          for (int32_t j = 0; j < n; j++) mean += x[(o * groups + g) * n + j];
        mean /= (float)(outer * n);
        for (int32_t o = 0; o < outer; o++)
          for (int32_t j = 0; j < n; j++) {
            float v = x[(o * groups + g) * n + j] - mean;
            variance += v * v;
          }
        float scale = 1.0f / sqrtf(variance / (float)(outer * n) + epsilon);
        for (int32_t o = 0; o < outer; o++)
          for (int32_t j = 0; j < n; j++) {
            int32_t i = (o * groups + g) * n + j, c = g * size + j / inner;
            y[i] = (x[i] - mean) * scale * (gamma ? gamma[c] : 1.0f) + (beta ? beta[c] : 0.0f);
          }
      }
    }
    """

  case unit_norm = """
    static inline void cairn_unit_norm(const float *x, float *y, int32_t outer, int32_t n,
                                       int32_t inner, float least) {
      for (int32_t o = 0; o < outer; o++)
        for (int32_t i = 0; i < inner; i++) {
          const float *from = x + o * n * inner + i;
          float *to = y + o * n * inner + i;
          float sum = 0.0f;
          for (int32_t j = 0; j < n; j++) sum += from[j * inner] * from[j * inner];
          float norm = fmaxf(sqrtf(sum), least);
          for (int32_t j = 0; j < n; j++) to[j * inner] = from[j * inner] / norm;
        }
    }
    """

  case softmax = """
    static inline void cairn_softmax(const float *x, float *y, int32_t outer, int32_t n,
                                     int32_t inner) {
      for (int32_t o = 0; o < outer; o++)
        for (int32_t i = 0; i < inner; i++) {
          const float *from = x + o * n * inner + i;
          float *to = y + o * n * inner + i;
          float most = from[0], sum = 0.0f;
          for (int32_t j = 1; j < n; j++) most = fmaxf(most, from[j * inner]);
          for (int32_t j = 0; j < n; j++) sum += to[j * inner] = expf(from[j * inner] - most);
          for (int32_t j = 0; j < n; j++) to[j * inner] /= sum;
        }
    }
    """

  case log_softmax = """
    static inline void cairn_log_softmax(const float *x, float *y, int32_t rows, int32_t n) {
      for (int32_t row = 0; row < rows; row++, x += n, y += n) {
        float most = x[0], sum = 0.0f;
        for (int32_t j = 1; j < n; j++) most = fmaxf(most, x[j]);
        for (int32_t j = 0; j < n; j++) sum += expf(x[j] - most);
        sum = logf(sum);
        for (int32_t j = 0; j < n; j++) y[j] = x[j] - most - sum;
      }
    }
    """

  // As in Keras, which adds the sums of the 1, 2, … k largest elements.
  case sparsemax = """
    static inline void cairn_sparsemax(const float *x, float *y, int32_t rows, int32_t n) {
      for (int32_t row = 0; row < rows; row++, x += n, y += n) {
        float sum = 0.0f, total = 0.0f;
        int32_t k = 0;
        for (int32_t j = 0; j < n; j++) {
          int32_t i = j;
          for (; i > 0 && y[i - 1] < x[j]; i--) y[i] = y[i - 1];
          y[i] = x[j];
        }
        for (int32_t j = 0; j < n; j++) {
          sum += y[j];
          if (y[j] - (sum - 1.0f) / (float)(j + 1) > 0.0f) {
            total += sum;
            k++;
          }
        }
        for (int32_t j = 0; j < n; j++) y[j] = fmaxf(x[j] - (total - 1.0f) / (float)k, 0.0f);
      }
    }
    """

  case glu = """
    static inline void cairn_glu(const float *x, float *y, int32_t rows, int32_t n) {
      for (int32_t row = 0; row < rows; row++, x += 2 * n, y += n)
        for (int32_t j = 0; j < n; j++) y[j] = x[j] * cairn_sigmoid(x[n + j]);
    }
    """

  case masking = """
    static inline void cairn_masking(const float *x, float *y, int32_t rows, int32_t n,
                                     float value) {
      for (int32_t row = 0; row < rows; row++, x += n, y += n) {
        int32_t isMasked = 1;
        for (int32_t j = 0; j < n; j++) isMasked &= x[j] == value;
        for (int32_t j = 0; j < n; j++) y[j] = isMasked ? 0.0f : x[j];
      }
    }
    """

  case resize_nearest = """
    static inline void cairn_resize_nearest(const float *x, int32_t h, int32_t w, int32_t c,
                                            float *y, int32_t oh, int32_t ow) {
      for (int32_t oy = 0; oy < oh; oy++)
        for (int32_t ox = 0; ox < ow; ox++, y += c) {
          int32_t iy = (int32_t)(((float)oy + 0.5f) * ((float)h / (float)oh));
          int32_t ix = (int32_t)(((float)ox + 0.5f) * ((float)w / (float)ow));
          iy = iy < h ? iy : h - 1;
          ix = ix < w ? ix : w - 1;
          memcpy(y, x + (iy * w + ix) * c, (size_t)c * sizeof(float));
        }
    }
    """

  case resize_bilinear = """
    static inline void cairn_resize_bilinear(const float *x, int32_t h, int32_t w, int32_t c,
                                             float *y, int32_t oh, int32_t ow) {
      for (int32_t oy = 0; oy < oh; oy++)
        for (int32_t ox = 0; ox < ow; ox++, y += c) {
          float fy = fmaxf(((float)oy + 0.5f) * ((float)h / (float)oh) - 0.5f, 0.0f);
          float fx = fmaxf(((float)ox + 0.5f) * ((float)w / (float)ow) - 0.5f, 0.0f);
          int32_t top = (int32_t)fy < h ? (int32_t)fy : h - 1;
          int32_t left = (int32_t)fx < w ? (int32_t)fx : w - 1;
          int32_t bottom = top + 1 < h ? top + 1 : h - 1, right = left + 1 < w ? left + 1 : w - 1;
          fy -= (float)top;
          fx -= (float)left;
          for (int32_t i = 0; i < c; i++) {
            float a = x[(top * w + left) * c + i], b = x[(top * w + right) * c + i];
            float d = x[(bottom * w + left) * c + i], e = x[(bottom * w + right) * c + i];
            a += (b - a) * fx;
            d += (e - d) * fx;
            y[i] = a + (d - a) * fy;
          }
        }
    }
    """

  /// The functions that this one calls.
  var needed: [CFunction] {
    switch self {
    case .glu: [.sigmoid]
    case .hard_sigmoid, .keras2_hard_sigmoid: [.clip]
    case .gru_step: [.dense]
    case .rnn_step, .lstm_step, .gru_reset_before_step: [.dense, .add_product]
    default: []
    }
  }
}
