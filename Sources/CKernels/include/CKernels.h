/// The compute kernels: plain loops over floats, compiled once per instruction set.
///
/// All kernels give the same bits on every instruction set. What is summed is summed in an order
/// that is part of the kernel's contract, products are accumulated with a fused multiply-add, and
/// `exp` and `log` are our own. Nothing here allocates, knows tensors, or starts threads: callers
/// split work by calling a kernel on parts.
#pragma once

#include <stddef.h>
#include <stdint.h>

/// A matrix in memory, or what a window sees of an image.
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

/// A matrix product c[m × n] = a[m × k] · b[k × n], and what happens to it on the way.
struct cairn_product {
  int64_t m, n, k;
  struct cairn_matrix a;
  const float *_Nonnull b;      ///< element (p, j) at `b[p * b_row_stride + j]`
  int64_t b_row_stride;
  float *_Nonnull c;            ///< element (i, j) at `c[i * c_row_stride + j * c_column_stride]`
  int64_t c_row_stride, c_column_stride;
  int accumulate;               ///< whether c is added to
  const float *_Nullable bias;  ///< [n], added to each row of the result
  int relu;                     ///< whether negative results become 0

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
  int64_t stride_height, stride_width;         ///< how far the window moves
  int64_t padding_top, padding_left;           ///< rows and columns outside the image
  int64_t dilation_height, dilation_width;     ///< the dilation rate; 1 means no dilation
  int64_t window_channels;                     ///< how many of the channels the window sees
};

/// An image, and how many times higher and wider it becomes.
struct cairn_enlargement {
  int64_t height, width, channels;
  int64_t row_factor, column_factor;
};

/// How a step of Adam changes a variable; the names are Keras's.
struct cairn_adam {
  float alpha;                 ///< learning rate with the bias corrections in it
  float one_minus_beta_1;
  float one_minus_beta_2;
  float epsilon;
};

/// How a step of RMSprop changes a variable; the names are Keras's.
struct cairn_rmsprop {
  float learning_rate;
  float rho;
  float one_minus_rho;
  float momentum;
  float epsilon;
  int root_first;              ///< whether epsilon is added to the root, not to what it is taken of
};

/// How a step of Adamax changes a variable; the names are Keras's.
struct cairn_adamax {
  float learning_rate;
  float one_minus_beta_1;
  float beta_2;
  float correction;            ///< 1 − β₁ᵗ
  float epsilon;
};

/// How a step of Nadam changes a variable.
struct cairn_nadam {
  float learning_rate;
  float one_minus_beta_1;
  float one_minus_beta_2;
  float momentum_share;        ///< how much of the mean of gradients counts
  float momentum_correction;   ///< what that is divided by
  float gradient_share;        ///< how much of the gradient counts
  float gradient_correction;   ///< what that is divided by
  float velocity_correction;   ///< what the mean of squares is divided by
  float epsilon;
};

/// What a prediction p costs where the target is t: the terms of Keras's losses.
enum cairn_loss_kind {
  cairn_squared_loss,
  cairn_absolute_loss,
  cairn_percentage_loss,
  cairn_logarithmic_loss,      ///< the square of the difference of log(p + 1) and log(t + 1)
  cairn_huber_loss,
  cairn_log_cosh_loss,
  cairn_binary_logits_loss,    ///< the cross entropy where p is a logit
  cairn_binary_loss,           ///< the cross entropy where p is a probability
  cairn_focal_loss,            ///< that with what is nearly right counting less
  cairn_divergence_loss,
  cairn_poisson_loss,
  cairn_hinge_loss,
  cairn_squared_hinge_loss,
};

/// A loss with its options; those that a kind has not are ignored.
struct cairn_loss_settings {
  enum cairn_loss_kind kind;
  float delta;                 ///< Huber: up to which error the cost is a square
  float alpha, gamma;          ///< focal: the weight of the class 1, and the exponent
  int is_balanced;             ///< focal: whether `alpha` is used
};

/// A function that is applied to each element; the names are Keras's, as are the parameters.
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

/// slope · (x − threshold) up to the threshold, x beyond it, but at most the maximum.
struct cairn_rectifier {
  float slope, threshold, maximum;
  /// The derivative where there is none.
  float slope_at_threshold, slope_at_maximum;
};

struct cairn_kernels {
  /// The instruction set that the kernels were compiled for.
  const char *_Nonnull instruction_set;

