#!/usr/bin/env python3
"""Writes the golden files of ConvLSTM1D, ConvLSTM2D and ConvLSTM3D.

Tests/NeuralNetworkTests/Fixtures/conv_lstm.h5: options with output and gradients, as
golden_windows.py writes those of layers over images.

Tests/CheckpointsTests/Fixtures/conv_lstm/: models of these layers, saved by Keras 3 and tf_keras,
and expected.json with a batch, the output and the weights after one training step for each of them.
"""

import golden
import keras
from golden_sequences import values, write_expected, write_model
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
    for name, options in {
        "signals": {},
        "signals_strides": {"strides": [2], "padding": "same", "return_sequences": True},
        "signals_dilation": {"dilation_rate": [2], "use_bias": False, "go_backwards": True},
    }.items():
        yield case(name, "ConvLSTM1D", (2, 3, 7, 2), **{**few, "kernel_size": [3], **options})
    for name, options in {
        "volumes": {},
        "volumes_strides": {"strides": [1, 2, 2], "padding": "same", "return_sequences": True},
        "volumes_dilation": {"dilation_rate": [1, 2, 1], "use_bias": False, "go_backwards": True},
    }.items():
        size = {"kernel_size": [2, 2, 3]}
        yield case(name, "ConvLSTM3D", (2, 3, 3, 4, 4, 2), **{**few, **size, **options})


def models(k):
    """Small models of one Keras."""
    L = k.layers
    gates = {"recurrent_activation": "sigmoid"}

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

    def signals():
        """Masks of steps, which only Keras 3 gives to reshaped steps, and states."""
        x = k.Input((4, 12))
        y = L.Masking(0.5)(x) if k is keras else x
        y = L.TimeDistributed(L.Reshape((6, 2)))(y)
        y = L.ConvLSTM1D(3, 3, padding="same", return_sequences=True, **gates)(y)
        # It has the mask, too.
        last, h, c = L.ConvLSTM1D(2, 3, go_backwards=True, return_state=True, **gates)(y)
        z = L.Add()([L.Concatenate()([last, h, c]), L.ConvLSTM1D(6, 3, **gates)(y)])
        return k.Model(x, L.Dense(2)(L.Flatten()(z)))

    def states():
        a = k.Input((3, 5, 4, 2))
        x, h, c = L.ConvLSTM2D(2, 2, return_state=True, return_sequences=True, **gates)(a)
        y = L.ConvLSTM2D(2, 3, padding="same", **gates)(x, initial_state=[c, h])
        return k.Model(a, L.Dense(2)(L.Flatten()(y)))

    def volumes():
        x = k.Input((3, 3, 4, 4, 1))
        y = L.ConvLSTM3D(2, 2, padding="same", return_sequences=True, **gates)(x)
        y = L.ConvLSTM3D(2, [2, 3, 2], **gates)(y)
        return k.Model(x, L.Dense(2)(L.Flatten()(y)))

    return {
        "film": film,
        "frames": frames,
        "signals": signals,
        "states": states,
        "volumes": volumes,
    }


def with_gaps(random, shape):
    """Sequences of which some steps are masked."""
    x = values(random, shape)
    x[0, 1:3] = x[1, 3] = x[2, 0] = x[3] = 0.5
    return x


def main():
    fixture = golden.Fixture(golden.FIXTURES / "conv_lstm.h5", "tools/keras/golden_conv_lstm.py")
    for each in cases():
        write_case(fixture, *each)
    fixture.close()
    import tf_keras

    FOLDER.mkdir(exist_ok=True)
    expected = {}
    for prefix, k in [("keras3", keras), ("tf_keras", tf_keras)]:
        for name, make in models(k).items():
            # Keras 3 does not have the hard sigmoid of tf_keras, the default of the gates there.
            end = "_old" if k is tf_keras and name in ["film", "frames"] else ""
            make_input = with_gaps if name == "signals" else values
            write_model(k, FOLDER / f"{prefix}_{name}{end}", make, make_input, expected, True)
    write_expected(FOLDER, expected)


if __name__ == "__main__":
    main()
