#!/usr/bin/env python3
"""Writes the golden files of regularizers and constraints.

Tests/CheckpointsTests/Fixtures/regularizers/: models whose weights have regularizers and
constraints, saved by Keras 3 and tf_keras, and expected.json with a batch, the output and the
weights after one training step for each of them. The constraints change the weights in that step.
"""

import golden
from golden_sequences import write_both

FOLDER = golden.ROOT / "Tests" / "CheckpointsTests" / "Fixtures" / "regularizers"


def models(k):
    """Small models of one Keras."""
    L, R, C = k.layers, k.regularizers, k.constraints

    def images():
        return k.Sequential(
            [
                L.InputLayer((6, 6, 2)),
                L.Conv2D(
                    3,
                    3,
                    kernel_regularizer=R.L2(0.3),
                    bias_regularizer="l1",
                    kernel_constraint=C.MaxNorm(0.9, axis=[0, 1, 2]),
                ),
                L.LayerNormalization(
                    gamma_regularizer=R.L1(0.2), beta_regularizer="l2", gamma_constraint="non_neg"
                ),
                L.DepthwiseConv2D(
                    2, depthwise_regularizer=R.L1L2(0.1, 0.2), depthwise_constraint=C.NonNeg()
                ),
                L.SeparableConv2D(
                    4,
                    2,
                    depthwise_regularizer=R.L2(0.5),
                    pointwise_constraint=C.MinMaxNorm(0.4, 0.8, rate=0.7, axis=[0, 1, 2]),
                ),
                L.PReLU(alpha_regularizer=R.L2(0.4), alpha_constraint="non_neg"),
                L.Flatten(),
                L.Dense(2, kernel_constraint="unit_norm", bias_constraint=C.NonNeg()),
            ]
        )

    def sequences():
        lstm = L.LSTM(
            3,
            kernel_regularizer=R.L2(0.3),
            recurrent_regularizer=R.L1(0.2),
            recurrent_constraint=C.MaxNorm(0.6),
            return_sequences=True,
        )
        dense = L.Dense(4, kernel_regularizer=R.L1L2(0.2, 0.4), kernel_constraint=C.UnitNorm(1))
        return k.Sequential(
            [
                L.InputLayer((4, 3)),
                L.Conv1D(3, 2, padding="same", kernel_constraint=C.MaxNorm(0.5, axis=[0, 1])),
                L.Bidirectional(lstm),
                L.TimeDistributed(dense),
                L.GRU(2, bias_regularizer=R.L2(0.6), kernel_constraint=C.UnitNorm(axis=-1)),
                L.Dense(2),
            ]
        )

    def attention():
        x = k.Input((4, 3))
        y = L.MultiHeadAttention(2, 3, kernel_regularizer=R.L2(0.3), bias_constraint=C.NonNeg())
        y = y(x, x)
        return k.Model(x, L.Dense(2, bias_regularizer=R.L1(0.1))(L.Add()([x, y])))

    return {"images": images, "sequences": sequences, "attention": attention}


if __name__ == "__main__":
    write_both(FOLDER, models)
