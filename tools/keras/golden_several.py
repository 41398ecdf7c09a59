#!/usr/bin/env python3
"""Writes the golden files of models with several inputs or outputs.

Tests/CheckpointsTests/Fixtures/several/: models saved by Keras 3 and tf_keras, and expected.json
with a batch, the outputs, the logs of one training step and the weights after it for each of them.
With another Keras as argument, `keras-2.13`, it writes the files of that one alone:

    python golden_several.py --models-of keras-2.13

`--only states` writes the models of these names alone.
"""

import importlib
import sys

import golden
import keras
import numpy as np
import tensorflow as tf
from golden_sequences import plain, randomize, read_expected, values, write_expected

FOLDER = golden.ROOT / "Tests" / "CheckpointsTests" / "Fixtures" / "several"


def words(random, shape):
    x = random.integers(0, 11, shape)
    x[random.uniform(size=shape) < 0.3] = 0
    x[:, 3] = 5
    return x.astype(np.float32)


def classes(random, shape):
    """Labels for outputs of a shape."""
    return random.integers(0, shape[-1], shape[:-1]).astype(np.float32)


def with_gaps(random, shape):
    x = values(random, shape)
    x[random.uniform(size=shape[:2]) < 0.4] = 0.5
    return x


def ones(random, shape):
    return random.integers(0, 2, shape).astype(np.float32)


def flags(random, shape):
    """Masks that keep at least one element of each row."""
    x = random.integers(0, 2, shape)
    x[..., 1] = 1
    return x.astype(np.float32)


def empty_flags(random, shape):
    """Masks, one of which keeps nothing."""
    x = flags(random, shape)
    x[1] = 0
    return x


def layer_scale(k):
    """The class in the module of one Keras."""
    return importlib.import_module(f"{k.__name__}.src.applications.convnext").LayerScale


