// Runs every kernel at every size where a block or a vector ends, in memory that ends where the
// data ends, so that the sanitizers see each read and write that is not allowed. The products are
// also compared with three loops; what else the kernels compute is for the tests in Swift. A digest
// of all results tells whether every instruction set computes the same bits.

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "CKernels.h"

static const struct cairn_kernels *selected;
static unsigned state;

// The blocks that there are, for the digest.
static struct block {
  float *data;
  int64_t count;
} blocks[32];
static int block_count;
static uint64_t digest;

// The kernels, after the bits of all blocks, which the last kernel has left, are in the digest. One
// NaN is as good as another.
static const struct cairn_kernels *kernels(void) {
  for (int i = 0; i < block_count; i++)
    for (int64_t at = 0; at < blocks[i].count; at++) {
      const float value = blocks[i].data[at];
      uint32_t bits = 0x7fc00000;
      if (!isnan(value)) memcpy(&bits, &value, sizeof bits);
      digest = (digest ^ bits) * 0x100000001b3;  // FNV-1a, of words
    }
  return selected;
}

// Takes the results of the last kernel into the digest, and frees all blocks.
static void free_blocks(void) {
  kernels();
  for (int i = 0; i < block_count; i++) free(blocks[i].data);
  block_count = 0;
}

static float *block(int64_t count) {
  float *data = malloc((size_t)(count > 0 ? count : 1) * sizeof(float));
  if (!data) exit(2);
  for (int64_t i = 0; i < count; i++) {
    state = state * 1664525u + 1013904223u;
    data[i] = (float)(state >> 8) / (1 << 23) - 1;
  }
  if (block_count == sizeof blocks / sizeof *blocks) exit(2);
  blocks[block_count++] = (struct block){data, count};
  return data;
}

static void expect(const float *computed, const float *expected, int64_t count, const char *name) {
  if (!memcmp(computed, expected, (size_t)count * sizeof(float))) return;
  fprintf(stderr, "%s: %s is wrong\n", selected->instruction_set, name);
  exit(1);
}

// How many elements there are up to the last one of a matrix.
static int64_t extent(int64_t rows, int64_t row_stride, int64_t columns, int64_t column_stride) {
  return rows > 0 && columns > 0 ? (rows - 1) * row_stride + (columns - 1) * column_stride + 1 : 0;
}

static void product(int64_t m, int64_t n, int64_t k, unsigned options) {
  const int a_transposed = options & 1, offsets = options & 2, c_transposed = options & 4;
  const int64_t spread = options & 32 ? 2 : 1;  // neither rows nor columns are contiguous
  const int64_t a_row = a_transposed ? spread : k * spread;
  const int64_t a_column = a_transposed ? m * spread : spread;
  const int64_t c_row = c_transposed ? 1 : n, c_column = c_transposed ? m : 1;
  float *a = block(extent(m, a_row, k, a_column)), *b = block(extent(k, n, n, 1));
  float *c = block(m * n), *expected = block(m * n), *bias = block(n);
  int32_t *rows = malloc((size_t)(m + 1) * 4), *columns = malloc((size_t)(k + 1) * 4);
  if (!rows || !columns) exit(2);
  for (int64_t i = 0; i < m; i++) rows[i] = (int32_t)(i * a_row);
  for (int64_t p = 0; p < k; p++) columns[p] = (int32_t)(p * a_column);
  for (int64_t i = 0; i < m; i++)
    for (int64_t j = 0; j < n; j++) {
      const int64_t at = i * c_row + j * c_column;
      float sum = options & 8 ? c[at] : 0;
      for (int64_t p = 0; p < k; p++) sum = fmaf(a[i * a_row + p * a_column], b[p * n + j], sum);
      if (options & 16) sum += bias[j];
      expected[at] = options & 32 && sum < 0 ? 0 : sum;
    }
  kernels()->matmul(&(struct cairn_product){
      .m = m, .n = n, .k = k,
      .a = {a, a_row, a_column, offsets ? rows : 0, offsets ? columns : 0},
      .b = b, .b_row_stride = n, .c = c, .c_row_stride = c_row, .c_column_stride = c_column,
      .accumulate = (options & 8) != 0, .bias = options & 16 ? bias : 0,
      .relu = (options & 32) != 0,
      .prefetch = {b}, .prefetch_count = options >> 6 & 1, .prefetch_length = k * n});
  if (memcmp(c, expected, (size_t)(m * n) * sizeof(float))) {
    fprintf(stderr, "%s: the product of %ld x %ld x %ld with options %u is wrong\n",
            selected->instruction_set, (long)m, (long)k, (long)n, options);
    exit(1);
  }
  free_blocks(), free(rows), free(columns);
}

