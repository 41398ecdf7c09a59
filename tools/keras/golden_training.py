#!/usr/bin/env python3
"""Writes Tests/NeuralNetworkTests/Fixtures/training.h5: twenty training steps by real Keras.

One small CNN, one set of batches, every optimizer and loss that Cairn has. Each run is done twice
by Keras, which must give the same bits, and once in float64 by reference.py; the differences are
printed, and a run that float32 cannot follow stops the script.
"""

import sys

import golden
import keras
import numpy as np

import reference

STEPS, BATCH, SIZE, CLASSES = 20, 8, 8, 4
# Chosen so that no run comes near a point where the gradient jumps (see `LEAST_MARGIN`).
SEED = 9
LEAST_MARGIN = 1e-5
MOST_DIFFERENCE = 1e-6
TINY = np.finfo(np.float32).tiny


def make_data():
    """Returns images [steps, batch, size, size, 1] and labels [steps, batch]."""
    random = np.random.RandomState(SEED)
    prototypes = random.rand(CLASSES, SIZE, SIZE, 1)
    labels = random.randint(0, CLASSES, (STEPS, BATCH))
    noise = random.rand(STEPS, BATCH, SIZE, SIZE, 1)
    # Multiples of 1/256 are exact in float32.
    images = np.floor((prototypes[labels] * 0.7 + noise * 0.3) * 256) / 256
    return images.astype(np.float32), labels.astype(np.int64)


def make_initial():
    """Returns the initial weights; none is near zero, for the sake of relative tolerances."""
    random = np.random.RandomState(SEED + 1)
    shapes = [(3, 3, 1, 3), (3,), (27, 8), (8,), (8, CLASSES), (CLASSES,)]
    scales = [0.5, 0.3, 0.5, 0.3, 0.7, 0.3]
    return [
        (random.choice([-1, 1], shape) * random.uniform(scale / 3, scale, shape)).astype(np.float32)
        for shape, scale in zip(shapes, scales)
    ]


def make_model(probabilities):
    model = keras.Sequential(
        [
            keras.Input((SIZE, SIZE, 1)),
            keras.layers.Conv2D(3, 3, activation="relu"),
            keras.layers.MaxPooling2D(),
            keras.layers.Flatten(),
            keras.layers.Dense(8, activation="relu"),
            keras.layers.Dense(CLASSES, activation="softmax" if probabilities else None),
        ]
    )
    return model


def make_loss(name, from_logits, smoothing):
    if name == "sparse":
        # Keras has no label smoothing for whole-number labels.
        return keras.losses.SparseCategoricalCrossentropy(from_logits=from_logits)
    return keras.losses.CategoricalCrossentropy(
        from_logits=from_logits, label_smoothing=smoothing
    )


def runs():
    """Yields (name, optimizer, loss, from_logits, label smoothing)."""
    for optimizer in golden.OPTIMIZERS:
        yield f"{optimizer}_sparse_logits", optimizer, "sparse", True, 0.0
    for optimizer in ["sgd_momentum", "adam"]:
        yield f"{optimizer}_sparse_probabilities", optimizer, "sparse", False, 0.0
        for from_logits, output in [(True, "logits"), (False, "probabilities")]:
            for smoothing, suffix in [(0.0, ""), (0.1, "_smoothed")]:
                name = f"{optimizer}_categorical_{output}{suffix}"
                yield name, optimizer, "categorical", from_logits, smoothing


def train_keras(images, labels, initial, optimizer, loss, from_logits, smoothing):
    """Returns the losses, the weights, the optimizer's variables and the compiled model."""
    keras.backend.clear_session()
    model = make_model(probabilities=not from_logits)
    model.set_weights(initial)
    model.compile(
        golden.make_optimizer(optimizer),
        make_loss(loss, from_logits, smoothing),
        jit_compile=False,
    )
    losses = []
    for batch, answers in zip(images, labels):
        targets = np.eye(CLASSES, dtype=np.float32)[answers] if loss == "categorical" else answers
        model.reset_metrics()
        losses.append(model.train_on_batch(batch, targets, return_dict=True)["loss"])
    return (
        np.array(losses, np.float32),
        model.get_weights(),
        [variable.numpy() for variable in model.optimizer.variables],
        model,
    )


def same_bits(left, right):
    return all(a.tobytes() == b.tobytes() for a, b in zip(left, right, strict=True))


def differences(ours, exact):
    """Returns the greatest difference relative to the tensor's greatest element, and by element."""
    by_tensor = by_element = 0.0
    for a, b in zip(ours, exact, strict=True):
        difference = np.abs(a.astype(np.float64) - b)
        by_tensor = max(by_tensor, difference.max() / max(np.abs(b).max(), TINY))
        by_element = max(by_element, (difference / np.maximum(np.abs(b), TINY)).max())
    return by_tensor, by_element


def main():
    images, labels = make_data()
    initial = make_initial()
    fixture = golden.Fixture(golden.FIXTURES / "training.h5", "tools/keras/golden_training.py")
    fixture.array("data/images", images)
    fixture.array("data/labels", labels)
    fixture.arrays("initial", initial)
    print(
        "| run | loss first, last | losses | weights, by tensor | weights, by element "
        "| optimizer, by tensor | exact Adam scalars | margin |"
    )
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    sound = True
    for name, optimizer, loss, from_logits, smoothing in runs():
        arguments = (images, labels, initial, optimizer, loss, from_logits, smoothing)
        losses, weights, variables, model = train_keras(*arguments)
        again = train_keras(*arguments)
        if not same_bits([losses, *weights, *variables], [again[0], *again[1], *again[2]]):
            sys.exit(f"{name}: two Keras runs differ")

        config = model.optimizer.get_config()
        kind = (type(model.optimizer).__name__, config)
        exact = reference.train(
            images, labels, initial, kind, CLASSES, smoothing, np.float64
        )
        ideal = reference.train(
            images, labels, initial, kind, CLASSES, smoothing, np.float64, scalars=np.float64
        )
        loss_difference = differences([losses[i : i + 1] for i in range(STEPS)], exact[0][:, None])
        weight_difference = differences(weights, exact[1].weights)
        slots = differences(variables[2:], exact[2].variables()) if variables[2:] else (0, 0)
        scalar_difference = differences(weights, ideal[1].weights)[0]
        margin = min(exact[1].kink, exact[1].tie)
        print(
            f"| {name} | {losses[0]:.4f}, {losses[-1]:.4f} | {loss_difference[0]:.1e} "
            f"| {weight_difference[0]:.1e} | {weight_difference[1]:.1e} | {slots[0]:.1e} "
            f"| {scalar_difference:.1e} | {margin:.1e} |"
        )
        worst = max(loss_difference[0], weight_difference[0])
        sound &= worst < MOST_DIFFERENCE and margin > LEAST_MARGIN

        group = f"runs/{name}"
        fixture.json(group, "optimizer", {"class_name": kind[0], "config": config})
        fixture.json(
            group,
            "loss",
            {"class_name": type(model.loss).__name__, "config": model.loss.get_config()},
        )
        fixture.json(group, "optimizer_variables", [v.path for v in model.optimizer.variables])
        fixture.text(group, "output", "logits" if from_logits else "softmax")
        fixture.array(f"{group}/losses", losses)
        fixture.arrays(f"{group}/weights", weights)
        fixture.arrays(f"{group}/optimizer", variables)
    fixture.close()
    if not sound:
        sys.exit("a run is not well conditioned: choose another SEED")


if __name__ == "__main__":
    main()
