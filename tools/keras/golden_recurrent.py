#!/usr/bin/env python3
"""Writes the golden files of the recurrent layers.

Tests/NeuralNetworkTests/Fixtures/recurrent.h5: each layer with output and gradients, as
golden_windows.py writes those over images.

Tests/CheckpointsTests/Fixtures/recurrent/: models of these layers, saved by Keras 3 and tf_keras,
and expected.json with a batch, the output and the weights after one training step for each of them.
With another Keras as argument, `keras-2.13`, it writes the files of that one alone:

    python golden_recurrent.py --models-of keras-2.13

`--only film scenes` writes the models of these names alone.
"""

import sys

import golden
import keras
import numpy as np
from golden_sequences import plain, randomize, read_expected, values, write_expected, write_model
from golden_windows import case, write_case

FOLDER = golden.ROOT / "Tests" / "CheckpointsTests" / "Fixtures" / "recurrent"


def cases():
    """Yields (name, class, input shape, function that makes the input, options)."""
    lstm = {"activation": "tanh", "recurrent_activation": "sigmoid"}
    gru = {**lstm, "reset_after": True}
    for class_name, options in [
        ("LSTM", lstm),
        ("GRU", gru),
        ("SimpleRNN", {"activation": "tanh"}),
    ]:
        base = class_name.lower()
        few = {**options, "units": 3}
        yield case(base, class_name, (2, 5, 2), **few)
        yield case(f"{base}_sequences", class_name, (3, 4, 2), **few, return_sequences=True)
        yield case(f"{base}_backwards", class_name, (3, 4, 2), **few, go_backwards=True)
        both = {"go_backwards": True, "return_sequences": True, "use_bias": False}
        yield case(f"{base}_backwards_sequences", class_name, (2, 4, 3), **few, **both)
        yield case(f"{base}_single", class_name, (1, 1, 1), **{**options, "units": 1})
        # More rows than a thread takes at a time, and more units than a register has.
        large = {**options, "units": 21}
        steps = 3 if class_name == "SimpleRNN" else 9  # whose rounding errors grow
        yield case(f"{base}_large", class_name, (37, steps, 19), **large, return_sequences=True)
    for function in ["linear", "relu", "hard_sigmoid", "softsign", "elu", "selu", "sigmoid"]:
        few = {"units": 3, "activation": function, "return_sequences": True}
        yield case(f"rnn_{function}", "SimpleRNN", (2, 4, 2), **few)
        few["recurrent_activation"] = "hard_sigmoid"
        yield case(f"lstm_{function}", "LSTM", (2, 4, 2), **few)
        yield case(f"gru_{function}", "GRU", (2, 4, 2), **few, reset_after=False)
    before = {**lstm, "reset_after": False, "units": 4}
    yield case("gru_before", "GRU", (19, 6, 3), **before)
    yield case("gru_before_backwards", "GRU", (2, 6, 3), **before, go_backwards=True)
    yield case("gru_before_plain", "GRU", (2, 6, 3), **before, use_bias=False)
    yield case("lstm_stateful", "LSTM", (2, 4, 2), **lstm, units=2, stateful=True)
    dropped = {"dropout": 0.25, "recurrent_dropout": 0.5}
    yield case("lstm_dropped", "LSTM", (2, 4, 2), **lstm, units=2, **dropped)


def words(random, shape):
    x = random.integers(0, 11, shape)
    x[random.uniform(size=shape) < 0.3] = 0
    x[:, 3] = 5
    return x.astype(np.float32)