// Elementwise kernels, softmax and Adam on zeros, subnormal numbers, infinities and NaN.
static void special_numbers(void) {
  const float numbers[] = {0,    -0.0f,     0x1p-149f, -0x1p-149f, 0x1p-126f, -1e-8f,  1,
                           -1,   INFINITY,  -INFINITY, NAN,        88.8f,     -104.5f, 1e-20f,
                           3e38f, -3e38f,   0x1p31f,   -0x1p31f,   5};
  const int64_t n = sizeof numbers / sizeof *numbers;
  float *x = block(n), *y = block(n), *m = block(n), *v = block(n), *w = block(n);
  float *out = block(n);
  for (int64_t shift = 0; shift < n; shift++) {
    memcpy(x, numbers, sizeof numbers);
    for (int64_t i = 0; i < n; i++) y[i] = numbers[(i + shift) % n];
    kernels()->exp(n, x, out), kernels()->log(n, x, out), kernels()->sigmoid(n, x, out);
    kernels()->tanh(n, x, out), kernels()->square_root(n, x, out), kernels()->sign(n, x, out);
    kernels()->divide(1, n, x, y, out), kernels()->elementwise_maximum(n, x, y, out);
    kernels()->softmax(1, n, x, out), kernels()->log_softmax(1, n, x, out);
    kernels()->exponential_linear(n, 1, 2, x, out);
    for (enum cairn_activation f = cairn_softplus; f <= cairn_mish; f++)
      kernels()->activate(f, n, x, out), kernels()->activate_gradient(f, n, x, y, out);
    for (enum cairn_gate_function f = cairn_gate_linear; f <= cairn_gate_selu; f++) {
      memcpy(out, x, sizeof numbers);
      kernels()->gate(f, n, out);
    }
    for (int kind = cairn_squared_loss; kind <= cairn_squared_hinge_loss; kind++) {
      struct cairn_loss_settings loss = {(enum cairn_loss_kind)kind, 1, 0.25f, 1.5f, kind % 2};
      kernels()->loss(loss, n, x, y, out), kernels()->loss_gradient(loss, n, x, y, x, out);
    }
    struct cairn_adam adam = {0.1f, 0.1f, 0.1f, 1e-7f};
    kernels()->adam(n, adam, x, m, v, out, w), kernels()->adam(n, adam, x, m, v, 0, w);
  }
  free_blocks();
}

static void random_numbers(int64_t n) {
  float *out = block(n);
  kernels()->random_uniform(0x123456789abcdef, 1, 2, 0xfffffffb, n, -1, 3, out);
  kernels()->random_noise(0x123456789abcdef, 1, 2, 0xfffffffb, n, -1, 3, out);
  free_blocks();
}

