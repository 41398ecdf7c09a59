#!/usr/bin/env python3
"""Writes the golden files of the layers over sequences.

Tests/NeuralNetworkTests/Fixtures/sequences.h5: each layer with output and gradients, as
golden_windows.py writes those over images.

Tests/CheckpointsTests/Fixtures/sequences/: models of these layers, saved by Keras 3 and tf_keras,
and expected.json with a batch, the output and the weights after one training step for each of them.
With another Keras as argument, `keras-2.13`, it writes the files of that one alone:

    python golden_sequences.py --models-of keras-2.13
"""

import itertools
import json
import sys

import golden
import keras
import numpy as np
import tensorflow as tf
from golden_layers import with_ties
from golden_windows import case, write_case

FOLDER = golden.ROOT / "Tests" / "CheckpointsTests" / "Fixtures" / "sequences"


def cases():
    """Yields (name, class, input shape, function that makes the input, options)."""
    conv = {"filters": 3, "kernel_size": [3]}
    for padding, steps in itertools.product(["valid", "same", "causal"], [8, 7]):
        name = f"conv1d_{padding}_{steps}"
        options = {} if padding == "valid" else {"padding": padding}
        yield case(name, "Conv1D", (2, steps, 2), **conv, **options, activation="relu")
        yield case(f"{name}_strides", "Conv1D", (5, steps, 2), **conv, **options, strides=[3])
        yield case(
            f"{name}_dilation", "Conv1D", (1, steps, 2), **conv, **options, dilation_rate=[2]
        )
    groups = {"filters": 6, "kernel_size": [4], "groups": 2}
    yield case("conv1d_groups", "Conv1D", (5, 6, 4), **groups, use_bias=False)
    yield case(
        "conv1d_groups_causal", "Conv1D", (2, 5, 4), **groups, padding="causal", strides=[2]
    )
    yield case("conv1d_whole", "Conv1D", (1, 5, 2), filters=2, kernel_size=[5])
    yield case("conv1d_single", "Conv1D", (1, 1, 2), filters=2, kernel_size=[3], padding="causal")
    yield case("conv1d_long", "Conv1D", (9, 300, 3), filters=2, kernel_size=[5], padding="same")

    for padding, multiplier in itertools.product(["valid", "same"], [1, 2]):
        options = {"padding": "same", "activation": "relu"} if padding == "same" else {}
        if multiplier != 1:
            options["depth_multiplier"] = multiplier
        name = f"depthwise_conv1d_{padding}_m{multiplier}"
        yield case(
            name, "DepthwiseConv1D", (2, 7, 3), kernel_size=[3], strides=[2], **options
        )
    yield case(
        "depthwise_conv1d_dilation",
        "DepthwiseConv1D",
        (5, 7, 3),
        kernel_size=[2],
        dilation_rate=[3],
        padding="same",
        use_bias=False,
    )

    separable = {"filters": 4, "kernel_size": [3]}
    yield case("separable_conv1d", "SeparableConv1D", (2, 6, 3), **separable)
    yield case(
        "separable_conv1d_options",
        "SeparableConv1D",
        (5, 7, 3),
        **separable,
        strides=[2],
        padding="same",
        depth_multiplier=2,
        activation="relu",
    )
    yield case(
        "separable_conv1d_dilation",
        "SeparableConv1D",
        (1, 7, 2),
        **separable,
        dilation_rate=[2],
        use_bias=False,
    )

    for kernel, stride, padding, output_padding in [
        (3, 1, "valid", None),
        (3, 2, "valid", None),
        (2, 3, "valid", None),
        (3, 3, "valid", 1),
        (3, 1, "same", None),
        (4, 3, "same", None),
        (2, 3, "same", None),
        (3, 2, "same", 1),
        (5, 2, "same", 0),
    ]:
        name = f"conv1d_transpose_k{kernel}_s{stride}_{padding}"
        options = {"filters": 3, "kernel_size": [kernel]}
        if stride != 1:
            options["strides"] = [stride]
        if padding == "same":
            options |= {"padding": "same", "activation": "relu"}
        if output_padding is not None:
            name += f"_o{output_padding}"
            options["output_padding"] = [output_padding]
        yield case(name, "Conv1DTranspose", (2, 4, 2), **options)
    for padding in ["valid", "same"]:
        yield case(
            f"conv1d_transpose_dilation_{padding}",
            "Conv1DTranspose",
            (5, 4, 2),
            filters=2,
            kernel_size=[3],
            dilation_rate=[2],
            use_bias=False,
            **({"padding": "same"} if padding == "same" else {}),
        )

    for kind, (pool, stride), (padding, steps) in itertools.product(
        ["Average", "Max"], [(2, None), (3, 2), (2, 3), (4, 1)], [("valid", 8), ("same", 7)]
    ):
        name = f"{kind.lower()}_pooling1d_p{pool}_s{stride or pool}_{padding}"
        options = {"pool_size": [pool]}
        if stride is not None:
            options["strides"] = [stride]
        if padding == "same":
            options["padding"] = "same"
        yield case(name, f"{kind}Pooling1D", (2, steps, 3), **options)
    yield case("max_pooling1d_ties", "MaxPooling1D", (2, 8, 3), with_ties, pool_size=[2])
    for kind, keepdims in itertools.product(["Average", "Max"], [False, True]):
        name = f"global_{kind.lower()}_pooling1d" + ("_keepdims" if keepdims else "")
        options = {"keepdims": True} if keepdims else {}
        yield case(name, f"Global{kind}Pooling1D", (3, 5, 3), **options)
    yield case("global_max_pooling1d_ties", "GlobalMaxPooling1D", (3, 6, 3), with_ties)

    yield case("zero_padding1d", "ZeroPadding1D", (2, 4, 2))
    yield case("zero_padding1d_sides", "ZeroPadding1D", (2, 4, 2), padding=[3, 0])
    yield case("cropping1d", "Cropping1D", (2, 4, 2))
    yield case("cropping1d_sides", "Cropping1D", (2, 6, 2), cropping=[0, 4])
    yield case("up_sampling1d", "UpSampling1D", (2, 4, 2))
    yield case("up_sampling1d_3", "UpSampling1D", (1, 4, 2), size=3)
    yield case("repeat_vector", "RepeatVector", (2, 5), n=3)
    yield case("spatial_dropout1d", "SpatialDropout1D", (2, 4, 3), rate=0.25)


