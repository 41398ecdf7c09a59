#!/usr/bin/env python3
"""Proves with real Keras 3 and tf_keras that the options of layers go both ways unharmed.

Usage: check_options.py BIN

BIN is the folder with `convert` and `judge`. Each model is made by one Keras and saved; Cairn
computes with the file, and converts it for both. What a Keras does not have must be refused by
name. Prints one line for each model and exits 1 if one failed.
"""

import os

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"

import logging
import pathlib
import sys
import tempfile
import warnings

import keras
import numpy as np
import tf_keras

from cairn_programs import Programs, difference

logging.getLogger("tensorflow").setLevel("ERROR")
logging.getLogger("absl").setLevel("ERROR")
warnings.simplefilter("ignore")

IMAGE = (9, 8, 4)
# What only one of the two has, and what cannot be made of layers that the other has.
ONLY_KERAS_3 = {
    "Resizing, pad": "the option pad_to_aspect_ratio",
    "activation glu": "the activation glu",
    "activation hard_shrink": "the activation hard_shrink",
    "activation hard_silu": "the activation hard_silu",
    "activation hard_tanh": "the activation hard_tanh",
    "activation soft_shrink": "the activation soft_shrink",
    "activation sparse_plus": "the activation sparse_plus",
    "activation sparsemax": "the activation sparsemax",
    "activation squareplus": "the activation squareplus",
    "activation tanh_shrink": "the activation tanh_shrink",
}
ONLY_TF_KERAS = {
    "LayerNormalization, axis (3, 2)": "the axes [3, 2] in this order",
    "LayerNormalization, axis [2, 1]": "the axes [2, 1] in this order",
    "RandomHeight": "the class RandomHeight",
    "RandomWidth": "the class RandomWidth",
}