static void vectors(int64_t n) {
  float *x = block(n), *y = block(n), *z = block(n), *u = block(n), *out = block(n), one[1];
  kernels()->add(1, n, x, y, out), kernels()->subtract(1, n, x, y, out);
  kernels()->multiply(1, n, x, y, out), kernels()->divide(1, n, x, y, out);
  kernels()->affine(n, x, 2, 1, out), kernels()->relu(n, x, out), kernels()->exp(n, x, out);
  kernels()->log(n, x, out), kernels()->sigmoid(n, x, out), kernels()->tanh(n, x, out);
  kernels()->clip(n, x, -1, 1, out), kernels()->relu_gradient(n, x, y, out);
  kernels()->clip_gradient(n, x, -1, 1, y, out);
  kernels()->absolute(n, x, out), kernels()->sign(n, x, out);
  kernels()->square_root(n, x, out), kernels()->select(n, x, y, z, out);
  kernels()->elementwise_maximum(n, x, y, out), kernels()->elementwise_minimum(n, x, y, out);
  kernels()->where_at_least(n, x, y, z, out), kernels()->where_less(n, x, y, z, out);
  for (enum cairn_activation f = cairn_softplus; f <= cairn_mish; f++)
    kernels()->activate(f, n, x, out), kernels()->activate_gradient(f, n, x, y, out);
  struct cairn_rectifier rectifier = {0.1f, 0.2f, 0.5f, 0, 1};
  kernels()->rectify(n, rectifier, x, out), kernels()->rectify_gradient(n, rectifier, x, y, out);
  kernels()->exponential_linear(n, 1, 2, x, out);
  kernels()->exponential_linear_gradient(n, 1, 2, 3, x, y, out);
  kernels()->sum(1, n, 1, x, one), kernels()->sum(1, 1, n, x, out);
  kernels()->maximum(1, n, 1, x, one);
  kernels()->maximum_gradient(1, n, 1, x, one, one, out);
  kernels()->maximum_gradient(1, 1, n, x, y, z, out);
  kernels()->softmax(1, n, x, out), kernels()->softmax_gradient(1, n, x, y, out);
  kernels()->log_softmax(1, n, x, out), kernels()->log_softmax_gradient(1, n, x, y, out);
  kernels()->softmax_cross_entropy(1, n, x, y, one);
  kernels()->softmax_cross_entropy_gradient(1, n, x, y, one, out);
  kernels()->sgd(n, 0.1f, x, y), kernels()->sgd_momentum(n, 0.1f, 0.9f, 1, x, y, z);
  struct cairn_rmsprop rmsprop = {0.1f, 0.9f, 0.1f, 0.5f, 1, 0};
  kernels()->rmsprop(n, rmsprop, x, y, z, u, out), kernels()->rmsprop(n, rmsprop, x, y, 0, 0, out);
  struct cairn_adam adam = {0.1f, 0.1f, 0.1f, 1e-7f};
  kernels()->adam(n, adam, x, y, z, u, out), kernels()->adam(n, adam, x, y, z, 0, out);
  struct cairn_adamax adamax = {0.1f, 0.1f, 0.9f, 0.1f, 1e-7f};
  kernels()->adamax(n, adamax, x, y, z, out), kernels()->adagrad(n, 0.1f, 1e-7f, x, y, out);
  struct cairn_nadam nadam = {0.1f, 0.1f, 0.1f, 0.9f, 0.2f, 0.1f, 0.1f, 0.1f, 1e-7f};
  kernels()->nadam(n, nadam, x, y, z, out);
  struct cairn_adadelta adadelta = {0.1f, 0.9f, 0.1f, 1e-7f};
  kernels()->adadelta(n, adadelta, x, y, z, out);
  kernels()->weight_decay(n, 0.1f, 0.1f, x), kernels()->moving_average(n, 0.9f, x, y);
  for (int kind = cairn_squared_loss; kind <= cairn_squared_hinge_loss; kind++) {
    struct cairn_loss_settings loss = {(enum cairn_loss_kind)kind, 1, 0.25f, 1.5f, kind % 2};
    kernels()->loss(loss, n, x, y, out), kernels()->loss_gradient(loss, n, x, y, z, out);
  }
  kernels()->cosine_similarity(1, n, x, y, one);
  kernels()->cosine_similarity_gradient(1, n, x, y, one, out);
  kernels()->categorical_hinge(1, n, x, y, one);
  kernels()->categorical_hinge_gradient(1, n, x, y, one, out);
  free_blocks();
}

// The gates of recurrent layers: rows that are apart where a stride allows it.
static void cells(int64_t rows, int64_t units) {
  const int64_t n = rows * units, stride = units + 3;
  float *gates = block(4 * n), *previous = block(n), *c = block(n), *h = block(n), *dc = block(n);
  float *gradient = block(4 * n), *out = block(n), *dy = block(n);
  float *x = block(rows * stride), *dout = block(rows * stride), *dx = block(rows * stride);
  for (enum cairn_gate_function f = cairn_gate_linear; f <= cairn_gate_selu; f++) {
    const struct cairn_cell cell = {rows, units, f, cairn_gate_sigmoid};
    kernels()->gate(f, n, out), kernels()->gate_gradient(f, n, out, dy);
    kernels()->lstm(cell, gates, previous, c, h);
    kernels()->lstm_gradient(cell, gates, previous, c, h, dc, gradient);
    kernels()->gru_reset(cell, gates, x, stride, out);
    kernels()->gru_reset_gradient(cell, gates, x, stride, dout, stride, gradient, dx, stride);
    kernels()->gru_update(cell, gates, previous, h);
    kernels()->gru_update_gradient(cell, gates, previous, dy, gradient, out);
  }
  free_blocks();
}