def models(k, is_old=False):
    """Small models of one Keras, which together have all of these layers."""
    L = k.layers

    def sequential(shape, *layers):
        return k.Sequential([L.InputLayer(shape), *layers])

    result = {
        "convolutions": lambda: sequential(
            (12, 3),
            L.Conv1D(8, 3, padding="causal", dilation_rate=2, activation="relu"),
            L.Conv1D(6, 2, strides=2, groups=2, padding="same"),
            L.BatchNormalization(),
            L.ReLU(),
            L.DepthwiseConv1D(3, padding="same", depth_multiplier=2),
            L.SeparableConv1D(5, 2, activation="tanh"),
            L.Conv1DTranspose(4, 3, strides=2, padding="same"),
            L.GlobalAveragePooling1D(),
            L.Dense(2),
        ),
        "pooling": lambda: sequential(
            (14, 2),
            L.ZeroPadding1D((2, 1)),
            L.Conv1D(4, 3, use_bias=False),
            L.MaxPooling1D(2, padding="same"),
            L.SpatialDropout1D(0.25),
            L.Cropping1D((1, 0)),
            L.UpSampling1D(2),
            L.AveragePooling1D(3, strides=2),
            L.GlobalMaxPooling1D(keepdims=True),
            L.Flatten(),
            L.RepeatVector(3),
            L.Conv1D(2, 2),
            L.GlobalMaxPooling1D(),
        ),
    }
    if k is not keras or is_old:
        result["causal_separable"] = lambda: sequential(
            (9, 2), L.SeparableConv1D(4, 3, padding="causal"), L.Flatten(), L.Dense(2)
        )
    return result


