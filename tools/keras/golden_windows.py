#!/usr/bin/env python3
"""Writes Tests/NeuralNetworkTests/Fixtures/windows.h5: the layers that see images through windows.

Everything is computed by real Keras layers, eagerly, on tensors small enough to read. Gradients are
TensorFlow's, of sum(output * cotangent). Each layer is made of the options that Cairn writes into
files, `written`, so that it is certain that Keras takes them; `config` is what Keras writes.
"""

import itertools

import golden
import keras
import numpy as np
import tensorflow as tf
from golden_layers import seeded, values, with_ties


def case(name, class_name, shape, make_input=values, **options):
    return name, class_name, shape, make_input, options


def cases():
    """Yields (name, class, input shape, function that makes the input, options)."""
    sizes = [(6, 7), (7, 5)]  # each axis once even, once odd

    # Convolutions. Strides that do not divide, even kernels, `same` with both.
    for padding, (size, dilation) in itertools.product(
        ["valid", "same"], zip([(7, 8), (9, 6)], [[2, 2], [3, 1]], strict=True)
    ):
        name = "conv2d_dilation{}x{}_{}_{}x{}".format(*dilation, padding, *size)
        options = {"filters": 3, "kernel_size": [3, 2], "dilation_rate": dilation}
        if padding == "same":
            options |= {"padding": "same", "activation": "relu"}
        yield case(name, "Conv2D", (1, *size, 2), **options)
    conv = {"filters": 6, "kernel_size": [3, 2]}
    yield case("conv2d_groups", "Conv2D", (5, 5, 6, 4), **conv, groups=2)
    yield case(
        "conv2d_groups_strides_same",
        "Conv2D",
        (1, 7, 6, 6),
        **conv,
        groups=3,
        strides=[2, 2],
        padding="same",
        activation="relu",
    )
    yield case("conv2d_groups_each", "Conv2D", (1, 5, 5, 3), **conv, groups=3, use_bias=False)
    yield case(
        "conv2d_groups_dilation", "Conv2D", (1, 7, 6, 4), **conv, groups=2, dilation_rate=[2, 3]
    )

    depthwise = {"kernel_size": [3, 2]}
    for padding, multiplier, size in itertools.product(["valid", "same"], [1, 2], sizes):
        name = "depthwise_conv2d_{}_m{}_{}x{}".format(padding, multiplier, *size)
        options = {"activation": "relu"} if multiplier == 2 else {}
        if padding == "same":
            options["padding"] = "same"
        if multiplier != 1:
            options["depth_multiplier"] = multiplier
        yield case(
            name, "DepthwiseConv2D", (1, *size, 3), **depthwise, **options, strides=[2, 2]
        )
    tall = dict(kernel_size=[3, 3], dilation_rate=[2, 1], use_bias=False)
    wide = dict(kernel_size=[2, 3], dilation_rate=[2, 2], strides=[2, 2], depth_multiplier=2)
    for suffix, shape, options in [("", (5, 7, 8, 3), tall), ("_strides", (1, 9, 8, 2), wide)]:
        name = f"depthwise_conv2d_dilation{suffix}"
        yield case(name, "DepthwiseConv2D", shape, padding="same", **options)
    yield case("depthwise_conv2d_plain", "DepthwiseConv2D", (1, 5, 4, 17), kernel_size=[2, 2])

    separable = {"filters": 4, "kernel_size": [3, 2]}
    yield case("separable_conv2d", "SeparableConv2D", (1, 6, 5, 3), **separable)
    yield case(
        "separable_conv2d_options",
        "SeparableConv2D",
        (5, 7, 6, 3),
        **separable,
        strides=[2, 2],
        padding="same",
        depth_multiplier=2,
        activation="relu",
    )
    yield case(
        "separable_conv2d_dilation",
        "SeparableConv2D",
        (1, 7, 6, 2),
        **separable,
        dilation_rate=[2, 2],
        use_bias=False,
    )

    # TensorFlow refuses an even `same` kernel without output padding; JAX does not.
    for kernel, stride, padding, output_padding in [
        ([3, 2], [1, 1], "valid", None),
        ([3, 2], [2, 2], "valid", None),
        ([2, 2], [3, 3], "valid", None),
        ([3, 2], [3, 2], "valid", [1, 0]),
        ([3, 3], [2, 2], "valid", [0, 1]),
        ([3, 2], [1, 1], "same", None),
        ([3, 2], [2, 3], "same", None),
        ([5, 4], [2, 2], "same", None),
        ([1, 2], [3, 2], "same", None),
        ([3, 5], [2, 3], "same", [1, 0]),
        ([3, 4], [3, 2], "same", [0, 1]),
    ]:
        name = "conv2d_transpose_k{}x{}_s{}x{}_{}".format(*kernel, *stride, padding)
        options = {"filters": 3, "kernel_size": kernel}
        if stride != [1, 1]:
            options["strides"] = stride
        if padding == "same":
            options |= {"padding": "same", "activation": "relu"}
        if output_padding is not None:
            name += "_o{}x{}".format(*output_padding)
            options["output_padding"] = output_padding
        yield case(name, "Conv2DTranspose", (1, 3, 4, 2), **options)
    for padding in ["valid", "same"]:
        yield case(
            f"conv2d_transpose_dilation_{padding}",
            "Conv2DTranspose",
            (5, 4, 3, 2),
            filters=2,
            kernel_size=[3, 2],
            dilation_rate=[2, 3],
            use_bias=False,
            **({"padding": "same"} if padding == "same" else {}),
        )

    # Pooling.
    for (pool, stride), (padding, size) in itertools.product(
        [([2, 2], None), ([3, 3], [2, 2]), ([2, 3], [1, 2]), ([2, 2], [3, 3])],
        [("valid", (6, 7)), ("same", (7, 5))],
    ):
        name = "average_pooling2d_p{}x{}_s{}x{}_{}".format(*pool, *(stride or pool), padding)
        options = {"pool_size": pool}
        if stride is not None:
            options["strides"] = stride
        if padding == "same":
            options["padding"] = "same"
        yield case(name, "AveragePooling2D", (1, *size, 3), **options)
    for kind in ["Average", "Max"]:
        for keepdims in [False, True]:
            name = f"global_{kind.lower()}_pooling2d" + ("_keepdims" if keepdims else "")
            options = {"keepdims": True} if keepdims else {}
            yield case(name, f"Global{kind}Pooling2D", (3, 4, 5, 3), **options)
    yield case("global_max_pooling2d_ties", "GlobalMaxPooling2D", (3, 4, 5, 3), with_ties)

    # Borders and sizes.
    yield case("zero_padding2d", "ZeroPadding2D", (1, 3, 4, 2))
    yield case("zero_padding2d_sides", "ZeroPadding2D", (1, 3, 4, 2), padding=[[1, 0], [3, 2]])
    yield case("cropping2d", "Cropping2D", (1, 3, 4, 2))
    yield case("cropping2d_sides", "Cropping2D", (1, 6, 5, 2), cropping=[[1, 2], [0, 3]])
    for interpolation, size in itertools.product(
        ["nearest", "bilinear"], [[2, 2], [3, 1], [2, 5]]
    ):
        name = "up_sampling2d_{}_{}x{}".format(interpolation, *size)
        options = {} if size == [2, 2] else {"size": size}
        if interpolation == "bilinear":
            options["interpolation"] = "bilinear"
        yield case(name, "UpSampling2D", (1, 3, 4, 2), **options)

    # Random layers, outside training.
    yield case("spatial_dropout2d", "SpatialDropout2D", (1, 3, 3, 4), rate=0.25)
    yield case("gaussian_noise", "GaussianNoise", (1, 3, 3, 4), stddev=0.5)