static void normalizations(int64_t rows, int64_t columns) {
  float *x = block(rows * columns), *dy = block(rows * columns), *out = block(rows * columns);
  float *a = block(columns), *b = block(columns), *c = block(columns), *d = block(columns);
  float *mean = block(rows), *inverse = block(rows), *same = block(rows * columns);
  kernels()->relu_gradient_sums(rows, columns, x, dy, out, a);
  kernels()->moments(rows, columns, x, a, b);
  for (int relu = 0; relu < 2; relu++) {
    const float *beta = relu ? d : 0;
    kernels()->deviation_products(rows, columns, x, a, dy, d, beta, b, c);
    kernels()->normalize(rows, columns, x, a, b, c, relu, out);
    memcpy(same, x, (size_t)(rows * columns) * sizeof(float));
    kernels()->normalize(rows, columns, same, a, b, c, relu, same);
    expect(same, out, rows * columns, "a normalization in place");
    kernels()->normalize_gradient(rows, columns, x, a, dy, b, c, d, beta, out);
  }
  if (columns > 0) {
    kernels()->normalize_rows(rows, columns, x, a, b, 1e-3f, mean, inverse, out);
    kernels()->normalize_rows(rows, columns, x, 0, 0, 1e-3f, mean, inverse, out);
    kernels()->normalize_rows_gradient(rows, columns, x, a, mean, inverse, dy, out);
    kernels()->normalize_rows_gradient(rows, columns, x, 0, mean, inverse, dy, out);
  }
  free_blocks();
}

static void windows(int64_t channels, int64_t stride, int64_t padding, int64_t dilation) {
  struct cairn_window w = {5, 4, channels, 0, 0, 3, 2, stride, stride, padding, padding / 2,
                           dilation, dilation, channels};
  w.output_height = (5 + padding - 2 * dilation - 1) / stride + 1;
  w.output_width = (4 + padding / 2 - dilation - 1) / stride + 1;
  const int64_t pixels = w.output_height * w.output_width;
  float *image = block(20 * channels), *gradient = block(20 * channels);
  float *out = block(pixels * channels), *columns = block(pixels * 6 * channels);
  if (dilation == 1) {
    kernels()->max_pool(w, image, out), kernels()->max_pool_gradient(w, image, out, gradient);
    for (int is_mean = 0; is_mean < 2; is_mean++) {
      kernels()->sum_pool(w, is_mean, image, out);
      kernels()->sum_pool_gradient(w, is_mean, out, gradient);
    }
  }
  kernels()->col2im(w, columns, image);
  for (int64_t multiplier = 1; multiplier < 4; multiplier++) {
    float *features = block(pixels * channels * multiplier);
    float *kernel = block(6 * channels * multiplier);
    kernels()->depthwise(w, multiplier, image, kernel, features);
    kernels()->depthwise_image_gradient(w, multiplier, features, kernel, gradient);
    kernels()->depthwise_kernel_gradient(w, multiplier, image, features, kernel);
  }
  if (channels % 2 == 0) {  // the second of two groups
    w.window_channels = channels / 2;
    float *seen = block(pixels * 6 * w.window_channels);
    kernels()->col2im(w, seen, image + w.window_channels);
  }
  struct cairn_upsampling s = {5, 4, channels, stride, padding + 1};
  float *large = block(20 * channels * s.row_factor * s.column_factor);
  kernels()->upsample_bilinear(s, image, large);
  kernels()->upsample_bilinear_gradient(s, large, image);
  // Not larger than those.
  struct cairn_resizing r = {5, 4, channels, stride, 3 * dilation, 0};
  for (r.is_bilinear = 0; r.is_bilinear < 2; r.is_bilinear++)
    kernels()->resize(r, image, large), kernels()->resize_gradient(r, large, image);
  free_blocks();
}

