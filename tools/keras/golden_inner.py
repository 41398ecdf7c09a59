#!/usr/bin/env python3
"""Writes the golden files of models that consist of compiled models.

Tests/CheckpointsTests/Fixtures/inner/: a generator and a discriminator in one model, as they are
trained against each other, saved by Keras 3 and tf_keras, and expected.json with a batch, the
output and the weights after one training step. Keras 3 stores the optimizers of all three models,
also in weights over several files, which hold the weights of `keras3_adversarial.keras`.
With another Keras as argument, `keras-2.13`, it writes the files of that one alone:

    python golden_inner.py --models-of keras-2.13
"""

import sys

import golden
import keras
import numpy as np
from golden_sequences import plain, randomize, read_expected, values, write_expected

FOLDER = golden.ROOT / "Tests" / "CheckpointsTests" / "Fixtures" / "inner"


def write_models(k, prefix, expected):
    """Saves the model of one Keras, before the step that it makes."""
    L = k.layers
    generator = k.Sequential([L.InputLayer((3,)), L.Dense(6, activation="tanh"), L.Dense(4)])
    discriminator = k.Sequential([L.InputLayer((4,)), L.Dense(5, activation="relu"), L.Dense(1)])
    random = np.random.default_rng(1)
    discriminator.compile(k.optimizers.Adam(0.01), "mse", metrics=["mae"])
    randomize(discriminator, random)
    discriminator.train_on_batch(values(random, (4, 4)), values(random, (4, 1)))
    discriminator.trainable = False
    x = k.Input((3,))
    model = k.Model(x, discriminator(generator(x)))
    randomize(generator, random)
    model.compile(k.optimizers.SGD(0.125, momentum=0.5), k.losses.MeanSquaredError())
    x = values(random, (4, 3))
    y, target = np.asarray(model(x, training=False)), values(random, (4, 1))
    files = [FOLDER / f"{prefix}_adversarial{suffix}" for suffix in [".keras", ".h5"]]
    for file in files:
        model.save(file)
    if prefix == "keras3":
        model.save_weights(FOLDER / f"{prefix}_sharded.weights.json", max_shard_size=2e-7)
    model.train_on_batch(x, target)
    found = {"x": plain(x), "y": plain(y), "target": plain(target)}
    found["after"] = [plain(w) for w in model.get_weights()]
    for file in files:
        expected[file.name] = found


def main():
    expected = read_expected(FOLDER)
    if sys.argv[1:2] == ["--models-of"]:
        write_models(keras, sys.argv[2], expected)
    else:
        import tf_keras

        write_models(keras, "keras3", expected)
        write_models(tf_keras, "tf_keras", expected)
    write_expected(FOLDER, expected)


if __name__ == "__main__":
    main()
