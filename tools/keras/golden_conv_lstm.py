#!/usr/bin/env python3
"""Writes the golden files of ConvLSTM2D.

Tests/NeuralNetworkTests/Fixtures/conv_lstm.h5: options with output and gradients, as
golden_windows.py writes those of layers over images.

Tests/CheckpointsTests/Fixtures/conv_lstm/: models of this layer, saved by Keras 3 and tf_keras, and
expected.json with a batch, the output and the weights after one training step for each of them.
"""

import golden
from golden_sequences import write_both
from golden_windows import case, write_case

FOLDER = golden.ROOT / "Tests" / "CheckpointsTests" / "Fixtures" / "conv_lstm"


def cases():
    """Yields (name, class, input shape, function that makes the input, options)."""
    few = {
        "filters": 2,
        "kernel_size": [2, 3],
        "activation": "tanh",
        "recurrent_activation": "sigmoid",
    }
    for name, options in {
        "plain": {},
        "sequences": {"return_sequences": True},
        "backwards": {"go_backwards": True, "return_sequences": True, "use_bias": False},
        "strides": {"strides": [2, 2], "padding": "same"},
        "dilation": {"dilation_rate": [2, 1], "return_sequences": True},
        "relu": {"activation": "relu", "recurrent_activation": "hard_sigmoid"},
    }.items():
        yield case(name, "ConvLSTM2D", (2, 3, 5, 4, 2), **{**few, **options})
    yield case("single", "ConvLSTM2D", (1, 1, 3, 3, 1), **few)


def models(k):
    """Small models of one Keras."""
    L = k.layers

    def film():
        return k.Sequential(
            [
                L.InputLayer((3, 6, 6, 1)),
                L.ConvLSTM2D(3, 3, padding="same", return_sequences=True),
                L.ConvLSTM2D(2, [2, 3], strides=2, activation="relu", go_backwards=True),
                L.Flatten(),
                L.Dense(2),
            ]
        )

    def frames():
        x = k.Input((3, 4, 5, 2))
        y = L.ConvLSTM2D(2, 3, padding="same", return_sequences=True, use_bias=False)(x)
        return k.Model(x, L.Conv3D(1, 1)(L.Add()([x, y])))

    return {"film": film, "frames": frames}


def main():
    fixture = golden.Fixture(golden.FIXTURES / "conv_lstm.h5", "tools/keras/golden_conv_lstm.py")
    for each in cases():
        write_case(fixture, *each)
    fixture.close()
    # Keras 3 does not have the hard sigmoid of tf_keras, the default of the gates there.
    write_both(FOLDER, models, end_of_tf_keras="_old")


if __name__ == "__main__":
    main()