// A depthwise convolution wide enough for blocks of outputs, compared with loops over its taps.
static void depthwise(int64_t channels, int64_t width, int64_t size, int64_t stride) {
  const int64_t height = 6, padding = size / 2, taps = size * size;
  struct cairn_window w = {height, width, channels, (height - 1) / stride + 1,
                           (width - 1) / stride + 1, size, size, stride, stride, padding, padding,
                           1, 1, channels};
  const int64_t pixels = w.output_height * w.output_width;
  float *image = block(height * width * channels), *kernel = block(taps * channels);
  float *dy = block(pixels * channels), *y = block(pixels * channels);
  float *dx = block(height * width * channels), *dk = block(taps * channels);
  float *expected_y = block(pixels * channels), *expected_dk = block(taps * channels);
  float *expected_dx = block(height * width * channels);
  memcpy(expected_dk, dk, (size_t)(taps * channels) * sizeof(float));
  for (int64_t i = 0; i < pixels * channels; i++) expected_y[i] = 0;
  for (int64_t i = 0; i < height * width * channels; i++) expected_dx[i] = 0;
  for (int64_t tap = 0; tap < taps; tap++)
    for (int64_t at = 0; at < pixels; at++)
      for (int64_t c = 0; c < channels; c++) {
        // From the last tap on for the gradient of the image.
        for (int64_t last = 0; last < 2; last++) {
          const int64_t t = last ? taps - 1 - tap : tap;
          const int64_t row = at / w.output_width * stride - padding + t / size;
          const int64_t column = at % w.output_width * stride - padding + t % size;
          if (row < 0 || row >= height || column < 0 || column >= width) continue;
          const int64_t pixel = (row * width + column) * channels + c, k = t * channels + c;
          const int64_t out = at * channels + c;
          if (last) {
            expected_dx[pixel] = fmaf(dy[out], kernel[k], expected_dx[pixel]);
          } else {
            expected_y[out] = fmaf(image[pixel], kernel[k], expected_y[out]);
            expected_dk[k] = fmaf(image[pixel], dy[out], expected_dk[k]);
          }
        }
      }
  kernels()->depthwise(w, 1, image, kernel, y);
  kernels()->depthwise_image_gradient(w, 1, dy, kernel, dx);
  kernels()->depthwise_kernel_gradient(w, 1, image, dy, dk);
  expect(y, expected_y, pixels * channels, "a depthwise convolution");
  expect(dx, expected_dx, height * width * channels, "its gradient of the image");
  expect(dk, expected_dk, taps * channels, "its gradient of the kernel");
  free_blocks();
}

// Winograd's convolution, compared with the direct one within rounding errors.
static void winograd(int64_t size, int64_t height, int64_t width, int64_t channels,
                     int64_t filters, int64_t padding) {
  struct cairn_window w = {height, width, channels, height + 2 * padding - 2,
                           width + 2 * padding - 2, 3, 3, 1, 1, padding, padding, 1, 1, channels};
  const int64_t count = w.output_height * w.output_width * filters;
  float *image = block(height * width * channels), *kernel = block(9 * channels * filters);
  float *transformed = block((size + 2) * (size + 2) * channels * filters);
  float *bias = block(filters), *scratch = block(cairn_winograd_scratch(size, channels));
  float *out = block(count);
  // In two parts each.
  for (int64_t part = 0; part < 2; part++) {
    const int64_t first = part ? channels / 2 : 0;
    kernels()->winograd_kernel(size, channels, filters, kernel, first,
                               part ? channels - first : channels / 2, transformed);
  }
  for (int relu = 0; relu < 2; relu++)
    for (int64_t part = 0; part < 2; part++) {
      const int64_t first = part ? filters / 32 * 16 : 0;
      kernels()->winograd(w, size, filters, first, part ? filters - first : filters / 32 * 16,
                          image, transformed, relu ? bias : 0, relu, scratch, out);
    }
  for (int64_t at = 0; at < count; at++) {
    const int64_t f = at % filters, x = at / filters % w.output_width - padding;
    const int64_t y = at / filters / w.output_width - padding;
    double sum = bias[f];
    for (int64_t tap = 0; tap < 9; tap++)
      for (int64_t c = 0; c < channels; c++) {
        const int64_t row = y + tap / 3, column = x + tap % 3;
        if (row < 0 || row >= height || column < 0 || column >= width) continue;
        sum += (double)image[(row * width + column) * channels + c] *
               kernel[(tap * channels + c) * filters + f];
      }
    const double limit = (size == 4 ? 3 : 1) * (2e-5 + 2e-7 * (double)channels);
    if (!(fabs(out[at] - (sum < 0 ? 0 : sum)) <= limit)) {
      fprintf(stderr, "%s: Winograd's convolution is wrong\n", selected->instruction_set);
      exit(1);
    }
  }
  free_blocks();
}

