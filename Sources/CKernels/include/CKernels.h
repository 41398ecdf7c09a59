/// The compute kernels: plain loops over floats, compiled once per instruction set.
///
/// All kernels give the same bits on every instruction set: the order of summation is part of a
/// kernel's contract, a multiply-add is fused on every instruction set or on none, and `exp` and
/// `log` are our own. Kernels do not allocate, know tensors or start threads: callers split work by
/// calling a kernel on parts.
#pragma once

#include <stddef.h>
#include <stdint.h>

/// A matrix in memory, or the pixels of an image under a window.
///
/// Element (i, j) is at `data[row_offsets[i] + column_offsets[j]]` if there are offsets, and at
/// `data[i * row_stride + j * column_stride]` if there are none.
struct cairn_matrix {
  const float *_Nonnull data;
  int64_t row_stride;
  int64_t column_stride;
  const int32_t *_Nullable row_offsets;
  const int32_t *_Nullable column_offsets;
};

/// A matrix product c[m × n] = a[m × k] · b[k × n] with its epilogue.
struct cairn_product {
  int64_t m, n, k;
  struct cairn_matrix a;
  const float *_Nonnull b;      ///< element (p, j) at `b[p * b_row_stride + j]`
  int64_t b_row_stride;
  float *_Nonnull c;            ///< element (i, j) at `c[i * c_row_stride + j * c_column_stride]`
  int64_t c_row_stride, c_column_stride;
  int accumulate;               ///< whether to add to c
  const float *_Nullable bias;  ///< [n], added to each row of the result
  int relu;                     ///< whether to apply ReLU to the results

  /// Memory to prefetch during the product, because it is needed next: `prefetch_length` floats
  /// from each of the first `prefetch_count` addresses.
  const float *_Nullable prefetch[4];
  int64_t prefetch_count, prefetch_length;
};

/// The geometry of a convolution or pooling window over images of `[height, width, channels]`.
struct cairn_window {
  int64_t height, width, channels;             ///< of one input image
  int64_t output_height, output_width;         ///< of one output image
  int64_t window_height, window_width;         ///< of the kernel or pool
  int64_t stride_height, stride_width;         ///< the strides of the window
  int64_t padding_top, padding_left;           ///< rows and columns of padding
  int64_t dilation_height, dilation_width;     ///< the dilation rate; 1 means no dilation
  int64_t window_channels;                     ///< the channels of one group
};

/// The largest numbers of tiles, of `size` × `size` features, and of filters that Winograd's
/// algorithm handles together: what it computes for them stays in the second-level cache.
static inline int64_t cairn_winograd_tiles(int64_t size) { return size == 4 ? 32 : 64; }
static inline int64_t cairn_winograd_filters(int64_t size) { return size == 4 ? 64 : 144; }

/// The number of elements of the memory that `winograd` needs.
static inline int64_t cairn_winograd_scratch(int64_t size, int64_t channels) {
  return (size + 2) * (size + 2) *
         (cairn_winograd_tiles(size) * (channels + cairn_winograd_filters(size)) + 32);
}

/// The number of elements of the memory that the gradient of such a kernel needs.
static inline int64_t cairn_winograd_gradient_scratch(int64_t channels, int64_t filters) {
  return 16 * (cairn_winograd_tiles(2) * (channels + filters) + 32);
}

/// The shape of an image, and the factors by which its height and width are multiplied.
struct cairn_upsampling {
  int64_t height, width, channels;
  int64_t row_factor, column_factor;
};

/// The shape of an image before and after resizing.
struct cairn_resizing {
  int64_t height, width, channels;
  int64_t output_height, output_width;
  int is_bilinear;             ///< whether to interpolate; otherwise, the nearest pixel is taken
};

/// The value of pixels outside an image; the names are Keras's.
enum cairn_fill {
  cairn_fill_constant,
  cairn_fill_nearest,
  cairn_fill_reflect,
  cairn_fill_wrap,
};

/// A resampling of an image: pixel (x, y) of the result is read at
/// (m₀ x + m₁ y + m₂, m₃ x + m₄ y + m₅) plus a displacement.
struct cairn_warp {
  int64_t height, width, channels;
  float matrix[6];
  enum cairn_fill fill;
  int is_bilinear;             ///< whether to interpolate; otherwise, the nearest pixel is taken
  const float *_Nonnull fill_values;      ///< [channels], for a constant fill
  const float *_Nullable displacements;   ///< [2][height][width]: along x, then along y
};