def write_case(fixture, name, class_name, shape, make_input, options):
    random = seeded("window", name)
    # As Cairn writes it: the activation is always there where there may be one.
    if "Conv" in class_name:
        options.setdefault("activation", "linear")
    written = {"class_name": class_name, "config": {"name": name, **options}}
    layer = getattr(keras.layers, class_name).from_config(written["config"])
    tensor = tf.constant(make_input(random, shape))
    if not layer.built:
        layer.build(shape)
    weights = layer.trainable_weights
    for weight in weights:
        weight.assign(values(random, weight.shape))
    with tf.GradientTape() as tape:
        tape.watch(tensor)
        # TensorFlow spreads dilated kernels on the CPU with its compiler only.
        is_compiled = class_name.endswith("Transpose") and "dilation_rate" in options
        call = tf.function(layer, jit_compile=True) if is_compiled else layer
        output = call(tensor, training=False)
        cotangent = values(random, output.shape)
        total = tf.reduce_sum(output * cotangent)
    gradients = tape.gradient(total, [tensor, *[weight.value for weight in weights]])
    assert tuple(output.shape) == tuple(layer.compute_output_shape(shape)), name

    group = f"layers/{name}"
    fixture.json(group, "config", {"class_name": class_name, "config": layer.get_config()})
    fixture.json(group, "written", written)
    fixture.json(group, "weight_names", [weight.name for weight in weights])
    fixture.array(f"{group}/input", tensor.numpy())
    fixture.array(f"{group}/cotangent", cotangent)
    fixture.array(f"{group}/output", output.numpy())
    fixture.array(f"{group}/input_gradient", gradients[0].numpy())
    if weights:
        fixture.arrays(f"{group}/weights", [weight.numpy() for weight in weights])
        fixture.arrays(f"{group}/weight_gradients", [each.numpy() for each in gradients[1:]])


def main():
    fixture = golden.Fixture(golden.FIXTURES / "windows.h5", "tools/keras/golden_windows.py")
    for each in cases():
        write_case(fixture, *each)
    fixture.close()


if __name__ == "__main__":
    main()