  /// The product, of which every element is one chain of fused multiply-adds over k in ascending
  /// order, so its bits do not depend on how the matrices are cut into parts, except along k.
  void (*_Nonnull matmul)(const struct cairn_product *_Nonnull product);

  /// out[row][column] = a[row][column] ∘ b[column].
  void (*_Nonnull add)(int64_t rows, int64_t columns, const float *_Nonnull a,
                       const float *_Nonnull b, float *_Nonnull out);
  void (*_Nonnull subtract)(int64_t rows, int64_t columns, const float *_Nonnull a,
                            const float *_Nonnull b, float *_Nonnull out);
  void (*_Nonnull multiply)(int64_t rows, int64_t columns, const float *_Nonnull a,
                            const float *_Nonnull b, float *_Nonnull out);
  void (*_Nonnull divide)(int64_t rows, int64_t columns, const float *_Nonnull a,
                          const float *_Nonnull b, float *_Nonnull out);

  /// out = scale * x + offset, in two roundings.
  void (*_Nonnull affine)(int64_t count, const float *_Nonnull x, float scale, float offset,
                          float *_Nonnull out);

  /// out = f(x), element by element.
  void (*_Nonnull relu)(int64_t count, const float *_Nonnull x, float *_Nonnull out);
  void (*_Nonnull exp)(int64_t count, const float *_Nonnull x, float *_Nonnull out);
  void (*_Nonnull log)(int64_t count, const float *_Nonnull x, float *_Nonnull out);
  void (*_Nonnull sigmoid)(int64_t count, const float *_Nonnull x, float *_Nonnull out);
  void (*_Nonnull tanh)(int64_t count, const float *_Nonnull x, float *_Nonnull out);
  void (*_Nonnull clip)(int64_t count, const float *_Nonnull x, float low, float high,
                        float *_Nonnull out);

  /// out = dy where the result y of `relu` is positive, else 0; `out` may be `dy`.
  void (*_Nonnull relu_gradient)(int64_t count, const float *_Nonnull y,
                                 const float *_Nonnull dy, float *_Nonnull out);
  /// out = dy where the result y of `relu` is positive, else 0, of which each column is added to
  /// sums[column], over rows in ascending order; `out` may be `dy`.
  void (*_Nonnull relu_gradient_sums)(int64_t rows, int64_t columns, const float *_Nonnull y,
                                      const float *_Nonnull dy, float *_Nonnull out,
                                      float *_Nonnull sums);
  /// out = dy where low ≤ x ≤ high, else 0.
  void (*_Nonnull clip_gradient)(int64_t count, const float *_Nonnull x, float low, float high,
                                 const float *_Nonnull dy, float *_Nonnull out);

  /// out = |x|; −1, 0 or 1 (NaN for NaN); √x, correctly rounded (NaN for x < 0).
  void (*_Nonnull absolute)(int64_t count, const float *_Nonnull x, float *_Nonnull out);
  void (*_Nonnull sign)(int64_t count, const float *_Nonnull x, float *_Nonnull out);
  void (*_Nonnull square_root)(int64_t count, const float *_Nonnull x, float *_Nonnull out);
  /// out = a where the condition is not 0, else b.
  void (*_Nonnull select)(int64_t count, const float *_Nonnull condition, const float *_Nonnull a,
                          const float *_Nonnull b, float *_Nonnull out);

  /// out = the greater, or the lesser, of a and b.
  void (*_Nonnull greater)(int64_t count, const float *_Nonnull a, const float *_Nonnull b,
                           float *_Nonnull out);
  void (*_Nonnull lesser)(int64_t count, const float *_Nonnull a, const float *_Nonnull b,
                          float *_Nonnull out);
  /// out = dy where a ≥ b, or where a < b, else 0.
  void (*_Nonnull where_at_least)(int64_t count, const float *_Nonnull a, const float *_Nonnull b,
                                  const float *_Nonnull dy, float *_Nonnull out);
  void (*_Nonnull where_less)(int64_t count, const float *_Nonnull a, const float *_Nonnull b,
                              const float *_Nonnull dy, float *_Nonnull out);

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