/// The options of a step of Adam; the names are Keras's.
struct cairn_adam {
  float alpha;                 ///< the learning rate, including the bias corrections
  float one_minus_beta_1;
  float one_minus_beta_2;
  float epsilon;
};

/// The options of a step of RMSprop; the names are Keras's.
struct cairn_rmsprop {
  float learning_rate;
  float rho;
  float one_minus_rho;
  float momentum;
  float epsilon;
  int root_first;              ///< whether epsilon is added after taking the root
};

/// The options of a step of Adamax; the names are Keras's.
struct cairn_adamax {
  float learning_rate;
  float one_minus_beta_1;
  float beta_2;
  float correction;            ///< 1 − β₁ᵗ
  float epsilon;
};

/// The options of a step of Nadam.
struct cairn_nadam {
  float learning_rate;
  float one_minus_beta_1;
  float one_minus_beta_2;
  float momentum_share;        ///< the coefficient of the first moment
  float momentum_correction;   ///< its bias correction: the divisor
  float gradient_share;        ///< the coefficient of the gradient
  float gradient_correction;   ///< its bias correction: the divisor
  float velocity_correction;   ///< the divisor of the second moment
  float epsilon;
};

/// The options of a step of Adadelta.
struct cairn_adadelta {
  float learning_rate;
  float rho;
  float one_minus_rho;
  float epsilon;
};

/// Keras's losses of one prediction p for the target t.
enum cairn_loss_kind {
  cairn_squared_loss,
  cairn_absolute_loss,
  cairn_percentage_loss,
  cairn_logarithmic_loss,      ///< the square of the difference of log(p + 1) and log(t + 1)
  cairn_huber_loss,
  cairn_log_cosh_loss,
  cairn_binary_logits_loss,    ///< the binary cross-entropy of a logit p
  cairn_binary_loss,           ///< the binary cross-entropy of a probability p
  cairn_focal_loss,            ///< that, weighted so that easy examples count less
  cairn_kl_divergence_loss,
  cairn_poisson_loss,
  cairn_hinge_loss,
  cairn_squared_hinge_loss,
};

/// A loss with its options; options of other kinds are ignored.
struct cairn_loss_settings {
  enum cairn_loss_kind kind;
  float delta;                 ///< Huber: the error up to which the cost is quadratic
  float alpha, gamma;          ///< focal: the weight of the class 1, and the exponent
  int is_balanced;             ///< focal: whether `alpha` is used
};

/// An activation function; the names and parameters are Keras's.
enum cairn_activation {
  cairn_softplus,
  cairn_log_sigmoid,
  cairn_softsign,
  cairn_silu,
  cairn_gelu,
  cairn_hard_sigmoid,
  cairn_hard_silu,
  cairn_hard_shrink,
  cairn_soft_shrink,
  cairn_tanh_shrink,
  cairn_squareplus,
  cairn_sparse_plus,
  cairn_sparse_sigmoid,
  cairn_mish,
};

/// An activation function of a recurrent cell, whose derivative follows from its result.
enum cairn_gate_function {
  cairn_gate_linear,
  cairn_gate_relu,
  cairn_gate_sigmoid,
  cairn_gate_tanh,
  cairn_gate_hard_sigmoid,         ///< x / 6 + ½, clipped to 0...1
  cairn_gate_keras2_hard_sigmoid,  ///< x / 5 + ½, clipped to 0...1
  cairn_gate_softsign,
  cairn_gate_elu,
  cairn_gate_selu,
};

/// A recurrent cell that makes one step for several rows; the names are Keras's.
struct cairn_cell {
  int64_t rows, units;
  enum cairn_gate_function activation, recurrent_activation;
};

/// slope · (x − threshold) up to the threshold, x beyond it, but at most the maximum.
struct cairn_rectifier {
  float slope, threshold, maximum;
  /// The derivatives used at the two kinks.
  float slope_at_threshold, slope_at_maximum;
};

/// The signatures of the kernels. A `gradient` has the upstream gradient `dy` as its last input.
///
/// Of each element: out[i] = f(x[i]), or f(x[i], dy[i]), or f(a[i], b[i]), or f(a[i], b[i], c[i]).
/// `out` may be one of the inputs.
typedef void (*cairn_map)(int64_t count, const float *_Nonnull x, float *_Nonnull out);
typedef void (*cairn_map2)(int64_t count, const float *_Nonnull a, const float *_Nonnull b,
                           float *_Nonnull out);