// The gradient of a kernel of 3 × 3 by Winograd's algorithm, compared with the direct one within
// rounding errors: the tiles in groups of an odd size.
static void winograd_gradient(int64_t height, int64_t width, int64_t channels, int64_t filters,
                              int64_t padding) {
  struct cairn_window w = {height, width, channels, height + 2 * padding - 2,
                           width + 2 * padding - 2, 3, 3, 1, 1, padding, padding, 1, 1, channels};
  const int64_t tiles = (w.output_height + 1) / 2 * ((w.output_width + 1) / 2);
  const int64_t group = 13;
  float *image = block(height * width * channels);
  float *dy = block(w.output_height * w.output_width * filters);
  float *scratch = block(cairn_winograd_gradient_scratch(channels, filters));
  float *sums = block(16 * channels * filters), *gradient = block(9 * channels * filters);
  for (int64_t first = 0; first < tiles; first += group) {
    const int64_t count = tiles - first < group ? tiles - first : group;
    // In two parts, the second one from another place on.
    const int64_t half = count / 2;
    kernels()->winograd_gradient_tiles(w, filters, first, half, image, dy, 0, scratch);
    kernels()->winograd_gradient_tiles(w, filters, first + half, count - half, image, dy, half,
                                       scratch);
    kernels()->winograd_multiply(channels, filters, count, first > 0, scratch, sums);
  }
  kernels()->winograd_kernel_gradient(channels, filters, sums, gradient);
  for (int64_t at = 0; at < 9 * channels * filters; at++) {
    const int64_t f = at % filters, c = at / filters % channels, tap = at / filters / channels;
    double sum = 0;
    for (int64_t y = 0; y < w.output_height; y++)
      for (int64_t x = 0; x < w.output_width; x++) {
        const int64_t row = y + tap / 3 - padding, column = x + tap % 3 - padding;
        if (row < 0 || row >= height || column < 0 || column >= width) continue;
        sum += (double)image[(row * width + column) * channels + c] *
               dy[(y * w.output_width + x) * filters + f];
      }
    if (!(fabs(gradient[at] - sum) <= 2e-5)) {
      fprintf(stderr, "%s: Winograd's gradient of a kernel is wrong\n", selected->instruction_set);
      exit(1);
    }
  }
  free_blocks();
}

// Max pooling of an image after ReLU, compared with the pooling and the gradients one by one.
static void rectified_pool(int64_t height, int64_t width, int64_t channels, int64_t size,
                           int64_t padding) {
  struct cairn_window w = {height, width, channels, (height + padding - size) / size + 1,
                           (width + padding - size) / size + 1, size, size, size, size, padding,
                           padding, 1, 1, channels};
  const int64_t pixels = height * width, pooled = w.output_height * w.output_width * channels;
  float *image = block(pixels * channels), *out = block(pooled), *dy = block(pooled);
  float *gradient = block(pixels * channels), *expected = block(pixels * channels);
  float *sums = block(channels), *expected_sums = block(channels), *expected_out = block(pooled);
  uint8_t *choice = malloc((size_t)pooled + 1);
  if (!choice) exit(2);
  memcpy(expected_sums, sums, (size_t)channels * sizeof(float));
  kernels()->relu(pixels * channels, image, image);
  kernels()->max_pool(w, image, expected_out);
  memset(expected, 0, (size_t)(pixels * channels) * sizeof(float));
  kernels()->max_pool_gradient(w, image, dy, expected);
  kernels()->relu_gradient_sums(pixels, channels, image, expected, expected, expected_sums);
  kernels()->max_pool_rectified(w, image, out, choice);
  kernels()->max_pool_rectified_gradient(w, choice, dy, gradient, sums);
  for (int64_t i = 0; i < pixels * channels; i++) {
    // The one may have 0 where the other has −0.
    if (gradient[i] == 0 && expected[i] == 0) gradient[i] = expected[i] = 0;
  }
  expect(out, expected_out, pooled, "a max pooling of ReLU");
  expect(gradient, expected, pixels * channels, "the gradient of a max pooling of ReLU");
  expect(sums, expected_sums, channels, "the sums of the gradient of a max pooling of ReLU");
  kernels()->max_pool_rectified_gradient(w, choice, dy, gradient, 0);
  free_blocks(), free(choice);
}