def models(k):
    """Small models of one Keras, each with the functions that make inputs and targets."""
    L = k.layers

    def compiled(model, losses, weights=None, metrics=None):
        optimizer = k.optimizers.SGD(0.125, momentum=0.5)
        model.compile(optimizer, losses, loss_weights=weights, metrics=metrics)
        return model

    def two_inputs():
        image = k.Input((6, 6, 1), name="picture")
        numbers = k.Input((3,), name="numbers")
        x = L.Flatten()(L.Conv2D(2, 3, activation="relu")(image))
        x = L.Concatenate()([x, L.Dense(4, activation="tanh")(numbers)])
        model = k.Model([image, numbers], L.Dense(2)(x))
        return compiled(model, "mse", metrics=["mae"])

    def two_outputs():
        image = k.Input((6, 6, 1))
        x = L.Flatten()(L.MaxPooling2D()(L.Conv2D(3, 3, activation="relu")(image)))
        digit = L.Dense(5, activation="softmax", name="digit")(x)
        box = L.Dense(4, name="box")(L.Dense(5, activation="relu")(x))
        losses = {"box": "mse", "digit": k.losses.SparseCategoricalCrossentropy()}
        # For several outputs, tf_keras takes class indices for one-hot rows.
        accuracy = "accuracy" if k is keras else "sparse_categorical_accuracy"
        metrics = {"digit": [accuracy], "box": ["mae", "mse"]}
        return compiled(k.Model(image, [digit, box]), losses, {"digit": 0.5, "box": 2.0}, metrics)

    def listed():
        """A result that is an output and an input of another layer, and one layer called twice."""
        a = k.Input((3,), name="a")
        b = k.Input((3,), name="b")
        shared = L.Dense(3, activation="tanh", name="shared")
        x, y = shared(b), shared(a)
        z = L.Dense(2, name="last")(L.Add()([x, y]))
        model = k.Model([a, b], [z, x])
        return compiled(model, ["mae", "mse"], [1.0, 0.25], [["mse"], ["mae"]])

    def siamese():
        x = k.Input((5, 5, 1))
        encoder = k.Model(x, L.Dense(3)(L.Flatten()(L.Conv2D(2, 2)(x))), name="encoder")
        left, right = k.Input((5, 5, 1), name="left"), k.Input((5, 5, 1), name="right")
        difference = L.Subtract()([encoder(left), encoder(right)])
        model = k.Model([left, right], L.Dense(1, activation="sigmoid")(difference))
        return compiled(model, "binary_crossentropy", metrics=["accuracy"])

    def inner():
        a, b = k.Input((3,)), k.Input((2,))
        sum = L.Dense(3)(L.Concatenate()([a, b]))
        block = k.Model([a, b], [sum, L.Multiply()([sum, a])], name="block")
        x, y = k.Input((3,), name="x"), k.Input((2,), name="y")
        p, q = block([x, y])
        r, s = block([q, y])
        model = k.Model([x, y], [L.Add()([p, r]), L.Dense(2)(s)])
        return compiled(model, ["mse", "mae"])

    def dictionaries():
        ends = {"second": k.Input((2,), name="second"), "first": k.Input((3,), name="first")}
        x = L.Concatenate()([ends["first"], ends["second"]])
        high = L.Dense(1, name="high")(L.Dense(3, activation="elu")(x))
        outputs = {"low": L.Dense(2, name="low")(x), "high": high}
        losses = {"low": "mse", "high": "mae"}
        return compiled(k.Model(ends, outputs), losses, metrics={"high": ["mse"]})

    def sequences():
        text, numbers = k.Input((8,), name="text"), k.Input((3,), name="numbers")
        x = L.LSTM(4)(L.Embedding(11, 5, mask_zero=True)(text))
        x = L.Concatenate()([x, numbers])
        main, second = L.Dense(2, name="main")(x), L.Dense(1, name="second")(x)
        model = k.Model([text, numbers], [main, second])
        return compiled(model, {"main": "mse", "second": "mae"})

    def gaps():
        steps = k.Input((6, 2), name="steps")
        x = L.LSTM(3, return_sequences=True)(L.Masking(0.5)(steps))
        x = L.Activation("relu")(L.LayerNormalization()(x))
        y = L.GRU(2)(L.TimeDistributed(L.Dense(3, name="inner"), name="distributed")(x))
        z = L.Bidirectional(L.SimpleRNN(2, name="cell"), name="both")(x)
        return compiled(k.Model(steps, [y, z]), "mse")

    def operations():
        """Arithmetic on tensors, and a layer that is not in keras.layers."""
        a, b = k.Input((3, 4), name="a"), k.Input((3, 4), name="b")
        relu = k.ops.relu if k is keras else tf.nn.relu
        x = relu(a * 2.0 + b - 0.5)
        y = 1.0 - x / 4.0
        z = layer_scale(k)(0.5, 4, name="scaled")(-y * x - b)
        return compiled(k.Model([a, b], L.Dense(2)(L.Flatten()(z))), "mse")

    def open_sizes():
        image, steps = k.Input((None, None, 3), name="image"), k.Input((None, 2), name="steps")
        x = L.GlobalAveragePooling2D()(L.Conv2D(2, 3, activation="relu")(image))
        y = L.GlobalMaxPooling1D()(L.Conv1D(3, 2)(steps))
        return compiled(k.Model([image, steps], L.Dense(2)(L.Concatenate()([x, y]))), "mse")

    def translation():
        """An encoder whose states begin a decoder, with masks."""
        source, target = k.Input((6,), name="source"), k.Input((5,), name="target")
        embedded = L.Embedding(11, 4, mask_zero=True)(source)
        _, h, c = L.LSTM(3, return_state=True, name="encoder")(embedded)
        y = L.Embedding(11, 3)(target)
        decoder = L.LSTM(3, return_sequences=True, return_state=True, name="decoder")
        y, last, _ = decoder(y, initial_state=[h, c])
        model = k.Model([source, target], [L.Dense(4)(y), last])
        return compiled(model, ["mse", "mae"])

    def states():
        """States of each kind of layer, and outputs of all of them."""
        a, b = k.Input((5, 3), name="a"), k.Input((4, 2), name="b")
        x, h = L.GRU(3, return_state=True, name="gru")(a)
        y, s = L.SimpleRNN(3, return_sequences=True, return_state=True)(b, initial_state=h)
        old = L.GRU(3, reset_after=False, go_backwards=True, name="old")
        z = old(y, initial_state=L.Dense(3, name="mixed")(s))
        return compiled(k.Model([a, b], [x, z, L.Dense(2, name="last")(h)]), "mse")

    def both_ways():
        a, b = k.Input((5, 3), name="a"), k.Input((4, 2), name="b")
        encoder = L.Bidirectional(
            L.LSTM(2, return_state=True, return_sequences=True), name="encoder"
        )
        x, *states = encoder(a)
        decoder = L.Bidirectional(L.LSTM(2, name="inner"), merge_mode="ave", name="decoder")
        y = decoder(b, initial_state=states)
        h = L.Concatenate()([states[0], states[3]])
        return compiled(k.Model([a, b], [L.Dense(2)(y), L.Dense(1)(h), x]), "mse")

    def apart():
        """Both directions apart, with masks and with states."""
        steps = k.Input((5, 3), name="steps")
        x = L.Masking(0.5)(steps)
        lstm = L.LSTM(2, return_sequences=True)
        forward, backward = L.Bidirectional(lstm, merge_mode=None, name="apart")(x)
        # It gets the mask of the second output.
        y = L.GRU(2, name="masked")(backward)
        both = L.Bidirectional(L.GRU(3, return_state=True), merge_mode=None, name="both")
        last, first, h, s = both(L.Conv1D(2, 2, name="steps_before")(forward))
        z = L.Concatenate()([last, first, L.Subtract()([h, s])])
        end = L.Dense(2, name="end")(L.Concatenate()([y, z]))
        # In Keras 3, both outputs of a layer have its name.
        ahead, back = L.ReLU(name="ahead")(forward), L.ReLU(name="back")(backward)
        return compiled(k.Model(steps, [end, ahead, back]), "mse")

    def softmax_mask():
        """A mask that is an input of Softmax, of the same shape and of one that is broadcast."""
        scores, mask = k.Input((2, 6), name="scores"), k.Input((2, 6), name="mask")
        shared = k.Input((1, 6), name="shared")
        x = L.Softmax()(L.Dense(6)(scores), mask=mask)
        y = L.Softmax(axis=[1, 2])(L.Dense(6, name="other")(scores), mask=shared)
        z = L.Dense(2)(L.Add()([L.Flatten()(x), L.Flatten()(y)]))
        return compiled(k.Model([scores, mask, shared], z), "mse")

    picture, pair = (6, 6, 1), [(3,), (2,)]
    scores = [((2, 6), values), ((2, 6), flags), ((1, 6), flags)]
    return {
        "two_inputs": (two_inputs, [(picture, values), ((3,), values)], [values]),
        "two_outputs": (two_outputs, [(picture, values)], [classes, values]),
        "listed": (listed, [((3,), values), ((3,), values)], [values, values]),
        "siamese": (siamese, [((5, 5, 1), values)] * 2, [ones]),
        "inner": (inner, [(shape, values) for shape in pair], [values, values]),
        "dictionaries": (dictionaries, [(shape, values) for shape in pair], [values, values]),
        "sequences": (sequences, [((8,), words), ((3,), values)], [values, values]),
        "gaps": (gaps, [((6, 2), with_gaps)], [values, values]),
        "operations": (operations, [((3, 4), values)] * 2, [values]),
        "translation": (
            translation,
            [((6,), words), ((5,), words)],
            [values, values],
        ),
        "states": (states, [((5, 3), values), ((4, 2), values)], [values] * 3),
        "both_ways": (both_ways, [((5, 3), values), ((4, 2), values)], [values] * 3),
        "apart": (apart, [((5, 3), with_gaps)], [values] * 3),
        "softmax_mask": (softmax_mask, scores, [values]),
        "empty_only": (softmax_mask, [scores[0], ((2, 6), empty_flags), scores[2]], [values]),
        "open_sizes": (open_sizes, [((7, 9, 3), values), ((6, 2), values)], [values]),
    }