typedef void (*cairn_map3)(int64_t count, const float *_Nonnull a, const float *_Nonnull b,
                           const float *_Nonnull c, float *_Nonnull out);

/// Of the rows or columns of one, two or three matrices.
typedef void (*cairn_rows)(int64_t rows, int64_t columns, const float *_Nonnull x,
                           float *_Nonnull out);
typedef void (*cairn_rows2)(int64_t rows, int64_t columns, const float *_Nonnull a,
                            const float *_Nonnull b, float *_Nonnull out);
typedef void (*cairn_rows3)(int64_t rows, int64_t columns, const float *_Nonnull a,
                            const float *_Nonnull b, const float *_Nonnull c, float *_Nonnull out);

/// Of the axis `reduced` of an array x[outer][reduced][inner].
typedef void (*cairn_reduction)(int64_t outer, int64_t reduced, int64_t inner,
                                const float *_Nonnull x, float *_Nonnull out);

/// Of the windows of one image.
typedef void (*cairn_window_map)(struct cairn_window window, const float *_Nonnull x,
                                 float *_Nonnull out);
typedef void (*cairn_pool)(struct cairn_window window, int is_mean, const float *_Nonnull x,
                           float *_Nonnull out);
typedef void (*cairn_depthwise)(struct cairn_window window, int64_t multiplier,
                                const float *_Nonnull a, const float *_Nonnull b,
                                float *_Nonnull out);
typedef void (*cairn_upsample)(struct cairn_upsampling shape, const float *_Nonnull x,
                               float *_Nonnull out);

struct cairn_kernels {
  /// The instruction set that the kernels were compiled for.
  const char *_Nonnull instruction_set;

  /// The matrix product. Each element is one chain of fused multiply-adds over k in ascending
  /// order, so its bits do not depend on how the matrices are split, except along k.
  void (*_Nonnull matmul)(const struct cairn_product *_Nonnull product);

  /// out[row][column] = a[row][column] ∘ b[column].
  cairn_rows2 _Nonnull add, subtract, multiply, divide;

  /// out = scale * x + offset, in two roundings.
  void (*_Nonnull affine)(int64_t count, const float *_Nonnull x, float scale, float offset,
                          float *_Nonnull out);

  /// out = f(x), elementwise.
  cairn_map _Nonnull relu, exp, log, sigmoid, tanh;
  void (*_Nonnull clip)(int64_t count, const float *_Nonnull x, float low, float high,
                        float *_Nonnull out);

  /// (y, dy): out = dy where the result y of `relu` is positive, else 0; `out` may be `dy`.
  cairn_map2 _Nonnull relu_gradient;
  /// The same, and adds each column of the result to sums[column], over rows in ascending order;
  /// `out` may be `dy`.
  void (*_Nonnull relu_gradient_sums)(int64_t rows, int64_t columns, const float *_Nonnull y,
                                      const float *_Nonnull dy, float *_Nonnull out,
                                      float *_Nonnull sums);
  /// out = dy where low ≤ x ≤ high, else 0.
  void (*_Nonnull clip_gradient)(int64_t count, const float *_Nonnull x, float low, float high,
                                 const float *_Nonnull dy, float *_Nonnull out);

  /// out = |x|; −1, 0 or 1 (NaN for NaN); √x, correctly rounded (NaN for x < 0).
  cairn_map _Nonnull absolute, sign, square_root;
  /// (condition, a, b): out = a where the condition is not 0, else b.
  cairn_map3 _Nonnull select;

  /// out = the maximum, or the minimum, of a and b.
  cairn_map2 _Nonnull elementwise_maximum, elementwise_minimum;
  /// (a, b, dy): out = dy where a ≥ b, or where a < b, else 0.
  cairn_map3 _Nonnull where_at_least, where_less;

