// The kernels for one instruction set. avx512.c, avx2.c, neon.c and portable.c include this file
// once each and set the target. Everything is static and reached through the table at the end.

#include "tables.h"

// No contraction: a fused multiply-add is used only where it is written.
#pragma STDC FP_CONTRACT OFF

// Clang warns that vectors wider than a register have no stable calling convention. All functions
// with such parameters are inlined, so none is ever passed.
#pragma clang diagnostic ignored "-Wpsabi"

// In this order: each uses what those before it define.
#include "vector.h"
#include "math.h"
#include "tile.h"
#include "prefetch.h"
#include "matmul.h"
#include "elementwise.h"
#include "activations.h"
#include "reduce.h"
#include "softmax.h"
#include "normalization.h"
#include "col2im.h"
#include "winograd.h"
#include "depthwise.h"
#include "pooling.h"
#include "upsampling.h"
#include "warp.h"
#include "resizing.h"
#include "optimizers.h"
#include "losses.h"
#include "recurrence.h"
#include "random.h"

const struct cairn_kernels KERNELS = {
    .instruction_set = INSTRUCTION_SET,
    .matmul = matmul,
    .add = add,
    .subtract = subtract,
    .multiply = multiply,
    .divide = divide,
    .affine = affine,
    .relu = relu,
    .exp = exponential,
    .log = logarithm,
    .sigmoid = sigmoid,
    .tanh = hyperbolic_tangent,
    .clip = clip,
    .relu_gradient = relu_gradient,
    .clip_gradient = clip_gradient,
    .absolute = absolute,
    .sign = sign,
    .square_root = square_root,
    .select = select_elements,
    .elementwise_maximum = elementwise_maximum,
    .elementwise_minimum = elementwise_minimum,
    .where_at_least = where_at_least,
    .where_less = where_less,
    .activate = activate,
    .activate_gradient = activate_gradient,
    .rectify = rectify,
    .rectify_gradient = rectify_gradient,
    .exponential_linear = exponential_linear,
    .exponential_linear_gradient = exponential_linear_gradient,
    .sum = sum,
    .relu_gradient_sums = relu_gradient_sums,
    .maximum = maximum,
    .maximum_gradient = maximum_gradient,
    .softmax = softmax,
    .softmax_gradient = softmax_gradient,
    .log_softmax = log_softmax,
    .log_softmax_gradient = log_softmax_gradient,
    .softmax_cross_entropy = softmax_cross_entropy,
    .softmax_cross_entropy_gradient = softmax_cross_entropy_gradient,
    .moments = moments,
    .deviation_products = deviation_products,
    .normalize = normalize,
    .normalize_gradient = normalize_gradient,
    .normalize_rows = normalize_rows,
    .normalize_rows_gradient = normalize_rows_gradient,
    .col2im = col2im,
    .winograd_kernel = winograd_kernel,
    .winograd = winograd,
    .winograd_gradient_tiles = winograd_gradient_tiles,
    .winograd_multiply = winograd_multiply,
    .winograd_kernel_gradient = winograd_kernel_gradient,
    .depthwise = depthwise,
    .depthwise_image_gradient = depthwise_image_gradient,
    .depthwise_kernel_gradient = depthwise_kernel_gradient,
    .max_pool = max_pool,
    .max_pool_gradient = max_pool_gradient,
    .max_pool_rectified = max_pool_rectified,
    .max_pool_rectified_gradient = max_pool_rectified_gradient,
    .sum_pool = sum_pool,
    .sum_pool_gradient = sum_pool_gradient,
    .upsample_bilinear = upsample_bilinear,
    .upsample_bilinear_gradient = upsample_bilinear_gradient,
    .resize = resize,
    .resize_gradient = resize_gradient,
    .warp = warp,
    .warp_gradient = warp_gradient,
    .smooth = smooth,
    .sgd = sgd,
    .sgd_momentum = sgd_momentum,
    .rmsprop = rmsprop,
    .adam = adam,
    .adamax = adamax,
    .nadam = nadam,
    .adagrad = adagrad,
    .adadelta = adadelta,
    .weight_decay = weight_decay,
    .moving_average = moving_average,
    .loss = loss,
    .loss_gradient = loss_gradient,
    .cosine_similarity = cosine_similarity,
    .cosine_similarity_gradient = cosine_similarity_gradient,
    .categorical_hinge = categorical_hinge,
    .categorical_hinge_gradient = categorical_hinge_gradient,
    .random_uniform = random_uniform,
    .random_noise = random_noise,
    .gate = gate,
    .gate_gradient = gate_gradient,
    .lstm = lstm,
    .lstm_gradient = lstm_gradient,
    .gru_reset = gru_reset,
    .gru_reset_gradient = gru_reset_gradient,
    .gru_update = gru_update,
    .gru_update_gradient = gru_update_gradient,
};
