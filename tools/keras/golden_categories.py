#!/usr/bin/env python3
"""Writes the golden files of the layers that encode categories.

Tests/CheckpointsTests/Fixtures/categories/: models of these layers, saved by Keras 3 and tf_keras,
and expected.json with a batch, the output and the weights after one training step for each of them.
"""


import golden
import keras
from golden_recurrent import words
from golden_sequences import values, write_expected, write_model

FOLDER = golden.ROOT / "Tests" / "CheckpointsTests" / "Fixtures" / "categories"


def models(k):
    """Small models of one Keras, each with the function that makes its input."""
    L = k.layers

    def ranges():
        """All output modes; 0.5 and -1 are values of the input."""
        x = k.Input((5,))
        bounds = [-1.0, -0.25, 0.5, 1.75]
        looked_up = L.Embedding(5, 3)(L.Discretization(bounds)(x))
        one = L.Discretization(bounds, output_mode="one_hot")(L.Dense(1)(x))
        many = L.Discretization(bounds, output_mode="multi_hot")(x)
        counts = L.Discretization(bounds, output_mode="count")(x)
        y = L.Concatenate()([L.Flatten()(looked_up), one, many, counts])
        return k.Model(x, L.Dense(2)(y))

    def categories():
        x = k.Input((6,))
        many = L.CategoryEncoding(11)(x)
        counts = L.CategoryEncoding(11, output_mode="count")(x)
        return k.Model(x, L.Dense(2)(L.Concatenate()([many, counts])))

    def single():
        x = k.Input((1,))
        return k.Model(x, L.Dense(2)(L.CategoryEncoding(11, output_mode="one_hot")(x)))

    def word(random, shape):
        return words(random, (shape[0], 4))[:, 1:2]

    return {
        "ranges": (values, ranges),
        "categories": (words, categories),
        "single": (word, single),
    }


def main():
    import tf_keras

    FOLDER.mkdir(exist_ok=True)
    expected = {}
    for prefix, k in [("keras3", keras), ("tf_keras", tf_keras)]:
        for name, (make_input, make) in models(k).items():
            write_model(k, FOLDER / f"{prefix}_{name}", make, make_input, expected, True)
    write_expected(FOLDER, expected)


if __name__ == "__main__":
    main()