  /// out = f(x), and out = dy · f′(x).
  void (*_Nonnull activate)(enum cairn_activation function, int64_t count,
                            const float *_Nonnull x, float *_Nonnull out);
  void (*_Nonnull activate_gradient)(enum cairn_activation function, int64_t count,
                                     const float *_Nonnull x, const float *_Nonnull dy,
                                     float *_Nonnull out);
  void (*_Nonnull rectify)(int64_t count, struct cairn_rectifier f, const float *_Nonnull x,
                           float *_Nonnull out);
  void (*_Nonnull rectify_gradient)(int64_t count, struct cairn_rectifier f,
                                    const float *_Nonnull x, const float *_Nonnull dy,
                                    float *_Nonnull out);
  /// out = positive · x for x > 0, else negative · (eˣ − 1).
  void (*_Nonnull exponential_linear)(int64_t count, float positive, float negative,
                                      const float *_Nonnull x, float *_Nonnull out);
  void (*_Nonnull exponential_linear_gradient)(int64_t count, float positive, float negative,
                                               float at_zero, const float *_Nonnull x,
                                               const float *_Nonnull dy, float *_Nonnull out);

  /// x = f(x); and dy = dy · f′, with the result y of f.
  void (*_Nonnull gate)(enum cairn_gate_function f, int64_t count, float *_Nonnull x);
  void (*_Nonnull gate_gradient)(enum cairn_gate_function f, int64_t count,
                                 const float *_Nonnull y, float *_Nonnull dy);
  /// A step of LSTM: applies the functions to gates[row][i, f, c, o][units], and computes
  /// c = f · previous + i · c and h = o · activation(c).
  void (*_Nonnull lstm)(struct cairn_cell cell, float *_Nonnull gates,
                        const float *_Nonnull previous, float *_Nonnull c, float *_Nonnull h);
  /// Its gradient: from dh and dc, with the results gates and c of `lstm`, the gradient of the
  /// gates before their functions, and dc of the previous step.
  void (*_Nonnull lstm_gradient)(struct cairn_cell cell, const float *_Nonnull gates,
                                 const float *_Nonnull previous, const float *_Nonnull c,
                                 const float *_Nonnull dh, float *_Nonnull dc,
                                 float *_Nonnull gradient);
  /// The first half of a step of GRU: applies the function to z and r of gates[row][z, r, h]
  /// [units], and out[row] = r · x[row], where the rows of x are `stride` apart.
  void (*_Nonnull gru_reset)(struct cairn_cell cell, float *_Nonnull gates,
                             const float *_Nonnull x, int64_t stride, float *_Nonnull out);
  /// Its gradient: from dy, that of out, the gradient of r before its function, and dx = dy · r;
  /// the rows of dy and dx are `y_stride` and `x_stride` apart.
  void (*_Nonnull gru_reset_gradient)(struct cairn_cell cell, const float *_Nonnull gates,
                                      const float *_Nonnull x, int64_t stride,
                                      const float *_Nonnull dy, int64_t y_stride,
                                      float *_Nonnull gradient, float *_Nonnull dx,
                                      int64_t x_stride);
  /// The second half: applies the function to h of the gates, and
  /// out = z · previous + (1 − z) · h.
  void (*_Nonnull gru_update)(struct cairn_cell cell, float *_Nonnull gates,
                              const float *_Nonnull previous, float *_Nonnull out);
  /// Its gradient: from dy, the gradients of z and h before their functions, and
  /// dx = dy · z, that of the previous state.
  void (*_Nonnull gru_update_gradient)(struct cairn_cell cell, const float *_Nonnull gates,
                                       const float *_Nonnull previous, const float *_Nonnull dy,
                                       float *_Nonnull gradient, float *_Nonnull dx);

  /// out[outer][inner] = the sum, or the maximum, of x[outer][·][inner].
  ///
  /// With `inner == 1` a sum has 16 lanes: element i is added to lane i mod 16, and the lanes are
  /// added pairwise at the end. Otherwise the elements are added in ascending order.
  cairn_reduction _Nonnull sum, maximum;
  /// out[outer][r][inner] = an equal share of dy[outer][inner] for each r where x equals the
  /// maximum y[outer][inner], 0 elsewhere.
  void (*_Nonnull maximum_gradient)(int64_t outer, int64_t reduced, int64_t inner,
                                    const float *_Nonnull x, const float *_Nonnull y,
                                    const float *_Nonnull dy, float *_Nonnull out);

  /// out[row] = softmax(x[row]), or log softmax(x[row]).
  cairn_rows _Nonnull softmax, log_softmax;
  /// (y, dy): out = y * (dy - Σ y dy), the gradient of `softmax` with the result y.
  cairn_rows2 _Nonnull softmax_gradient;
  /// (y, dy): out = dy - eʸ Σ dy, the gradient of `log_softmax` with the result y.
  cairn_rows2 _Nonnull log_softmax_gradient;
  /// (logits, targets): out[row] = −Σ target[row] · log softmax(logits[row]).
  cairn_rows2 _Nonnull softmax_cross_entropy;
  /// (logits, targets, dy): out[row] = dy[row] · (softmax(logits[row]) · Σ target[row] −
  /// target[row]).
  cairn_rows3 _Nonnull softmax_cross_entropy_gradient;

