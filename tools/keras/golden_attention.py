#!/usr/bin/env python3
"""Writes the golden files of the attention layers.

Tests/CheckpointsTests/Fixtures/attention/: models of these layers, saved by Keras 3 and tf_keras,
and expected.json with a batch, the output and the weights after one training step for each of them.
With another Keras as argument, `keras-2.13`, it writes the files of that one alone:

    python golden_attention.py --models-of keras-2.13
"""

import sys

import golden
import keras
from golden_recurrent import words
from golden_sequences import read_expected, values, write_expected, write_model

FOLDER = golden.ROOT / "Tests" / "CheckpointsTests" / "Fixtures" / "attention"


def models(k):
    """Small models of one Keras, each with the function that makes its input."""
    L = k.layers
    is_keras3 = k.__version__.startswith("3")

    def dot():
        x = k.Input((5, 3))
        query, value, key = L.Dense(4)(x), L.Conv1D(4, 2)(x), L.Conv1D(4, 2)(x)
        y = L.Attention()([query, value])
        y = L.Attention(use_scale=True)([y, value, key])
        y = L.Attention(use_scale=True, score_mode="concat")([y, value, key])
        y = L.Attention(score_mode="concat")([y, query], use_causal_mask=True)
        return k.Model(x, L.Dense(2)(y))

    def additive():
        x = k.Input((5, 3))
        query, value, key = L.Dense(4)(x), L.Conv1D(4, 2)(x), L.Conv1D(4, 2)(x)
        y = L.AdditiveAttention()([query, query])
        y = L.AdditiveAttention(use_scale=False)([query, y])
        y = L.AdditiveAttention(name="last")([y, value, key])
        return k.Model(x, L.Dense(2)(L.GlobalAveragePooling1D()(y)))

    def heads():
        x = k.Input((5, 3))
        short = L.Conv1D(6, 2)(x)
        y = L.MultiHeadAttention(2, 3)(x, x)
        y = L.MultiHeadAttention(3, 2, value_dim=4, use_bias=False)(y, short)
        y = L.MultiHeadAttention(1, 2, output_shape=5)(y, short, L.Conv1D(2, 2)(x))
        y = L.MultiHeadAttention(2, 2, attention_axes=1, output_shape=(2, 3))(
            y, value=y, use_causal_mask=True
        )
        return k.Model(x, L.Dense(2)(y))

    def encoder(rate=0.1, masks=False):
        """The encoder of many classifiers of texts."""
        x = k.Input((8,))
        y = L.Embedding(11, 6, mask_zero=masks)(x)
        attended = L.MultiHeadAttention(num_heads=2, key_dim=6)(y, y)
        y = L.LayerNormalization(epsilon=1e-6)(L.Add()([y, L.Dropout(rate)(attended)]))
        inner = L.Dense(6)(L.Dropout(rate)(L.Dense(8, activation="relu")(y)))
        y = L.LayerNormalization(epsilon=1e-6)(L.Add()([y, inner]))
        y = L.GlobalAveragePooling1D()(y)
        return k.Model(x, L.Dense(2)(L.Dropout(rate)(y)))

    def masked(causal, dropout=0.0):
        """Masks of queries and values, and outputs of all steps, those that do not count too.

        Keras 3 removes the mask of what it has given to multi-head attention, so that each of
        these layers has vectors of its own.
        """
        x = k.Input((8,))

        def words(mask=True):
            return L.Embedding(11, 4, mask_zero=mask)(x)

        own = words()
        both = L.MultiHeadAttention(2, 3, dropout=dropout)(own, own, use_causal_mask=causal)
        queries = L.MultiHeadAttention(2, 3, dropout=dropout)(words(), words(False))
        steps = L.MultiHeadAttention(1, 3, dropout=dropout)(words(False), words(), words(False))
        one, other = words(), words(False)
        dense = L.Attention(dropout=dropout)([one, one], use_causal_mask=causal)
        additive = L.AdditiveAttention(dropout=dropout)([other, one])
        y = L.Concatenate()([both, queries, steps, dense, additive])
        # Neither Flatten nor the loss gets the mask.
        return k.Model(x, L.Dense(3)(L.Flatten()(y)))

    def by_name():
        x = k.Input((5, 3))
        value, key = L.Conv1D(6, 2)(x), L.Conv1D(2, 2)(x)
        first = {"query": x} if is_keras3 else {}
        layer = L.MultiHeadAttention(2, 3)
        y = layer(*([] if first else [x]), **first, value=value, key=key)
        return k.Model(x, L.Dense(2)(y))

    def shared():
        """A layer that is called twice."""
        x = k.Input((5, 4))
        layer = L.MultiHeadAttention(2, 2)
        return k.Model(x, L.Dense(2)(layer(layer(x, x), x)))

    result = {
        "dot": (values, dot),
        "additive": (values, additive),
        "heads": (values, heads),
        "encoder_drops": (words, encoder),
        "masked": (words, lambda: masked(False)),
        "causal": (words, lambda: masked(True)),
        "masked_only_drops": (words, lambda: masked(True, 0.25)),
        "by_name": (values, by_name),
        "shared": (values, shared),
    }
    if is_keras3:

        def keras3_only():
            x = k.Input((7, 3))
            y = L.MultiHeadAttention(2, 3, use_gate=True)(x, x)
            y = L.MultiHeadAttention(2, 3, sliding_window=2)(y, y)
            y = L.MultiHeadAttention(2, 3, sliding_window=3, use_gate=True, use_bias=False)(
                y, y, use_causal_mask=True
            )
            return k.Model(x, L.Dense(2)(y))

        result["gated_only"] = (values, keras3_only)
    else:
        result["residual_only"] = (words, lambda: encoder(0, masks=True))
    return result


def write_models(k, prefix, expected):
    """Saves the models of one Keras."""
    for name, (make_input, make) in models(k).items():
        # Dropout draws other numbers.
        trains = not name.endswith("drops")
        write_model(k, FOLDER / f"{prefix}_{name}", make, make_input, expected, trains)


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