def models(k):
    """Models of one Keras; both have what is not in a branch of its own."""
    L = k.layers
    is_3 = k is keras

    def sequential(*layers, shape=IMAGE, flat=True, name=None):
        tail = [L.Flatten(), L.Dense(3)] if flat else []
        return k.Sequential([k.Input(shape), *layers, *tail], name=name)

    result = {}
    names = "relu elu selu gelu softplus softsign silu sigmoid tanh exponential hard_sigmoid mish"
    names += " linear"
    if is_3:
        names += (
            " relu6 leaky_relu log_softmax celu glu hard_silu hard_tanh hard_shrink log_sigmoid"
            " soft_shrink squareplus tanh_shrink sparse_plus sparse_sigmoid sparsemax"
        )
    for name in names.split():
        # Keras cannot put a layer behind its own glu.
        tail = [] if name == "glu" else [L.Dense(2)]
        result[f"activation {name}"] = lambda name=name, tail=tail: sequential(
            L.Conv2D(4, 3), L.Flatten(), L.Dense(6, activation=name), *tail, flat=False
        )
        if name not in ["exponential", "glu", "sparsemax"]:
            result[f"activation {name}, convolution"] = lambda name=name: sequential(
                L.Conv2D(4, 3, activation=name), L.Activation(name)
            )

    result["LeakyReLU"] = lambda: sequential(L.LeakyReLU(0.2))
    result["LeakyReLU, default"] = lambda: sequential(L.LeakyReLU())
    result["ReLU"] = lambda: sequential(L.ReLU(max_value=1.5, negative_slope=0.1, threshold=0.2))
    result["ELU"] = lambda: sequential(L.ELU(0.5))
    result["Softmax"] = lambda: sequential(L.Softmax(axis=[1, 2]))
    result["PReLU"] = lambda: sequential(L.PReLU(shared_axes=[1, 2]))
    for axis in [1, 2, 3, -1, -2]:
        result[f"BatchNormalization, axis {axis}"] = lambda axis=axis: sequential(
            L.BatchNormalization(axis=axis)
        )
        result[f"LayerNormalization, axis {axis}"] = lambda axis=axis: sequential(
            L.LayerNormalization(axis=axis)
        )
    for axis in [[1, 2], [2, 3], [1, 3], [1, 2, 3], [-1], [-3, -1], (3, 2), [2, 1]]:
        result[f"LayerNormalization, axis {axis}"] = lambda axis=axis: sequential(
            L.LayerNormalization(axis=axis, epsilon=1e-4)
        )
    result["Normalization"] = lambda: sequential(L.Normalization(axis=[1, -1]))
    result["Identity"] = lambda: sequential(L.Identity())
    result["GaussianDropout"] = lambda: sequential(L.GaussianDropout(0.3))
    result["AlphaDropout"] = lambda: sequential(L.AlphaDropout(0.3))
    result["ActivityRegularization"] = lambda: sequential(L.ActivityRegularization(0.1, 0.2))
    result["Masking"] = lambda: sequential(L.Masking(0.0))
    result["Masking, other value"] = lambda: sequential(L.Masking(0.25))
    result["Dropout, noise_shape"] = lambda: sequential(L.Dropout(0.3, (None, 1, 1, 4), seed=3))
    result["SpatialDropout2D"] = lambda: sequential(L.SpatialDropout2D(0.3))
    result["RandomFlip"] = lambda: sequential(L.RandomFlip("horizontal", seed=4))
    result["RandomRotation"] = lambda: sequential(L.RandomRotation(0.1))
    result["RandomZoom"] = lambda: sequential(L.RandomZoom(0.1, 0.2))
    result["RandomTranslation"] = lambda: sequential(L.RandomTranslation(0.1, 0.2, "nearest"))
    result["RandomContrast"] = lambda: sequential(L.RandomContrast(0.1))
    result["RandomBrightness"] = lambda: sequential(L.RandomBrightness(0.1), shape=(9, 8, 3))
    for size in [(6, 5), (12, 6)]:
        result[f"CenterCrop {size}"] = lambda size=size: sequential(L.CenterCrop(*size))
        result[f"Resizing {size}"] = lambda size=size: sequential(L.Resizing(*size))
        result[f"Resizing {size}, nearest"] = lambda size=size: sequential(
            L.Resizing(*size, interpolation="nearest")
        )
        result[f"Resizing {size}, crop"] = lambda size=size: sequential(
            L.Resizing(*size, crop_to_aspect_ratio=True)
        )
    if is_3:
        result["Resizing, pad"] = lambda: sequential(L.Resizing(6, 5, pad_to_aspect_ratio=True))
    result["RandomCrop"] = lambda: sequential(L.RandomCrop(9, 8))
    if not is_3:
        result["RandomHeight"] = lambda: sequential(
            L.RandomHeight(0.1), L.GlobalAveragePooling2D(), L.Dense(3), flat=False
        )
        result["RandomWidth"] = lambda: sequential(
            L.RandomWidth(0.1), L.GlobalAveragePooling2D(), L.Dense(3), flat=False
        )

    result["no fixed size"] = lambda: sequential(
        L.Conv2D(4, 3), L.GlobalAveragePooling2D(), L.Dense(3), shape=(None, None, 4), flat=False
    )
    result["28x28"] = lambda: sequential(L.Dense(3), shape=(28, 28))
    result["names"] = lambda: sequential(
        L.Conv2D(4, 3, name="conv" if is_3 else "block/conv"), L.Dense(3, name="d-1")
    )

    def options():
        return sequential(
            L.Conv2D(
                4,
                3,
                kernel_initializer="he_normal",
                bias_initializer=k.initializers.Constant(0.1),
                kernel_regularizer=k.regularizers.L1L2(0.01, 0.02),
                activity_regularizer=k.regularizers.L2(0.01),
                kernel_constraint=k.constraints.MaxNorm(2.0),
            ),
            L.BatchNormalization(
                gamma_initializer=k.initializers.RandomUniform(0.5, 1.5, seed=3),
                beta_regularizer="l2",
                moving_mean_initializer="ones",
            ),
            L.DepthwiseConv2D(
                3,
                depthwise_initializer=k.initializers.Orthogonal(gain=0.5),
                depthwise_constraint=k.constraints.NonNeg(),
            ),
            L.SeparableConv2D(
                3,
                2,
                pointwise_initializer=k.initializers.VarianceScaling(2.0, "fan_out", "normal"),
                pointwise_constraint=k.constraints.MinMaxNorm(0.1, 2.0),
                depthwise_initializer="lecun_uniform",
            ),
            L.Flatten(),
            L.Dense(
                4,
                kernel_initializer=k.initializers.TruncatedNormal(0.0, 0.1, seed=2),
                kernel_constraint=k.constraints.UnitNorm(axis=0),
                bias_regularizer=k.regularizers.L1(0.5),
            ),
            flat=False,
        )

    result["options that are kept"] = options

    def frozen_base(training):
        def make():
            base = k.Sequential(
                [k.Input(IMAGE), L.Conv2D(4, 3), L.BatchNormalization(), L.Dropout(0.5)],
                name="base",
            )
            base.trainable = False
            x = k.Input(IMAGE)
            y = base(L.RandomFlip()(x), training=training)
            y = L.BatchNormalization()(y, training=False)
            return k.Model(x, L.Dense(3)(L.GlobalAveragePooling2D()(y)))

        return make

    result["training=False"] = frozen_base(False)
    return result


