#!/usr/bin/env python3
"""Writes Tests/ProgramTests/Fixtures/classifiers: classifiers of pictures as Keras saves them.

`expected.json` has the probabilities that Keras computes for pictures that Pillow has prepared,
with the options of `predict` that say how. The files of Keras do not say it.
"""

import json
import shutil

import golden
import keras
import numpy as np
from PIL import Image

FOLDER = golden.ROOT / "Tests/ProgramTests/Fixtures/classifiers"
NAMES = ["Äpfel", "bananes", "cherries"]


def mobile():
    """A small MobileNet of 96 x 96 pixels and three classes, which scales its input itself."""
    layers = keras.layers
    inputs = outputs = keras.Input((96, 96, 3))
    outputs = layers.Rescaling(1 / 127.5, -1)(outputs)
    outputs = layers.Conv2D(8, 3, 2, padding="same", use_bias=False)(outputs)
    for filters, stride in [(12, 1), (16, 2), (24, 2)]:
        outputs = layers.ReLU(6)(layers.BatchNormalization()(outputs))
        outputs = layers.DepthwiseConv2D(3, stride, padding="same", use_bias=False)(outputs)
        outputs = layers.ReLU(6)(layers.BatchNormalization()(outputs))
        outputs = layers.Conv2D(filters, 1, use_bias=False)(outputs)
    outputs = layers.GlobalAveragePooling2D()(outputs)
    outputs = layers.Dropout(0.2)(outputs)
    return keras.Model(inputs, layers.Dense(3, activation="softmax")(outputs))


def binary():
    """Two classes with one sigmoid; the pictures are wider than high."""
    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((24, 32, 3)),
            layers.Rescaling(1 / 255),
            layers.Conv2D(4, 3, activation="relu"),
            layers.GlobalMaxPooling2D(),
            layers.Dense(1, activation="sigmoid"),
        ]
    )
    model.compile(loss="binary_crossentropy")
    return model


def plain():
    """Logits of four classes of gray pictures, without a layer that scales."""
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((20, 20, 1)),
            layers.Conv2D(4, 3, activation="relu"),
            layers.Flatten(),
            layers.Dense(4),
        ]
    )


def open_size():
    """Three classes of pictures of any size."""
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((None, None, 3)),
            layers.Conv2D(6, 3, strides=2, activation="relu"),
            layers.Conv2D(8, 3, activation="relu"),
            layers.GlobalAveragePooling2D(),
            layers.Dense(3, activation="softmax"),
        ]
    )


def paint(random, width, height, mode):
    """A smooth picture with some noise."""
    y, x = np.mgrid[0:height, 0:width]
    channels = len(mode)
    picture = np.zeros((height, width, channels))
    for channel in range(channels):
        a, b, c = random.uniform(-0.1, 0.1, 3)
        picture[:, :, channel] = 128 + 90 * np.sin(a * x + b * y + 9 * c)
    picture += random.normal(0, 6, picture.shape)
    picture = picture.clip(0, 255).astype("uint8")
    return Image.fromarray(picture[:, :, 0] if channels == 1 else picture, mode)


def prepare(image, width, height, colour, fit):
    """What `predict` does with a picture, by Pillow."""
    image = image.convert(colour)
    if fit == "stretch":
        return image.resize((width, height), Image.Resampling.BILINEAR)
    if fit == "crop":
        inner = (
            min(image.width, image.height * width // height),
            min(image.height, image.width * height // width),
        )
        left, top = [(whole - part) // 2 for whole, part in zip(image.size, inner)]
        box = (left, top, left + inner[0], top + inner[1])
        return image.crop(box).resize((width, height), Image.Resampling.BILINEAR)
    scale = min(width / image.width, height / image.height)
    inner = (round(image.width * scale), round(image.height * scale))
    whole = Image.new(colour, (width, height))
    whole.paste(
        image.resize(inner, Image.Resampling.BILINEAR),
        ((width - inner[0]) // 2, (height - inner[1]) // 2),
    )
    return whole


def probabilities(model, pixels):
    output = model.predict(pixels[None], verbose=0)[0].astype("float64")
    if model.layers[-1].activation is keras.activations.linear:
        output = np.exp(output - output.max())
        output /= output.sum()
    if len(output) == 1:
        output = [1 - output[0], output[0]]
    return [float(np.float32(value)) for value in output]


def main():
    keras.utils.set_random_seed(15)
    random = np.random.default_rng(15)
    if FOLDER.exists():
        shutil.rmtree(FOLDER)
    FOLDER.mkdir()
    models = {
        "mobile.keras": mobile(),
        "binary.keras": binary(),
        "plain.h5": plain(),
        "open.keras": open_size(),
    }
    for name, model in models.items():
        for weight in model.weights:
            spread = 0.4 if "kernel" in weight.name and name != "plain.h5" else 0.1
            values = random.normal(0, spread, weight.shape)
            if weight.name in ("gamma", "moving_variance"):
                values = 1 + abs(values)
            weight.assign(values)
        model.save(FOLDER / name)
    pictures = {
        "exact.jpg": paint(random, 96, 96, "RGB"),
        "wide.png": paint(random, 90, 50, "RGB"),
        "small.png": paint(random, 20, 20, "L"),
        "binary.png": paint(random, 32, 24, "RGB"),
    }
    for name, picture in pictures.items():
        picture.save(FOLDER / name, quality=90)
        # A JPEG is what its decoder makes of it.
        pictures[name] = Image.open(FOLDER / name)
        pictures[name].load()
    (FOLDER / "names.txt").write_text("\n".join(NAMES) + "\n", encoding="utf-8")

    cases = []

    def case(model, picture, size, options=(), colour="RGB", fit="stretch", scale=(255, 0)):
        prepared = prepare(pictures[picture], *size, colour, fit)
        pixels = np.asarray(prepared, "float32").reshape(size[1], size[0], -1)
        network = models[model]
        if network.input_shape[-1] == 3 and colour == "L":
            pixels = np.repeat(pixels, 3, axis=-1)
        cases.append(
            {
                "model": model,
                "picture": picture,
                "options": list(options),
                "probabilities": probabilities(network, pixels / scale[0] + scale[1]),
            }
        )

    whole = (1, 0)
    case("mobile.keras", "exact.jpg", (96, 96), scale=whole)
    case("mobile.keras", "wide.png", (96, 96), scale=whole)
    for fit in ("crop", "pad", "stretch"):
        case("mobile.keras", "wide.png", (96, 96), ["--fit", fit], fit=fit, scale=whole)
    case(
        "mobile.keras", "wide.png", (96, 96), ["--image-color", "gray"], colour="L", scale=whole
    )
    case("mobile.keras", "exact.jpg", (96, 96), ["--scale", "1/255"])
    case("binary.keras", "binary.png", (32, 24), scale=whole)
    case("binary.keras", "wide.png", (32, 24), ["--fit", "crop"], fit="crop", scale=whole)
    case("plain.h5", "small.png", (20, 20), colour="L")
    case("plain.h5", "small.png", (20, 20), ["--scale", "0..255"], colour="L", scale=whole)
    case("plain.h5", "wide.png", (20, 20), ["--scale", "-1..1"], colour="L", scale=(127.5, -1))
    case("open.keras", "binary.png", (32, 24), ["--image-size", "32x24"])
    case("open.keras", "exact.jpg", (96, 96), ["--image-size", "96"])
    case("open.keras", "wide.png", (40, 50), ["--image-size", "40x50", "--fit", "pad"], fit="pad")
    (FOLDER / "expected.json").write_text(json.dumps(cases, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
