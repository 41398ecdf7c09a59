#!/usr/bin/env python3
"""Writes the golden files of regularizers and constraints.

Tests/CheckpointsTests/Fixtures/regularizers/: models whose weights and outputs have regularizers,
and weights constraints, saved by Keras 3 and tf_keras, and expected.json with a batch, the output,
the loss of an evaluation and the weights after one training step for each of them. The constraints
change the weights in that step. The penalties on outputs of models named `only` differ between
Keras 3 and tf_keras.
"""

import golden
import keras
import tf_keras
from golden_sequences import plain, randomize, values, write_expected

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

    def outputs():
        dense = L.Dense(3, activation="tanh", activity_regularizer=R.L2(0.2))
        return k.Sequential(
            [
                L.InputLayer((6, 6, 2)),
                L.Conv2D(3, 3, activation="relu", activity_regularizer=R.L1L2(0.05, 0.1)),
                L.ActivityRegularization(l1=0.02, l2=0.03),
                L.DepthwiseConv2D(2, activity_regularizer="l2", trainable=False),
                L.SeparableConv2D(4, 2, activity_regularizer=R.L1(0.02)),
                L.LayerNormalization(),
                L.Conv2DTranspose(2, 2, activity_regularizer=R.L2(0.04)),
                L.ReLU(),
                L.Flatten(),
                k.Sequential([L.InputLayer((18,)), dense]),
                L.Dense(2, activation="relu", activity_regularizer=R.L1(0.2)),
            ]
        )

    def masked():
        x = k.Input((4, 3))
        y = L.Masking(0.5)(x)
        y = L.LSTM(3, return_sequences=True, activity_regularizer=R.L2(0.3))(y)
        gru = L.GRU(2, return_sequences=True, activity_regularizer=R.L1(0.1))
        y = L.Bidirectional(gru, merge_mode="sum")(y)
        y = L.Conv1D(3, 2, activity_regularizer=R.L1L2(0.1, 0.2))(y)
        # Its states are outputs, too.
        y, h, c = L.LSTM(2, return_state=True, activity_regularizer=R.L2(0.4))(y)
        shared = L.Dense(2, activity_regularizer=R.L2(0.5))
        return k.Model(x, L.Add()([shared(y), shared(h), c]))

    def orthogonal():
        lstm = L.LSTM(
            3,
            recurrent_regularizer=R.OrthogonalRegularizer(0.5, mode="columns"),
            activity_regularizer=R.OrthogonalRegularizer(0.4, mode="columns"),
        )
        return k.Sequential(
            [
                L.InputLayer((4, 3)),
                L.Dense(4, kernel_regularizer=R.OrthogonalRegularizer(0.6)),
                lstm,
                L.Dense(4, kernel_regularizer=R.OrthogonalRegularizer(mode="columns")),
            ]
        )

    def steps_only():
        x = k.Input((4, 3))
        y = L.TimeDistributed(L.Dense(4, activity_regularizer=R.L2(0.3)))(x)
        inner = k.Sequential(
            [
                L.InputLayer((4,)),
                L.Dense(3, activity_regularizer=R.L1(0.2)),
                L.ActivityRegularization(l2=0.1),
            ]
        )
        y = L.TimeDistributed(inner)(y)
        return k.Model(x, L.Dense(2)(y))

    def attention_only():
        x = k.Input((4, 3))
        y = L.MultiHeadAttention(2, 3, activity_regularizer=R.L2(0.3))(x, x)
        return k.Model(x, L.Dense(2)(y))

    def gate_only():
        x = k.Input((4, 3))
        y = L.MultiHeadAttention(2, 3, use_gate=True, activity_regularizer=R.L1L2(0.1, 0.3))(x, x)
        return k.Model(x, L.Dense(2)(y))

    def simple_only():
        simple = L.SimpleRNN(3, activity_regularizer=R.L2(0.3), return_sequences=True)
        return k.Sequential([L.InputLayer((4, 3)), simple, L.Dense(2)])

    made = [images, sequences, attention, outputs, masked, orthogonal, steps_only, attention_only]
    made.append(gate_only if k is keras else simple_only)
    return {make.__name__: make for make in made}


def write_model(k, path, make, expected):
    """Saves a model of one Keras as .keras and .h5, before an evaluation and a training step."""
    k.backend.clear_session()
    random = golden.np.random.default_rng(1)
    model = make()
    randomize(model, random)
    model.compile(k.optimizers.SGD(0.125, momentum=0.5), k.losses.MeanSquaredError())
    x = values(random, (4, *model.input_shape[1:]))
    if "masked" in path.name:
        x[1, 2:] = x[2, 1] = 0.5
    y = golden.np.asarray(model(x, training=False))
    target = values(random, y.shape)
    for suffix in [".keras", ".h5"]:
        model.save(path.with_name(path.name + suffix))
    # Batches of 3 and 1, whose losses count by their sizes.
    loss = model.evaluate(x, target, batch_size=3, verbose=0)
    model.train_on_batch(x, target)
    for suffix in [".keras", ".h5"]:
        expected[path.name + suffix] = {
            "x": plain(x),
            "y": plain(y),
            "target": plain(target),
            "loss": float(str(golden.np.float32(loss))),
            "after": [plain(weight) for weight in model.get_weights()],
        }


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    expected = {}
    for prefix, k in [("keras3", keras), ("tf_keras", tf_keras)]:
        for name, make in models(k).items():
            write_model(k, FOLDER / f"{prefix}_{name}", make, expected)
    write_expected(FOLDER, expected)