def write_model(k, path, make, inputs, make_targets, expected):
    """Saves a model of one Keras as .keras and .h5, before the step that it makes."""
    k.backend.clear_session()
    random = np.random.default_rng(1)
    model = make()
    randomize(model, random)
    xs = [make_input(random, (4, *shape)) for shape, make_input in inputs]
    names = getattr(model, "input_names", None) or [
        tensor._keras_history.operation.name for tensor in model.inputs
    ]
    is_dictionary = isinstance(model.input, dict)
    x = dict(zip(names, xs)) if is_dictionary else xs if len(xs) > 1 else xs[0]
    outputs = model(x, training=False)
    keys = sorted(outputs) if isinstance(outputs, dict) else None
    if keys:
        outputs = [outputs[key] for key in keys]
    elif not isinstance(outputs, (list, tuple)):
        outputs = [outputs]
    ys = [np.asarray(y) for y in outputs]
    targets = [make(random, y.shape) for make, y in zip(make_targets, ys)]
    files = [path.with_name(path.name + suffix) for suffix in [".keras", ".h5"]]
    for file in files:
        model.save(file)
    y = dict(zip(keys, targets)) if keys else targets if len(targets) > 1 else targets[0]
    history = model.fit(x, y, batch_size=4, shuffle=False, verbose=0).history
    for file in files:
        expected[file.name] = {
            "inputs": names,
            "outputs": keys or list(model.output_names),
            "x": [plain(x) for x in xs],
            "y": [plain(y) for y in ys],
            "target": [plain(target) for target in targets],
            "logs": {name: float(numbers[0]) for name, numbers in history.items()},
            "after": [plain(weight) for weight in model.get_weights()],
        }


def write_models(k, prefix, expected, names=()):
    """Saves the models of one Keras."""
    for name, (make, inputs, targets) in models(k).items():
        if names and name not in names:
            continue
        write_model(k, FOLDER / f"{prefix}_{name}", make, inputs, targets, expected)


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

        write_models(keras, "keras3", expected)
        write_models(tf_keras, "tf_keras", expected)
    write_expected(FOLDER, expected)


if __name__ == "__main__":
    main()
