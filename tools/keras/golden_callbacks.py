#!/usr/bin/env python3
"""Writes Tests/TrainingTests/Fixtures/callbacks.json: what Keras's callbacks do in `fit`.

For given values of the epochs: when training stops, which weights remain, the learning rates, the
names of saved files, the bytes of CSV files, and the order of the hooks.
"""

import contextlib
import io
import json
import os
import tempfile

import golden
import keras
import numpy as np

PATH = golden.ROOT / "Tests/TrainingTests/Fixtures/callbacks.json"
RATE = 0.01


class Course(keras.callbacks.Callback):
    """Replaces the logs of each epoch by given ones, and the weight by the index of the epoch."""

    def __init__(self, logs):
        super().__init__()
        self.logs = logs
        self.rates = []

    def on_epoch_end(self, epoch, logs=None):
        logs.clear()
        logs.update({name: values[epoch] for name, values in self.logs.items()})
        self.model.set_weights([np.array([[float(epoch)]], "float32")])
        self.rates.append(float(self.model.optimizer.learning_rate))


def fit(logs, *callbacks, batches=1, validates=False):
    """Trains a model of one weight and returns it with the course and the history."""
    model = keras.Sequential([keras.layers.Input((1,)), keras.layers.Dense(1, use_bias=False)])
    model.compile(keras.optimizers.SGD(RATE), "mse", metrics=["accuracy"])
    course = Course(logs)
    x = np.zeros((batches, 1), "float32")
    with contextlib.redirect_stdout(io.StringIO()):
        history = model.fit(
            x,
            x,
            batch_size=1,
            epochs=len(next(iter(logs.values()))),
            verbose=0,
            callbacks=[course, *callbacks],
            validation_data=(x, x) if validates else None,
        )
    return model, course, history.history


COURSES = {
    "falls then rises": [1.0, 0.75, 0.5, 0.625, 0.625, 0.75, 0.25, 0.5, 0.5, 0.5],
    "falls slowly": [1.0, 0.9375, 0.875, 0.8125, 0.75, 0.6875, 0.625],
    "constant": [0.5, 0.5, 0.5, 0.5, 0.5],
    "rises": [0.25, 0.5, 0.75, 1.0],
    "nan": [1.0, 0.5, float("nan"), 0.25, 0.75, 0.75, 0.75],
}


def stops():
    """Returns the epochs and the remaining weight of EarlyStopping."""
    options = [
        dict(),
        dict(patience=1, restore_best_weights=True),
        dict(patience=2, restore_best_weights=True),
        dict(patience=3, min_delta=0.09375),
        dict(patience=2, mode="max", restore_best_weights=True),
        dict(patience=2, baseline=0.6, restore_best_weights=True),
        dict(patience=1, baseline=0.1, restore_best_weights=True),
        dict(patience=1, start_from_epoch=4, restore_best_weights=True),
        dict(patience=9, restore_best_weights=True),
        dict(patience=1, monitor="val_accuracy", restore_best_weights=True),
        dict(patience=1, monitor="other", mode="min"),
    ]
    cases = []
    for name, values in COURSES.items():
        for option in options:
            callback = keras.callbacks.EarlyStopping(**option)
            logs = {"val_loss": values, "val_accuracy": values}
            model, course, _ = fit(logs, callback)
            cases.append(
                dict(
                    course=name,
                    options=option,
                    epochs=len(course.rates),
                    weight=float(model.get_weights()[0][0, 0]),
                    stopped=callback.stopped_epoch,
                )
            )
    return cases


def plateaus():
    """Returns the learning rates of ReduceLROnPlateau, and those in the history."""
    options = [
        dict(patience=1),
        dict(factor=0.5, patience=2),
        dict(factor=0.25, patience=1, cooldown=2),
        dict(factor=0.3, patience=1, min_lr=0.002),
        dict(factor=0.5, patience=1, min_delta=0.09375),
        dict(factor=0.5, patience=1, mode="max"),
        dict(factor=0.5, patience=1, monitor="val_accuracy"),
    ]
    cases = []
    for name, values in COURSES.items():
        for option in options:
            logs = {"val_loss": values, "val_accuracy": values}
            _, course, history = fit(logs, keras.callbacks.ReduceLROnPlateau(**option))
            cases.append(
                dict(
                    course=name,
                    options=option,
                    rates=course.rates,
                    history=history["learning_rate"],
                )
            )
    return cases


def schedules():
    """Returns the learning rates of LearningRateScheduler, which halves them."""
    halving = keras.callbacks.LearningRateScheduler(lambda epoch, rate: rate * 0.5)
    _, course, history = fit({"loss": [1.0, 2.0, 3.0]}, halving)
    return dict(rates=course.rates, history=history["learning_rate"])