  /// sums[column] = Σ x[row][column]; squares[column] = Σ (x[row][column] − mean)², with the mean
  /// of these rows; over rows in ascending order.
  void (*_Nonnull moments)(int64_t rows, int64_t columns, const float *_Nonnull x,
                           float *_Nonnull sums, float *_Nonnull squares);
  /// sums[column] = Σ dy[row][column]; products[column] = Σ dy[row][column] · (x[row][column] −
  /// center[column]), over rows in ascending order. If there is a `beta`, dy counts only where
  /// (x − center) · scale + beta is positive: it is the gradient after ReLU.
  void (*_Nonnull deviation_products)(int64_t rows, int64_t columns, const float *_Nonnull x,
                                      const float *_Nonnull center, const float *_Nonnull dy,
                                      const float *_Nonnull scale, const float *_Nullable beta,
                                      float *_Nonnull sums, float *_Nonnull products);
  /// out = (x − center[column]) · scale[column] + offset[column], with or without ReLU; `out` may
  /// be `x`.
  void (*_Nonnull normalize)(int64_t rows, int64_t columns, const float *_Nonnull x,
                             const float *_Nonnull center, const float *_Nonnull scale,
                             const float *_Nonnull offset, int relu, float *_Nonnull out);
  /// out = dy · scale[column] + ((x − center[column]) · slope[column] + offset[column]); a `beta`
  /// as in `deviation_products`.
  void (*_Nonnull normalize_gradient)(int64_t rows, int64_t columns, const float *_Nonnull x,
                                      const float *_Nonnull center, const float *_Nonnull dy,
                                      const float *_Nonnull scale, const float *_Nonnull slope,
                                      const float *_Nonnull offset,
                                      const float *_Nullable beta, float *_Nonnull out);
  /// out[row] = (x[row] − mean) · inverse · gamma + beta, with the row's own mean and
  /// inverse = 1 / √(variance + epsilon), which are left in their arrays. Sums have 16 lanes.
  void (*_Nonnull normalize_rows)(int64_t rows, int64_t columns, const float *_Nonnull x,
                                  const float *_Nullable gamma, const float *_Nullable beta,
                                  float epsilon, float *_Nonnull mean, float *_Nonnull inverse,
                                  float *_Nonnull out);
  /// The gradient of `normalize_rows` with respect to x.
  void (*_Nonnull normalize_rows_gradient)(int64_t rows, int64_t columns,
                                           const float *_Nonnull x, const float *_Nullable gamma,
                                           const float *_Nonnull mean,
                                           const float *_Nonnull inverse,
                                           const float *_Nonnull dy, float *_Nonnull out);

  /// (columns, image): adds each element of columns[output_height · output_width][window_height ·
  /// window_width · window_channels] to the pixel of one image under the window there; those
  /// outside are dropped. `image` is the address of the first channel under the window.
  cairn_window_map _Nonnull col2im;

  /// Transforms kernel[3][3][channels][filters] into out[(size + 2)²][filters / 16][channels][16]
  /// for `winograd` with tiles of `size` = 2 or 4: `count` channels from `first` on. `filters` is a
  /// multiple of 16.
  void (*_Nonnull winograd_kernel)(int64_t size, int64_t channels, int64_t filters,
                                   const float *_Nonnull kernel, int64_t first, int64_t count,
                                   float *_Nonnull out);
  /// out = the convolution of one image, with strides and dilation of 1, with a transformed kernel
  /// of 3 × 3: `count` filters from `first` on, of `filters`. Then adds a bias and applies ReLU, if
  /// wanted. The numbers of channels and filters are multiples of 16. `scratch` has
  /// `cairn_winograd_scratch` elements.
  void (*_Nonnull winograd)(struct cairn_window window, int64_t size, int64_t filters,
                            int64_t first, int64_t count, const float *_Nonnull image,
                            const float *_Nonnull kernel, const float *_Nullable bias, int relu,
                            float *_Nonnull scratch, float *_Nonnull out);

