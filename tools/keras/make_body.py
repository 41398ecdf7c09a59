"""Trains a small network in the manner of MobileNet on drawn patterns, to be fine-tuned elsewhere.

    python tools/keras/make_body.py FILE.keras [--epochs 6]

The six classes are patterns of two colours: stripes of three directions, a chess board, a ring and
a cross, 64 × 64 pixels. The model scales its pixels itself, from 0 to 255 into −1 to 1.
"""

import argparse

import keras
import numpy as np
from keras import layers

SIDE = 64
CLASSES = 6


def pictures(count, seed):
    chance = np.random.default_rng(seed)
    y, x = np.mgrid[:SIDE, :SIDE].astype(np.float32)
    images = np.empty((count, SIDE, SIDE, 3), np.uint8)
    labels = np.arange(count) % CLASSES
    for image, label in zip(images, labels):
        width, shift = chance.uniform(8, 20), chance.uniform(0, 20)
        middle = chance.uniform(24, 40, 2)
        distance = np.hypot(x - middle[0], y - middle[1])
        masks = [
            (y + shift) % width < width / 2,
            (x + shift) % width < width / 2,
            (x + y + shift) % width < width / 2,
            ((x + shift) // width + (y + shift) // width) % 2 == 0,
            abs(distance - width) < 4,
            (abs(x - middle[0]) < 4) | (abs(y - middle[1]) < 4),
        ]
        colours = chance.integers(0, 256, (2, 3))
        noise = chance.normal(0, 12, image.shape)
        image[:] = np.clip(np.where(masks[label][..., None], *colours) + noise, 0, 255)
    return images, labels


def block(x, filters, strides):
    x = layers.DepthwiseConv2D(3, strides=strides, padding="same", use_bias=False)(x)
    x = layers.BatchNormalization(momentum=0.9)(x)
    x = layers.ReLU(6)(x)
    x = layers.Conv2D(filters, 1, use_bias=False)(x)
    x = layers.BatchNormalization(momentum=0.9)(x)
    return layers.ReLU(6)(x)


def network():
    inputs = keras.Input((SIDE, SIDE, 3))
    x = layers.Rescaling(1 / 127.5, -1)(inputs)
    x = layers.Conv2D(24, 3, strides=2, padding="same", use_bias=False, name="conv_first")(x)
    x = layers.BatchNormalization(momentum=0.9)(x)
    x = layers.ReLU(6)(x)
    for filters, strides in [(32, 1), (64, 2), (64, 1), (128, 2), (128, 1)]:
        x = block(x, filters, strides)
    x = layers.GlobalAveragePooling2D()(x)
    x = layers.Dropout(0.1)(x)
    outputs = layers.Dense(CLASSES, activation="softmax", name="patterns")(x)
    return keras.Model(inputs, outputs, name="small_mobilenet")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file")
    parser.add_argument("--epochs", type=int, default=6)
    options = parser.parse_args()
    keras.utils.set_random_seed(1)
    model = network()
    model.compile(
        optimizer=keras.optimizers.Adam(2e-3), loss="sparse_categorical_crossentropy",
        metrics=["accuracy"])
    model.fit(
        *pictures(2400, 1), validation_data=pictures(600, 2), batch_size=32,
        epochs=options.epochs, verbose=2)
    model.save(options.file)


main()