static void warps(int64_t height, int64_t width, int64_t channels) {
  const int64_t count = height * width * channels;
  float *image = block(count), *out = block(count), *fill = block(channels), *weights = block(21);
  float *displacements = block(2 * height * width);
  float *scratch = block((height + 21) * ((width + 15) / 16 * 16) + 20);
  struct cairn_warp w = {height, width, channels, {3, 0.2f, -4.5f, -0.3f, 2.7f, 1e30f}, 0, 0,
                         fill, 0};
  for (int i = 0; i < 32; i++) {
    w.fill = (enum cairn_fill)(i % 4), w.is_bilinear = i / 4 % 2;
    w.displacements = i / 8 % 2 ? displacements : 0;
    if (i / 16) w.matrix[5] = -2.5f;
    kernels()->warp(&w, image, out), kernels()->warp_gradient(&w, out, image);
  }
  kernels()->smooth(height, width, 10, weights, displacements, scratch);
  free_blocks();
}

// edges INSTRUCTION_SET: prints the digest, or that this processor does not have these
// instructions.
int main(int count_of_arguments, char **arguments) {
  if (count_of_arguments != 2) return 2;
  const int64_t rows[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 13, 15, 16, 17, 32, 33, 256};
  const int64_t columns[] = {0, 1, 3, 15, 16, 17, 31, 32, 33, 47, 48, 49, 64, 65, 80};
  const int64_t inner[] = {0, 1, 2, 127, 128, 129, 256, 257};
  state = 1, digest = 0xcbf29ce484222325;
  selected = cairn_kernels_for(arguments[1]);
  if (!selected) {
    printf("%s: not on this processor\n", arguments[1]);
    return 0;
  }
  unsigned count = 0;
  for (int i = 0; i < 18; i++)
    for (int j = 0; j < 15; j++)
      for (int p = 0; p < 8; p++)
        for (int repeat = 0; repeat < 3; repeat++, count++)
          product(rows[i], columns[j], inner[p], count * 37 % 128);
  special_numbers();
  for (int64_t n = 0; n < 70; n++)
    vectors(n), normalizations(n % 4, n), cells(n % 4, n), random_numbers(n);
  for (int64_t channels = 1; channels < 36; channels += 5)
    for (int64_t stride = 1; stride < 4; stride++)
      for (int64_t padding = 0; padding < 3; padding++)
        for (int64_t dilation = 1; dilation < 3; dilation++)
          windows(channels, stride, padding, dilation);
  for (int64_t channels = 1; channels < 52; channels += 5)
    for (int64_t width = 1; width < 16; width++)
      for (int64_t size = 1; size < 8; size++)
        for (int64_t stride = 1; stride < 4; stride++) depthwise(channels, width, size, stride);
  for (int64_t n = 3; n < 12; n++)
    for (int64_t padding = 0; padding < 3; padding++) {
      for (int64_t size = 2; size <= 4; size += 2)
        winograd(size, n, 3 + n * 5 % 19, n % 3 * 16 + 16, n % 2 * 16 + 16, padding);
      winograd_gradient(n, 3 + n * 5 % 19, n % 3 * 16 + 16, n % 2 * 16 + 16, padding);
    }
  winograd(2, 19, 15, 272, 208, 1);
  winograd(4, 23, 26, 64, 80, 1);
  for (int64_t n = 3; n < 60; n++)
    for (int64_t padding = 0; padding < 2; padding++)
      rectified_pool(3 + n % 5, 3 + n % 7, n, 2 + n % 2, padding);
  for (int64_t n = 1; n < 40; n++) warps(n % 5 + 1, n, n % 4 + 1);
  printf("%s: %u products, all kernels at 70 sizes, 126 windows, 3465 depthwise, "
         "56 by Winograd and 27 of its gradients, 114 pools of ReLU, 39 warps: "
         "bits %016" PRIx64 "\n",
         arguments[1], count, digest);
  return 0;
}
