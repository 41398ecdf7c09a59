#!/usr/bin/env python3
"""Writes the golden files of the layers over volumes.

Tests/NeuralNetworkTests/Fixtures/volumes.h5: each layer with output and gradients, as
golden_windows.py writes those over images.

Tests/CheckpointsTests/Fixtures/volumes/: models of these layers, saved by Keras 3 and tf_keras, and
expected.json with a batch, the output and the weights after one training step for each of them.
"""

import itertools

import golden
import keras
from golden_sequences import write_both
from golden_windows import case, write_case

FOLDER = golden.ROOT / "Tests" / "CheckpointsTests" / "Fixtures" / "volumes"


def cases():
    """Yields (name, class, input shape, function that makes the input, options)."""
    conv = {"filters": 3, "kernel_size": [2, 3, 3]}
    for padding, depth in itertools.product(["valid", "same"], [5, 4]):
        name = f"conv3d_{padding}_{depth}"
        options = {} if padding == "valid" else {"padding": padding}
        shape = (2, depth, 6, 5, 2)
        yield case(name, "Conv3D", shape, **conv, **options, activation="relu")
        yield case(f"{name}_strides", "Conv3D", shape, **conv, **options, strides=[2, 1, 3])
    yield case("conv3d_plain", "Conv3D", (1, 3, 3, 3, 2), filters=2, kernel_size=[1, 1, 1])
    yield case("conv3d_no_bias", "Conv3D", (2, 3, 4, 5, 3), **conv, use_bias=False)
    for padding, depth in itertools.product(["valid", "same"], [3, 2]):
        name = f"conv3d_transpose_{padding}_{depth}"
        options = {} if padding == "valid" else {"padding": padding}
        shape = (2, depth, 4, 3, 2)
        yield case(name, "Conv3DTranspose", shape, **conv, **options, activation="relu")
        strides = {"strides": [2, 1, 3], **options}
        yield case(f"{name}_strides", "Conv3DTranspose", shape, **conv, **strides)
        more = {"strides": [3, 2, 2], "output_padding": [2, 0, 1], **options}
        yield case(f"{name}_padding", "Conv3DTranspose", shape, **conv, **more)
    # TensorFlow cannot compute the gradients of one with a dilation.
    yield case("conv3d_transpose_bare", "Conv3DTranspose", (2, 2, 3, 2, 3), **conv, use_bias=False)
    for class_name in ["MaxPooling3D", "AveragePooling3D"]:
        base = class_name.lower()
        for padding, depth in itertools.product(["valid", "same"], [5, 4]):
            options = {} if padding == "valid" else {"padding": padding}
            shape = (2, depth, 6, 5, 3)
            name = f"{base}_{padding}_{depth}"
            yield case(name, class_name, shape, pool_size=[2, 2, 2], **options)
            wide = {"pool_size": [3, 2, 3], "strides": [2, 1, 2]}
            yield case(f"{name}_wide", class_name, shape, **wide, **options)
    for class_name in ["GlobalAveragePooling3D", "GlobalMaxPooling3D"]:
        base = class_name.lower()
        yield case(base, class_name, (2, 3, 4, 5, 3))
        yield case(f"{base}_kept", class_name, (2, 3, 4, 5, 3), keepdims=True)
    margins = [[1, 2], [0, 1], [2, 0]]
    yield case("zero_padding", "ZeroPadding3D", (2, 2, 3, 2, 2))
    yield case("zero_padding_sides", "ZeroPadding3D", (2, 2, 3, 2, 2), padding=margins)
    yield case("cropping", "Cropping3D", (2, 4, 3, 5, 2))
    yield case("cropping_sides", "Cropping3D", (2, 4, 3, 5, 2), cropping=margins)
    yield case("up_sampling", "UpSampling3D", (2, 2, 3, 2, 2))
    yield case("up_sampling_sides", "UpSampling3D", (2, 2, 3, 2, 2), size=[1, 3, 2])


def models(k):
    """Small models of one Keras."""
    L = k.layers

    def classifier():
        return k.Sequential(
            [
                L.InputLayer((6, 8, 8, 1)),
                L.ZeroPadding3D(1),
                # Of equal elements under a window, TensorFlow gives the gradient to all.
                L.Conv3D(4, 3, activation="elu"),
                L.MaxPooling3D(2),
                # TensorFlow's fused operation has another moving variance, see KerasFiles.md.
                L.BatchNormalization(**({} if k is keras else {"fused": False})),
                L.Conv3D(3, 2, padding="same", activation="relu"),
                L.GlobalAveragePooling3D(),
                L.Dense(2),
            ]
        )

    def segmentation():
        x = k.Input((4, 4, 6, 2))
        y = L.AveragePooling3D(2)(L.Conv3D(3, 3, padding="same", activation="relu")(x))
        y = L.Concatenate()([x, L.UpSampling3D()(y)])
        return k.Model(x, L.Flatten()(L.Cropping3D(1)(L.Conv3D(1, 1)(y))))

    def enlarging():
        x = k.Input((3, 4, 4, 2))
        y = L.Conv3DTranspose(3, [2, 3, 3], strides=2, padding="same", activation="elu")(x)
        y = L.Conv3DTranspose(2, 3, strides=[1, 2, 1], output_padding=[0, 1, 0])(y)
        return k.Model(x, L.Flatten()(y))

    return {"enlarging": enlarging, "classifier": classifier, "segmentation": segmentation}


def main():
    fixture = golden.Fixture(golden.FIXTURES / "volumes.h5", "tools/keras/golden_volumes.py")
    for each in cases():
        write_case(fixture, *each)
    fixture.close()
    write_both(FOLDER, models)


if __name__ == "__main__":
    main()