  /// The gradient of such a kernel is computed in three steps. First, `count` tiles of 2 × 2
  /// features of an image from `first` on are prepared for `winograd_multiply`, with the gradient
  /// of the features, in the places of `scratch` from `place` on. There are as many places as
  /// `cairn_winograd_tiles` says, and `cairn_winograd_gradient_scratch` elements.
  void (*_Nonnull winograd_gradient_tiles)(struct cairn_window window, int64_t filters,
                                           int64_t first, int64_t count,
                                           const float *_Nonnull image, const float *_Nonnull dy,
                                           int64_t place, float *_Nonnull scratch);
  /// Second, the products of the first `count` places are summed, or added to
  /// sums[16][channels][filters].
  void (*_Nonnull winograd_multiply)(int64_t channels, int64_t filters, int64_t count,
                                     int accumulate, float *_Nonnull scratch,
                                     float *_Nonnull sums);
  /// Third, the sums are transformed into the gradient, out[3][3][channels][filters].
  void (*_Nonnull winograd_kernel_gradient)(int64_t channels, int64_t filters,
                                            const float *_Nonnull sums, float *_Nonnull out);

  /// The depthwise convolution of one image with kernel[window_height · window_width][channels]
  /// [multiplier]: (image, kernel), (dy, kernel), and (image, dy), which adds to the gradient.
  cairn_depthwise _Nonnull depthwise, depthwise_image_gradient, depthwise_kernel_gradient;

  /// out = the maximum of each window of one image; pixels outside do not count.
  cairn_window_map _Nonnull max_pool;
  /// Adds each dy to the first element of its window that equals the maximum.
  void (*_Nonnull max_pool_gradient)(struct cairn_window window, const float *_Nonnull image,
                                     const float *_Nonnull dy, float *_Nonnull gradient);

  /// The same of an image after ReLU, with windows of fewer than 255 pixels that do not overlap.
  /// For each element of `out`, `choice` gets the number of the first pixel of the window, inside
  /// the image, that equals the maximum, or 255 if the maximum is not positive.
  void (*_Nonnull max_pool_rectified)(struct cairn_window window, const float *_Nonnull image,
                                      float *_Nonnull out, uint8_t *_Nonnull choice);
  /// The gradient of both: dy at the pixels that were chosen, 0 elsewhere. Adds each channel of it
  /// to `sums`, over pixels in ascending order, if that is not null.
  void (*_Nonnull max_pool_rectified_gradient)(struct cairn_window window,
                                               const uint8_t *_Nonnull choice,
                                               const float *_Nonnull dy,
                                               float *_Nonnull gradient, float *_Nullable sums);

  /// out = the sum, or the mean, of each window of one image; pixels outside do not count.
  cairn_pool _Nonnull sum_pool;
  /// Adds each dy, for a mean divided by the number of pixels, to the elements of its window.
  cairn_pool _Nonnull sum_pool_gradient;

  /// out[height · row_factor][width · column_factor][channels] = one image, upsampled by bilinear
  /// interpolation between the centres of its pixels.
  cairn_upsample _Nonnull upsample_bilinear;
  /// Adds each dy to the pixels between which it was interpolated.
  cairn_upsample _Nonnull upsample_bilinear_gradient;

  /// out = one image in another size, as TensorFlow resizes with half-pixel centres.
  void (*_Nonnull resize)(struct cairn_resizing shape, const float *_Nonnull image,
                          float *_Nonnull out);
  /// Adds each dy to the pixels between which it was interpolated.
  void (*_Nonnull resize_gradient)(struct cairn_resizing shape, const float *_Nonnull dy,
                                   float *_Nonnull gradient);

  /// out = one image, resampled as TensorFlow's `ImageProjectiveTransformV3` does.
  void (*_Nonnull warp)(const struct cairn_warp *_Nonnull warp, const float *_Nonnull image,
                        float *_Nonnull out);
  /// Adds each dy to the pixels between which it was interpolated.
  void (*_Nonnull warp_gradient)(const struct cairn_warp *_Nonnull warp, const float *_Nonnull dy,
                                 float *_Nonnull gradient);
  /// Convolves x[rows][columns] with weights[2 · radius + 1] along rows and along columns, with
  /// zeros outside. With c columns, rounded up to a multiple of 16, `scratch` has
  /// (rows + 2 · radius + 1) · c + 2 · radius elements.
  void (*_Nonnull smooth)(int64_t rows, int64_t columns, int64_t radius,
                          const float *_Nonnull weights, float *_Nonnull x,
                          float *_Nonnull scratch);