  /// out[outer][inner] = the sum, or the maximum, of x[outer][·][inner].
  ///
  /// With `inner == 1` a sum has 16 lanes, element i belonging to lane i mod 16, which are added
  /// pairwise at the end; otherwise it is taken in ascending order.
  void (*_Nonnull sum)(int64_t outer, int64_t reduced, int64_t inner, const float *_Nonnull x,
                       float *_Nonnull out);
  void (*_Nonnull maximum)(int64_t outer, int64_t reduced, int64_t inner,
                           const float *_Nonnull x, float *_Nonnull out);
  /// out[outer][r][inner] = an equal share of dy[outer][inner] for each r where x equals the
  /// maximum y[outer][inner], 0 elsewhere.
  void (*_Nonnull maximum_gradient)(int64_t outer, int64_t reduced, int64_t inner,
                                    const float *_Nonnull x, const float *_Nonnull y,
                                    const float *_Nonnull dy, float *_Nonnull out);

  /// out[row] = softmax(x[row]).
  void (*_Nonnull softmax)(int64_t rows, int64_t columns, const float *_Nonnull x,
                           float *_Nonnull out);
  /// out = y * (dy - Σ y dy), the gradient of `softmax` whose result is y.
  void (*_Nonnull softmax_gradient)(int64_t rows, int64_t columns, const float *_Nonnull y,
                                    const float *_Nonnull dy, float *_Nonnull out);
  /// out[row] = log softmax(x[row]).
  void (*_Nonnull log_softmax)(int64_t rows, int64_t columns, const float *_Nonnull x,
                               float *_Nonnull out);
  /// out = dy - eʸ Σ dy, the gradient of `log_softmax` whose result is y.
  void (*_Nonnull log_softmax_gradient)(int64_t rows, int64_t columns, const float *_Nonnull y,
                                        const float *_Nonnull dy, float *_Nonnull out);
  /// loss[row] = −Σ target[row] · log softmax(logits[row]).
  void (*_Nonnull softmax_cross_entropy)(int64_t rows, int64_t columns,
                                         const float *_Nonnull logits,
                                         const float *_Nonnull targets, float *_Nonnull loss);
  /// out[row] = dy[row] · (softmax(logits[row]) · Σ target[row] − target[row]).
  void (*_Nonnull softmax_cross_entropy_gradient)(int64_t rows, int64_t columns,
                                                  const float *_Nonnull logits,
                                                  const float *_Nonnull targets,
                                                  const float *_Nonnull dy,
                                                  float *_Nonnull out);

  /// out[column] = Σ (x[row][column] − center[column])², over rows in ascending order.
  void (*_Nonnull squared_deviations)(int64_t rows, int64_t columns, const float *_Nonnull x,
                                      const float *_Nonnull center, float *_Nonnull out);
  /// sums[column] = Σ dy[row][column]; products[column] = Σ dy[row][column] · (x[row][column] −
  /// center[column]), over rows in ascending order.
  void (*_Nonnull deviation_products)(int64_t rows, int64_t columns, const float *_Nonnull x,
                                      const float *_Nonnull center, const float *_Nonnull dy,
                                      float *_Nonnull sums, float *_Nonnull products);
  /// out = (x − center[column]) · scale[column] + offset[column].
  void (*_Nonnull normalize)(int64_t rows, int64_t columns, const float *_Nonnull x,
                             const float *_Nonnull center, const float *_Nonnull scale,
                             const float *_Nonnull offset, float *_Nonnull out);
  /// out = dy · scale[column] + ((x − center[column]) · slope[column] + offset[column]).
  void (*_Nonnull normalize_gradient)(int64_t rows, int64_t columns, const float *_Nonnull x,
                                      const float *_Nonnull center, const float *_Nonnull dy,
                                      const float *_Nonnull scale, const float *_Nonnull slope,
                                      const float *_Nonnull offset, float *_Nonnull out);
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

  /// Adds each element of columns[output_height · output_width][window_height · window_width ·
  /// window_channels] to the pixel of one image that the window sees there, from the channel on
  /// that `image` is the address of; those outside are dropped.
  void (*_Nonnull columns_to_image)(struct cairn_window window, const float *_Nonnull columns,
                                    float *_Nonnull image);

  /// The convolution of each channel of one image with kernels of its own, kernel[window_height ·
  /// window_width][channels][multiplier], and what it adds to the gradients.
  void (*_Nonnull depthwise)(struct cairn_window window, int64_t multiplier,
                             const float *_Nonnull image, const float *_Nonnull kernel,
                             float *_Nonnull out);
  void (*_Nonnull depthwise_image_gradient)(struct cairn_window window, int64_t multiplier,
                                            const float *_Nonnull dy,
                                            const float *_Nonnull kernel,
                                            float *_Nonnull gradient);
  void (*_Nonnull depthwise_kernel_gradient)(struct cairn_window window, int64_t multiplier,
                                             const float *_Nonnull image,
                                             const float *_Nonnull dy, float *_Nonnull gradient);