def randomize(model, random):
    for variable in model.weights:
        value = np.asarray(variable)
        if value.dtype.kind != "f":
            continue
        value = random.normal(0, 0.5, value.shape)
        variable.assign(np.abs(value) + 0.5 if "variance" in variable.name else value)
    for layer in model.layers:
        if hasattr(layer, "finalize_state"):
            layer.finalize_state()


KEPT = ["initializer", "regularizer", "constraint", "seed", "noise_shape"]


def kept(model):
    """The options of a model that training alone uses, in a form that both Keras share."""

    def plain(value):
        if isinstance(value, float):
            return round(value, 6)  # tf_keras rounds to single precision.
        if isinstance(value, (list, tuple)):
            return tuple(plain(entry) for entry in value)
        if not isinstance(value, dict):
            return value
        config = {
            key: plain(entry)
            for key, entry in value.get("config", value).items()
            if entry is not None and key not in ["input_axes", "output_axes", "dtype"]
        }
        return (value.get("class_name"), tuple(sorted(config.items())))

    found = []
    for layer in model.layers:
        config = layer.get_config()
        options = {
            key: plain(value)
            for key, value in config.items()
            if any(key.endswith(kind) for kind in KEPT) and value is not None
        }
        # tf_keras writes those of a base class, too; the crop of Keras 3 draws a seed.
        if type(layer).__name__ in ["DepthwiseConv2D", "SeparableConv2D"]:
            options = {k: v for k, v in options.items() if not k.startswith("kernel_")}
        if options and type(layer).__name__ != "RandomCrop":
            found.append((type(layer).__name__, options))
    return found


def check(source, name, make):
    is_3 = source is keras
    source.utils.set_random_seed(1)
    random = np.random.default_rng(1)
    model = make()
    randomize(model, random)
    shape = [extent or 16 for extent in model.input_shape[1:]]
    x = random.normal(0, 1, (3, *shape)).astype(np.float32)
    x[0, 0] = 0.25
    expected = model.predict(x, verbose=0)
    worst = 0.0
    refused = ONLY_KERAS_3 if is_3 else ONLY_TF_KERAS
    refused = refused.get(name.removesuffix(", convolution"))
    for suffix in [".keras", ".h5"]:
        if is_3 and name == "RandomBrightness" and suffix == ".h5":
            continue  # Keras 3.15 cannot write it: its option `value_range` holds a module.
        path = FOLDER / f"source{suffix}"
        model.save(path)
        worst = max(worst, difference(PROGRAMS.judged(path, x), expected))
        assert worst < 2e-6, f"{suffix}: differs from its Keras by {worst:.1e}"
        for target, output in [(keras, "a.keras"), (keras, "a.weights.h5"), (tf_keras, "a.h5")]:
            try:
                told = PROGRAMS.run("convert", "--overwrite", path, FOLDER / output).stderr
            except AssertionError as error:
                assert refused and target is not source and refused in str(error), error
                continue
            assert target is source or not refused, f"{output} was not refused"
            if output == "a.weights.h5" and "several axes" in told:
                again = keras.models.load_model(FOLDER / "a.keras")
                again.load_weights(FOLDER / output)
            else:
                again = target.models.load_model(FOLDER / output)
            figure = difference(again.predict(x, verbose=0), expected)
            assert figure < 2e-6, f"{output}: differs by {figure:.1e}"
            assert kept(again) == kept(model), f"{output}: {kept(again)} and {kept(model)}"
            assert difference(PROGRAMS.judged(FOLDER / output, x), expected) < 2e-6
            worst = max(worst, figure)
    return f"differs by {worst:.1e}"


def main():
    failures = 0
    for label, source in [("Keras 3", keras), ("tf_keras", tf_keras)]:
        for name, make in models(source).items():
            if len(sys.argv) > 2 and sys.argv[2] not in name:
                continue
            try:
                print(f"ok    {label}, {name}: {check(source, name, make)}", flush=True)
            except Exception as error:
                failures += 1
                print(
                    f"FAIL  {label}, {name}: {type(error).__name__}: {str(error)[:1500]}",
                    flush=True,
                )
    sys.exit(failures > 0)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        FOLDER = pathlib.Path(folder)
        PROGRAMS = Programs(pathlib.Path(sys.argv[1]).resolve(), FOLDER)
        main()