def models(k):
    """Small models of one Keras, each with the function that makes its input."""
    L = k.layers

    def sequential(shape, *layers):
        return k.Sequential([L.InputLayer(shape), *layers])

    def with_gaps(random, shape):
        x = values(random, shape)
        x[random.uniform(size=shape[:2]) < 0.4] = 0
        x[0, 0] = 0
        x[1] = 0
        return x

    def scene():
        """A model with two branches and batch normalization."""
        x = k.Input((6, 5, 2))
        y = L.BatchNormalization()(L.Conv2D(3, 3, padding="same", activation="relu")(x))
        y = L.GlobalAveragePooling2D()(L.Add()([y, L.Conv2D(3, 1)(x)]))
        return k.Model(x, y, name="scene")

    def states():
        """A mask beside states, which only tf_keras uses."""
        x = k.Input((8,))
        y = L.Embedding(11, 4, mask_zero=True)(x)
        _, h, c = L.LSTM(3, return_state=True)(y)
        y = L.LSTM(3, return_sequences=True)(y, initial_state=[h, c])
        return k.Model(x, L.Dense(2)(L.Flatten()(y)))

    return {
        "states_only": (words, states),
        "film": (
            values,
            lambda: sequential(
                (4, 6, 5, 2),
                L.TimeDistributed(
                    sequential((6, 5, 2), L.Conv2D(3, 3, activation="relu"), L.Flatten())
                ),
                L.LSTM(3),
                L.Dense(2),
            ),
        ),
        "scenes": (
            values,
            lambda: sequential(
                (4, 6, 5, 2), L.TimeDistributed(scene()), L.GRU(3), L.Dense(2)
            ),
        ),
        "paragraphs": (
            words,
            lambda: sequential(
                (5, 4),
                L.Embedding(11, 3, mask_zero=True),
                L.TimeDistributed(L.LSTM(3)),
                L.GlobalMaxPooling1D(),
                L.Dense(2),
                L.Softmax(),
            ),
        ),
        "stacked": (
            values,
            lambda: sequential(
                (7, 3),
                L.LSTM(5, return_sequences=True),
                L.GRU(4, return_sequences=True, go_backwards=True),
                L.SimpleRNN(3, activation="relu"),
                L.Dense(2),
            ),
        ),
        "masked": (
            with_gaps,
            lambda: sequential(
                (6, 2),
                L.Masking(0.0),
                L.LSTM(4, return_sequences=True),
                L.Bidirectional(L.GRU(3, return_sequences=True), merge_mode="ave"),
                L.TimeDistributed(L.Dense(3, activation="tanh")),
                L.SimpleRNN(3, return_sequences=True),
                L.LSTM(3),
                L.Dense(2),
            ),
        ),
        "words": (
            words,
            lambda: sequential(
                (8,),
                L.Embedding(11, 5, mask_zero=True),
                L.Bidirectional(L.LSTM(3)),
                L.Dense(2),
            ),
        ),
        "averaged": (
            words,
            lambda: sequential(
                (8,),
                L.Embedding(11, 5, mask_zero=True),
                L.LayerNormalization(),
                L.Activation("relu"),
                L.GlobalAveragePooling1D(),
                L.Dense(2),
            ),
        ),
        "old": (
            values,
            lambda: sequential(
                (6, 3),
                L.LSTM(4, recurrent_activation="hard_sigmoid", return_sequences=True),
                L.GRU(3, reset_after=False, return_sequences=True, use_bias=False),
                L.Bidirectional(L.SimpleRNN(2), merge_mode="mul"),
                L.Dense(1),
            ),
        ),
        "old_functions": (
            values,
            lambda: sequential(
                (6, 3),
                L.SimpleRNN(4, activation="hard_sigmoid", return_sequences=True),
                L.GRU(3, activation="hard_sigmoid", return_sequences=True),
                L.Bidirectional(
                    L.GRU(
                        2,
                        activation="hard_sigmoid",
                        recurrent_activation="hard_sigmoid",
                        reset_after=False,
                        return_sequences=True,
                    )
                ),
                L.Bidirectional(L.SimpleRNN(2, activation="hard_sigmoid", use_bias=False)),
                L.Dense(3, activation="hard_sigmoid"),
                L.Activation("hard_sigmoid"),
                L.Dense(1),
            ),
        ),
        "pictures": (
            values,
            lambda: sequential(
                (4, 6, 5, 2),
                L.TimeDistributed(L.Conv2D(3, 3, activation="relu")),
                L.TimeDistributed(L.BatchNormalization()),
                L.TimeDistributed(L.Flatten()),
                L.LSTM(3, dropout=0.2, recurrent_dropout=0.25),
                L.Dense(2),
            ),
        ),
    }


def write_models(k, prefix, expected, names=()):
    """Saves the models of one Keras."""
    for name, (make_input, make) in models(k).items():
        if names and name not in names:
            continue
        # Dropout draws other numbers, and Keras 2 normalizes all steps together.
        trains = name != "pictures" and (name != "scenes" or k is keras)
        write_model(k, FOLDER / f"{prefix}_{name}", make, make_input, expected, trains)


def write_cudnn(expected):
    """Saves a model of layers for cuDNN alone, which compute on graphics cards only, and expects
    what the same weights give in the layers of today."""
    import tf_keras as k
    from tf_keras.src.layers.rnn.cudnn_gru import CuDNNGRU
    from tf_keras.src.layers.rnn.cudnn_lstm import CuDNNLSTM

    L = k.layers

    def make(lstm, gru):
        return k.Sequential(
            [
                L.InputLayer((5, 3)),
                lstm(4, return_sequences=True),
                L.Bidirectional(gru(3, return_sequences=True)),
                gru(2, go_backwards=True),
                L.Dense(2),
            ]
        )

    random = np.random.default_rng(3)
    model, twin = make(CuDNNLSTM, CuDNNGRU), make(L.LSTM, L.GRU)
    randomize(model, random)
    file = "tf_keras_cudnn.h5"
    model.save(FOLDER / file)
    twin.load_weights(FOLDER / file)
    x = values(random, (4, 5, 3))
    expected[file] = {"x": plain(x), "y": plain(twin(x))}


def main():
    expected = read_expected(FOLDER)
    if sys.argv[1:2] == ["--models-of"]:
        write_models(keras, sys.argv[2], expected)
    elif sys.argv[1:2] == ["--only"]:
        import tf_keras

        write_models(keras, "keras3", expected, sys.argv[2:])
        write_models(tf_keras, "tf_keras", expected, sys.argv[2:])
    else:
        import tf_keras

        path_of_layers = golden.FIXTURES / "recurrent.h5"
        fixture = golden.Fixture(path_of_layers, "tools/keras/golden_recurrent.py")
        for each in cases():
            write_case(fixture, *each)
        fixture.close()
        write_models(keras, "keras3", expected)
        write_models(tf_keras, "tf_keras", expected)
        write_cudnn(expected)
    write_expected(FOLDER, expected)


if __name__ == "__main__":
    main()