def files():
    """Returns the names of the files that ModelCheckpoint leaves."""
    values = COURSES["falls then rises"]
    options = [
        dict(filepath="{epoch:02d}-{val_loss:.4f}.keras"),
        dict(filepath="m{{}}-{epoch}-{val_loss:.2e}.h5", save_best_only=True),
        dict(filepath="{val_accuracy:06.2f}_{epoch:3d}.keras", save_best_only=True, mode="max"),
        dict(filepath="b/{epoch:+d}/{val_loss:g}.keras", save_best_only=True,
             initial_value_threshold=0.6),
        dict(filepath="{epoch:03d}.weights.h5", save_weights_only=True),
        dict(filepath="{epoch:d}-{batch:03d}.keras", save_freq=4),
        dict(filepath="{epoch}-{batch}.keras", save_freq=7),
        dict(filepath="{val_loss:.1%} {val_loss}.keras", monitor="val_accuracy",
             save_best_only=True),
    ]
    cases = []
    for option in options:
        with tempfile.TemporaryDirectory() as folder:
            arguments = dict(option, filepath=f"{folder}/{option['filepath']}")
            callback = keras.callbacks.ModelCheckpoint(**arguments)
            fit({"val_loss": values, "val_accuracy": values}, callback, batches=3)
            found = sorted(
                os.path.relpath(os.path.join(path, name), folder)
                for path, _, names in os.walk(folder)
                for name in names
            )
        cases.append(dict(options=option, files=found))
    return cases


def tables():
    """Returns the bytes that CSVLogger writes."""
    random = np.random.default_rng(5)
    numbers = (random.normal(size=40) * 10.0 ** random.integers(-12, 20, 40)).tolist()
    numbers += [0.0, -0.0, 1.0, 1e-4, 1e-5, 1e15, 1e16, 123456789.0, 0.1, 5e-324, 1.7e308]
    numbers += [float(np.float32(0.3)), float("nan"), float("inf"), -float("inf"), 2.0**53]
    count = len(numbers)
    courses = [
        dict(logs={"loss": numbers, "val_loss": numbers[::-1]}, options={}),
        dict(logs={"loss": [0.5, 0.25], "Zeta": [1.0, 2.0]}, options=dict(separator=";")),
        dict(logs={"loss": [0.5], "val_a,b": [1.5], 'val_"q"': [2.5]}, options={}),
    ]
    cases = []
    with tempfile.TemporaryDirectory() as folder:
        for case in courses:
            path = f"{folder}/log.csv"
            fit(case["logs"], keras.callbacks.CSVLogger(path, **case["options"]))
            cases.append(dict(case, text=open(path, newline="").read()))
        path = f"{folder}/appended.csv"
        for _ in range(2):
            logger = keras.callbacks.CSVLogger(path, append=True)
            fit({"loss": [0.5, 0.25], "val_loss": [1.0, 2.0]}, logger)
        cases.append(
            dict(
                logs={"loss": [0.5, 0.25], "val_loss": [1.0, 2.0]},
                options=dict(append=True),
                text=open(path, newline="").read(),
            )
        )
    assert count == len(numbers)
    return cases


def hooks():
    """Returns the calls of the hooks of a training with validation, in order."""
    calls = []

    class Recorder(keras.callbacks.Callback):
        pass

    for name in ["train_begin", "train_end", "test_begin", "test_end"]:
        setattr(
            Recorder, f"on_{name}", lambda self, logs=None, name=name: calls.append(name)
        )
    for name in ["epoch_begin", "epoch_end", "train_batch_begin", "train_batch_end"] + [
        "test_batch_begin",
        "test_batch_end",
    ]:
        setattr(
            Recorder,
            f"on_{name}",
            lambda self, index, logs=None, name=name: calls.append(f"{name} {index}"),
        )
    fit({"loss": [1.0, 2.0]}, Recorder(), batches=2, validates=True)
    return calls


def text(value):
    """Returns a value with numbers that are not finite, and -0, as strings."""
    if isinstance(value, float) and (not np.isfinite(value) or repr(value) == "-0.0"):
        return repr(value)
    if isinstance(value, dict):
        return {key: text(item) for key, item in value.items()}
    return [text(item) for item in value] if isinstance(value, list) else value


if __name__ == "__main__":
    keras.utils.set_random_seed(1)
    content = dict(
        courses=COURSES,
        stops=stops(),
        plateaus=plateaus(),
        schedules=schedules(),
        files=files(),
        tables=tables(),
        hooks=hooks(),
    )
    PATH.write_text(json.dumps(text(content), indent=1, sort_keys=True) + "\n")