  /// out = the largest element in each window of one image, outside elements not counted.
  void (*_Nonnull max_pool)(struct cairn_window window, const float *_Nonnull image,
                            float *_Nonnull out);
  /// Adds each dy to the first element of its window that equals the maximum.
  void (*_Nonnull max_pool_gradient)(struct cairn_window window, const float *_Nonnull image,
                                     const float *_Nonnull dy, float *_Nonnull gradient);

  /// out = the sum, or the mean, of each window of one image, outside elements not counted.
  void (*_Nonnull sum_pool)(struct cairn_window window, int is_mean, const float *_Nonnull image,
                            float *_Nonnull out);
  /// Adds each dy, divided by their number if it belongs to a mean, to the elements of its window.
  void (*_Nonnull sum_pool_gradient)(struct cairn_window window, int is_mean,
                                     const float *_Nonnull dy, float *_Nonnull gradient);

  /// out[height · row_factor][width · column_factor][channels] = one image, enlarged by bilinear
  /// interpolation between the centres of its pixels.
  void (*_Nonnull enlarge)(struct cairn_enlargement shape, const float *_Nonnull image,
                           float *_Nonnull out);
  /// Adds each dy to the pixels between which it was interpolated.
  void (*_Nonnull enlarge_gradient)(struct cairn_enlargement shape, const float *_Nonnull dy,
                                    float *_Nonnull gradient);

  /// The optimizers: Keras 3's rules, on `count` elements of a variable `w` and its slots.
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
  /// w −= w · decay · learning_rate.
  void (*_Nonnull weight_decay)(int64_t count, float decay, float learning_rate,
                                float *_Nonnull w);
  /// average = momentum · average + (1 − momentum) · x.
  void (*_Nonnull moving_average)(int64_t count, float momentum, const float *_Nonnull x,
                                  float *_Nonnull average);

  /// out = the cost of each prediction.
  void (*_Nonnull loss)(struct cairn_loss_settings settings, int64_t count,
                        const float *_Nonnull targets, const float *_Nonnull predictions,
                        float *_Nonnull out);
  /// out = dy · the derivative of the cost by the prediction.
  void (*_Nonnull loss_gradient)(struct cairn_loss_settings settings, int64_t count,
                                 const float *_Nonnull targets,
                                 const float *_Nonnull predictions, const float *_Nonnull dy,
                                 float *_Nonnull out);
  /// out[row] = the cosine of the angle between two rows.
  void (*_Nonnull cosine_similarity)(int64_t rows, int64_t columns, const float *_Nonnull targets,
                                     const float *_Nonnull predictions, float *_Nonnull out);
  void (*_Nonnull cosine_similarity_gradient)(int64_t rows, int64_t columns,
                                              const float *_Nonnull targets,
                                              const float *_Nonnull predictions,
                                              const float *_Nonnull dy, float *_Nonnull out);
  /// out[row] = max(0, 1 + max((1 − t) · p) − Σ t · p).
  void (*_Nonnull categorical_hinge)(int64_t rows, int64_t columns, const float *_Nonnull targets,
                                     const float *_Nonnull predictions, float *_Nonnull out);
  void (*_Nonnull categorical_hinge_gradient)(int64_t rows, int64_t columns,
                                              const float *_Nonnull targets,
                                              const float *_Nonnull predictions,
                                              const float *_Nonnull dy, float *_Nonnull out);
};

/// The kernels for `avx512`, `avx2`, `neon` or `portable`; null if the processor does not have it.
const struct cairn_kernels *_Nullable cairn_kernels_for(const char *_Nonnull instruction_set);

/// The kernels for the best instruction set of this processor, or for the one that the
/// environment variable `CAIRN_ISA` names (`avx512`, `avx2`, `neon`, `portable`) if the processor
/// has it.
const struct cairn_kernels *_Nonnull cairn_kernels_select(void);

/// Fills `out` with `count` numbers of a random stream from its block `index` on, two a block: the
/// upper 24 bits of each 64 are a multiple of 2^-24 in 0..<1, and the number is `lower + width`
/// times it.
void cairn_random_uniform(uint64_t key, uint32_t stream, uint32_t substream, uint64_t index,
                          ptrdiff_t count, float lower, float width, float *_Nonnull out);