def channels_first(k):
    """A model that TensorFlow cannot run on a CPU, and its twin."""
    L = k.layers

    def make(order, shape):
        return k.Sequential(
            [
                L.InputLayer(shape),
                L.Conv1D(4, 3, padding="same", activation="relu", data_format=order),
                L.MaxPooling1D(2, data_format=order),
                L.DepthwiseConv1D(2, data_format=order),
                L.GlobalAveragePooling1D(data_format=order),
                L.Dense(2),
            ]
        )

    return make("channels_first", (2, 8)), make("channels_last", (8, 2))


def randomize(model, random):
    for variable in model.weights:
        value = np.round(random.normal(0, 0.5, variable.shape) * 64) / 64
        variable.assign(np.abs(value) + 0.5 if "variance" in variable.name else value)


def values(random, shape):
    return (np.round(random.uniform(-2, 2, shape) * 32) / 32).astype(np.float32)


def plain(array):
    array = np.asarray(array, np.float32)
    return {"shape": list(array.shape), "values": [float(str(v)) for v in array.ravel()]}


def write_model(k, path, make, make_input, expected, trains):
    """Saves a model of one Keras as .keras and .h5, before the step that it makes if it trains."""
    k.backend.clear_session()
    random = np.random.default_rng(1)
    model = make()
    randomize(model, random)
    model.compile(k.optimizers.SGD(0.125, momentum=0.5), k.losses.MeanSquaredError())
    x = make_input(random, (4, *model.input_shape[1:]))
    y = np.asarray(model(x, training=False))
    target = values(random, y.shape)
    files = [path.with_name(path.name + suffix) for suffix in [".keras", ".h5"]]
    for file in files:
        model.save(file)
    more = {}
    if trains:
        model.train_on_batch(x, target)
        more = {"target": plain(target), "after": [plain(w) for w in model.get_weights()]}
    for file in files:
        expected[file.name] = {"x": plain(x), "y": plain(y), **more}


def write_models(k, prefix, expected, is_old=False):
    """Saves the models of one Keras."""
    for name, make in models(k, is_old).items():
        # Dropout draws other numbers.
        trains = name != "pooling"
        write_model(k, FOLDER / f"{prefix}_{name}", make, values, expected, trains)
    random = np.random.default_rng(2)
    model, twin = channels_first(k)
    randomize(twin, random)
    model.set_weights(twin.get_weights())
    x = values(random, (3, 8, 2))
    file = f"{prefix}_channels_first.keras"
    model.save(FOLDER / file)
    expected[file] = {"x": plain(np.moveaxis(x, -1, 1)), "y": plain(twin(x))}


def read_expected(folder):
    """Returns what is expected of the files in a folder, which is made if it is missing."""
    folder.mkdir(exist_ok=True)
    path = folder / "expected.json"
    return json.loads(path.read_text()) if path.exists() else {}


def write_expected(folder, expected):
    """Writes what is expected of the files in a folder, one file a line."""
    text = json.dumps(expected, separators=(",", ":"), sort_keys=True)
    for prefix in ["keras", "tf_keras"]:
        text = text.replace(f'}},"{prefix}', f'}},\n"{prefix}')
    (folder / "expected.json").write_text(text + "\n")


def write_both(folder, models, end_of_tf_keras=""):
    """Writes the models of Keras 3 and of tf_keras with a training step, and what is expected.

    `models` returns functions that make the models of one of them, by name."""
    import tf_keras

    folder.mkdir(exist_ok=True)
    expected = {}
    for prefix, k, end in [("keras3", keras, ""), ("tf_keras", tf_keras, end_of_tf_keras)]:
        for name, make in models(k).items():
            write_model(k, folder / f"{prefix}_{name}{end}", make, values, expected, True)
    write_expected(folder, expected)


def main():
    expected = read_expected(FOLDER)
    if sys.argv[1:2] == ["--models-of"]:
        write_models(keras, sys.argv[2], expected, is_old=True)
    else:
        import tf_keras

        path_of_layers = golden.FIXTURES / "sequences.h5"
        fixture = golden.Fixture(path_of_layers, "tools/keras/golden_sequences.py")
        for each in cases():
            write_case(fixture, *each)
        fixture.close()
        write_models(keras, "keras3", expected)
        write_models(tf_keras, "tf_keras", expected)
    write_expected(FOLDER, expected)


if __name__ == "__main__":
    main()
