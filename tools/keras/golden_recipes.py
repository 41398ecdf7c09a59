#!/usr/bin/env python3
"""Writes Tests/TrainingTests/Fixtures/recipes.json: what Keras makes of the recipes of `train`.

The learning rates of the schedules by step, the learning rates and the end of a run under
ReduceLROnPlateau and EarlyStopping, and losses with label smoothing and class weights.
"""

import json

import golden
import keras
import numpy as np

PATH = golden.ROOT / "Tests/TrainingTests/Fixtures/recipes.json"
RATE = 0.01


def schedules():
    """Returns the rates of each schedule over 100 steps and 10 more, with and without warmup."""
    make = keras.optimizers.schedules
    steps = 100
    cases = {}
    for rise in (0, 10):
        fall = steps - rise
        warm = dict(initial_learning_rate=0.0, warmup_target=RATE, warmup_steps=rise)
        first = dict(initial_learning_rate=RATE)
        cases[f"cosine {rise}"] = make.CosineDecay(
            decay_steps=fall, **(warm if rise else first)
        )
        falling = {
            "step": make.PiecewiseConstantDecay(
                [fall // 2, 3 * fall // 4], [RATE, RATE / 10, RATE / 100]
            ),
            "exponential": make.ExponentialDecay(RATE, fall, 0.01),
            "linear": make.PolynomialDecay(RATE, fall, end_learning_rate=0.0),
        }
        rising = make.CosineDecay(decay_steps=fall, **warm) if rise else None
        for name, schedule in falling.items():
            cases[f"{name} {rise}"] = (
                lambda step, schedule=schedule, rising=rising, rise=rise: (
                    rising(step) if step < rise else schedule(step - rise)
                )
            )
    cases["onecycle 30"] = make.CosineDecay(
        initial_learning_rate=RATE / 25,
        decay_steps=70,
        alpha=1 / 250_000,
        warmup_target=RATE,
        warmup_steps=30,
    )
    return {
        name: [float(schedule(step)) for step in range(steps + 10)]
        for name, schedule in cases.items()
    }


class Sequence(keras.callbacks.Callback):
    """Replaces the loss of each epoch by a given one, and records the learning rate."""

    def __init__(self, values):
        super().__init__()
        self.values = values
        self.rates = []

    def on_epoch_end(self, epoch, logs=None):
        logs["val_loss"] = self.values[epoch]
        self.rates.append(float(self.model.optimizer.learning_rate))


def course(values, *callbacks):
    """Returns the learning rates of the epochs until Keras stops."""
    model = keras.Sequential([keras.layers.Input((1,)), keras.layers.Dense(1)])
    model.compile(keras.optimizers.SGD(RATE), "mse")
    sequence = Sequence(values)
    x = np.zeros((1, 1), "float32")
    model.fit(x, x, epochs=len(values), verbose=0, callbacks=[sequence, *callbacks])
    return sequence.rates


def plateaus():
    """Returns courses of the loss, with Keras's learning rate of each epoch."""
    falling = [1.0, 0.9, 0.9, 0.91, 0.8999, 0.5, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6, 0.4, 0.5, 0.5]
    cases = [
        dict(factor=0.5, patience=2),
        dict(factor=0.1, patience=1, cooldown=2),
        dict(factor=0.3, patience=2, min_delta=0.01, min_lr=0.002),
    ]
    return [
        dict(
            arguments=case,
            losses=falling,
            rates=course(
                falling, keras.callbacks.ReduceLROnPlateau(monitor="val_loss", **case)
            ),
        )
        for case in cases
    ]


def stops():
    """Returns courses of the loss, with the number of epochs after which Keras stops."""
    courses = [
        [1.0, 0.9, 0.95, 0.95, 0.8, 0.9, 0.9, 0.9, 0.9],
        [1.0, 1.0, 1.0, 1.0],
        [1.0, 0.99, 0.98, 0.97, 0.96, 0.95],
    ]
    cases = []
    for patience, min_delta in [(1, 0.0), (2, 0.0), (3, 0.0), (2, 0.05)]:
        stopping = lambda: keras.callbacks.EarlyStopping(
            monitor="val_loss", patience=patience, min_delta=min_delta
        )
        for losses in courses:
            epochs = len(course(losses, stopping()))
            cases.append(
                dict(patience=patience, min_delta=min_delta, losses=losses, epochs=epochs)
            )
    return cases


def losses():
    """Returns losses of one batch of four examples and three classes, with their options."""
    random = np.random.default_rng(7)
    logits = random.normal(size=(4, 3)).astype("float32")
    labels = np.array([0, 2, 2, 1])
    weights = {0: 2.0, 1: 0.5, 2: 0.25}
    cases = []
    for smoothing in (0.0, 0.1):
        for weighted in (False, True):
            model = keras.Sequential([keras.layers.Input((3,)), keras.layers.Identity()])
            model.compile(
                keras.optimizers.SGD(0.0),
                keras.losses.CategoricalCrossentropy(
                    from_logits=True, label_smoothing=smoothing
                ),
            )
            targets = keras.utils.to_categorical(labels, 3)
            loss = model.train_on_batch(
                logits, targets, class_weight=weights if weighted else None
            )
            cases.append(
                dict(smoothing=smoothing, weighted=weighted, loss=float(np.asarray(loss)))
            )
    return dict(
        logits=logits.flatten().tolist(),
        labels=labels.tolist(),
        weights=[weights[i] for i in range(3)],
        cases=cases,
    )


if __name__ == "__main__":
    keras.utils.set_random_seed(1)
    content = dict(
        schedules=schedules(), plateaus=plateaus(), stops=stops(), losses=losses()
    )
    PATH.parent.mkdir(exist_ok=True)
    PATH.write_text(json.dumps(content, indent=1, sort_keys=True) + "\n")