  /// The optimizers: Keras 3's update rules for `count` elements of a variable `w` and its slots.
  void (*_Nonnull sgd)(int64_t count, float learning_rate, const float *_Nonnull g,
                       float *_Nonnull w);
  void (*_Nonnull sgd_momentum)(int64_t count, float learning_rate, float momentum, int nesterov,
                                const float *_Nonnull g, float *_Nonnull m, float *_Nonnull w);
  void (*_Nonnull rmsprop)(int64_t count, struct cairn_rmsprop step, const float *_Nonnull g,
                           float *_Nonnull velocity, float *_Nullable momentum,
                           float *_Nullable average_gradient, float *_Nonnull w);
  void (*_Nonnull adam)(int64_t count, struct cairn_adam step, const float *_Nonnull g,
                        float *_Nonnull m, float *_Nonnull v, float *_Nullable v_hat,
                        float *_Nonnull w);
  void (*_Nonnull adamax)(int64_t count, struct cairn_adamax step, const float *_Nonnull g,
                          float *_Nonnull m, float *_Nonnull u, float *_Nonnull w);
  void (*_Nonnull nadam)(int64_t count, struct cairn_nadam step, const float *_Nonnull g,
                         float *_Nonnull m, float *_Nonnull v, float *_Nonnull w);
  void (*_Nonnull adagrad)(int64_t count, float learning_rate, float epsilon,
                           const float *_Nonnull g, float *_Nonnull accumulator,
                           float *_Nonnull w);
  void (*_Nonnull adadelta)(int64_t count, struct cairn_adadelta step, const float *_Nonnull g,
                            float *_Nonnull squares, float *_Nonnull steps, float *_Nonnull w);
  /// w −= w · decay · learning_rate.
  void (*_Nonnull weight_decay)(int64_t count, float decay, float learning_rate,
                                float *_Nonnull w);
  /// average = momentum · average + (1 − momentum) · x.
  void (*_Nonnull moving_average)(int64_t count, float momentum, const float *_Nonnull x,
                                  float *_Nonnull average);

  /// out = the loss of each prediction.
  void (*_Nonnull loss)(struct cairn_loss_settings settings, int64_t count,
                        const float *_Nonnull targets, const float *_Nonnull predictions,
                        float *_Nonnull out);
  /// out = dy · the derivative of the loss with respect to the prediction.
  void (*_Nonnull loss_gradient)(struct cairn_loss_settings settings, int64_t count,
                                 const float *_Nonnull targets,
                                 const float *_Nonnull predictions, const float *_Nonnull dy,
                                 float *_Nonnull out);
  /// (targets, predictions): out[row] = the cosine of the angle between two rows.
  cairn_rows2 _Nonnull cosine_similarity;
  /// (targets, predictions): out[row] = max(0, 1 + max((1 − t) · p) − Σ t · p).
  cairn_rows2 _Nonnull categorical_hinge;
  /// (targets, predictions, dy)
  cairn_rows3 _Nonnull cosine_similarity_gradient, categorical_hinge_gradient;

  /// Fills `out` with `count` random numbers of a stream, starting at block `index`, two per block.
  /// The upper 24 bits of every 64 are a multiple u of 2^-24 in 0..<1; the number is
  /// `lower + width * u`.
  void (*_Nonnull random_uniform)(uint64_t key, uint32_t stream, uint32_t substream,
                                  uint64_t index, int64_t count, float lower, float width,
                                  float *_Nonnull out);
  /// Fills `out` with `count` random numbers of a stream, starting at block `index`, eight per
  /// block: multiples of 2^-16 of `width` from `lower`.
  void (*_Nonnull random_noise)(uint64_t key, uint32_t stream, uint32_t substream, uint64_t index,
                                int64_t count, float lower, float width, float *_Nonnull out);
};

/// The kernels for `avx512`, `avx2`, `neon` or `portable`; null if the processor does not support
/// the instruction set.
const struct cairn_kernels *_Nullable cairn_kernels_for(const char *_Nonnull instruction_set);

/// The kernels for the best instruction set of this processor, or for the one that the
/// environment variable `CAIRN_ISA` names (`avx512`, `avx2`, `neon`, `portable`) if the processor
/// supports it.
const struct cairn_kernels *_Nonnull cairn_kernels_select(void);
