#!/usr/bin/env python3
"""Writes Tests/NeuralNetworkTests/Fixtures/augmentation.json: Keras's image layers at fixed random
numbers.

Each case has the parameters that a layer draws for each image (shifts, angles, zooms, factors), and
the images that Keras makes with them.
"""

import json

import golden
import keras
import numpy as np
import tensorflow as tf

L = keras.layers
SHAPE = (3, 5, 6)


def images(channels, shape=SHAPE, seed=0):
    random = np.random.default_rng([channels, seed])
    return (random.integers(0, 65, (*shape, channels)) / 64).astype(np.float32)


# The input images, by name; most cases have the same.
SHARED = {}


def shared(array):
    """Returns the name of images in the file."""
    text = json.dumps(plain(array))
    for name, known in SHARED.items():
        if json.dumps(known) == text:
            return name
    name = f"images {len(SHARED)}"
    SHARED[name] = plain(array)
    return name


def plain(array):
    array = np.asarray(array, np.float32)
    return {"shape": list(array.shape), "values": [float(str(v)) for v in array.ravel()]}


def check_positions(matrices, height, width):
    """Fails if rounding decides where a pixel is read."""
    for a0, a1, a2, b0, b1, b2 in np.asarray(matrices, np.float64)[:, :6]:
        y, x = np.mgrid[:height, :width]
        for position, extent in [(a0 * x + a1 * y + a2, width), (b0 * x + b1 * y + b2, height)]:
            tie = np.abs(position - np.floor(position) - 0.5)
            # Where the fill mode 'wrap' jumps.
            turns = position / (extent - 1)
            jump = np.abs(turns - np.round(turns))
            whole = np.abs(position - np.round(position)) < 1e-9
            assert tie.min() > 1e-3, tie.min()
            assert np.where(whole, 1, jump).min() > 1e-4, jump.min()


def case(layer, x, transformation, parameters, name):
    y = layer.transform_images(tf.constant(x), transformation, training=True)
    return {
        "name": name,
        "class_name": type(layer).__name__,
        "config": golden.plain(layer.get_config()),
        "x": shared(x),
        "parameters": parameters,
        "y": plain(y),
    }


def transforms():
    """Yields each transforming layer with each fill mode, interpolation and number of channels."""
    shifts = np.array([[-2.4, 1.3], [3.1, -7.2], [-9.6, 13.7]], np.float32)  # down, right
    angles = np.array([10.0, -75.0, 200.0], np.float32)
    zooms = np.array([[1.37, 0.6], [0.45, 1.8], [1.0, 1.21]], np.float32)  # vertical, horizontal
    height, width = SHAPE[1:]
    for fill in ["constant", "nearest", "reflect", "wrap"]:
        for interpolation in ["nearest", "bilinear"]:
            for channels in [1, 3]:
                x = images(channels)
                options = {"fill_mode": fill, "interpolation": interpolation}
                if fill == "constant" and channels == 3:
                    options["fill_value"] = 0.25
                suffix = f" {fill} {interpolation} {channels}"

                layer = L.RandomTranslation(0.5, 0.5, **options)
                translations = np.ascontiguousarray(shifts[:, ::-1])
                check_positions(layer._get_translation_matrix(translations), height, width)
                given = {"translations": translations}
                yield case(layer, x, given, shifts.tolist(), "translation" + suffix)

                layer = L.RandomRotation(0.5, **options)
                zeros, ones = np.zeros(3, np.float32), np.ones(3, np.float32)
                matrix = layer._compute_affine_matrix(
                    0.5, 0.5, tf.constant(angles), zeros, zeros, ones, zeros, zeros, height, width
                )
                check_positions(matrix, height, width)
                yield case(
                    layer, x, {"rotation_matrix": matrix}, angles.tolist(), "rotation" + suffix
                )

                layer = L.RandomZoom(0.5, 0.5, **options)
                both = {"height_zoom": zooms[:, :1], "width_zoom": zooms[:, 1:]}
                matrix = layer._get_zoom_matrix(zooms[:, ::-1], height, width)
                check_positions(matrix, height, width)
                yield case(layer, x, both, zooms.tolist(), "zoom" + suffix)


def others():
    for channels in [1, 3]:
        x = images(channels)
        for mode in ["horizontal", "vertical", "horizontal_and_vertical"]:
            flips = [True, False, True]
            yield case(
                L.RandomFlip(mode),
                x,
                {"flips": np.reshape(flips, (3, 1, 1, 1))},
                flips,
                f"flip {mode} {channels}",
            )
        factors = [0.5, 1.0, 1.75]
        for values, scale in [((0, 1), 1), ((0, 255), 255)]:
            column = np.array(factors, np.float32).reshape(3, 1, 1, 1)
            yield case(
                L.RandomContrast((0.5, 0.75), value_range=values),
                x * scale,
                {"contrast_factor": column},
                factors,
                f"contrast {scale} {channels}",
            )
            differences = [-0.25 * scale, 0.0, 0.375 * scale]
            column = np.array(differences, np.float32).reshape(3, 1, 1, 1)
            yield case(
                L.RandomBrightness(0.5, value_range=values),
                x * scale,
                {"rgb_delta": column},
                differences,
                f"brightness {scale} {channels}",
            )
        yield case(L.RandomCrop(3, 4), x, (2, 1), [2, 1], f"crop {channels}")

    # Images that are not larger than the target: the place is not random.
    for size in [(5, 4), (3, 6), (6, 6), (7, 3)]:
        layer = L.RandomCrop(*size)
        x = images(1)
        place = layer.get_random_transformation(x, training=True)
        yield case(layer, x, place, [int(v) for v in place], "small crop {}x{}".format(*size))


def resizings():
    """Layers without random numbers, with the gradient of the images."""
    crops = [(3, 4), (4, 3), (5, 6), (2, 5), (7, 6), (6, 9), (8, 2)]
    layers = [L.CenterCrop(*size) for size in crops]
    for interpolation in ["nearest", "bilinear"]:
        for size in [(5, 6), (3, 3), (10, 12), (7, 4), (4, 11), (1, 1)]:
            for aspect in [{}, {"crop_to_aspect_ratio": True}, {"pad_to_aspect_ratio": True}]:
                if "pad_to_aspect_ratio" in aspect:
                    aspect = {**aspect, "fill_value": 0.5}
                layers.append(L.Resizing(*size, interpolation=interpolation, **aspect))
    for number, layer in enumerate(layers):
        x = tf.constant(images(number % 2 * 2 + 1))
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = layer(x)
            dy = images(y.shape[-1], tuple(y.shape[:-1]), seed=1)
            total = tf.reduce_sum(y * dy)
        yield {
            "name": f"resizing {number}",
            "class_name": type(layer).__name__,
            "config": golden.plain(layer.get_config()),
            "x": shared(x),
            "y": plain(y),
            "dy": shared(dy),
            "dx": plain(tape.gradient(total, x)),
        }


def main():
    cases = [*transforms(), *others()]
    resized = list(resizings())
    document = {
        "generator": "tools/keras/golden_augmentation.py",
        "keras_version": keras.__version__,
        "random": cases,
        "resizing": resized,
        "shared": SHARED,
    }
    text = json.dumps(document, separators=(",", ":"), sort_keys=True)
    path = golden.FIXTURES / "augmentation.json"
    path.write_text(text.replace('{"class_name":"R', '\n{"class_name":"R') + "\n")
    print(f"{path.relative_to(golden.ROOT)}: {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
