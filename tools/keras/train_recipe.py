"""Trains with Keras as `train --recipe NAME` does, and prints what `train --json` prints.

    train_recipe.py RECIPE --seed 0 --data FOLDER [--cairn .build/release] [--epochs N]

Model and settings are those of a checkpoint that `train --recipe RECIPE` writes after one step;
the weights, the order of the images and their changes are drawn by Keras and NumPy. FOLDER has the
four IDX files as .gz. `tools/measure-recipes NAME --keras` runs it for several seeds.
"""

import argparse
import gzip
import json
import os
import pathlib
import subprocess
import sys
import tempfile

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import numpy as np

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
# Settings that do not matter here, or that Keras's `fit` has in the same form.
KNOWN = {
    "batch_size", "data_sha256", "label_smoothing", "learning_rate", "lr_schedule",
    "lr_schedule_epochs", "model", "optimizer", "optimizer_options", "seed", "shuffle_buffer",
    "augment", "image_shape", "classes",
}


def read_idx(path):
    with gzip.open(path) as file:
        data = file.read()
    dimensions = data[3]
    shape = [int.from_bytes(data[4 * i + 4 : 4 * i + 8], "big") for i in range(dimensions)]
    return np.frombuffer(data, np.uint8, offset=4 + 4 * dimensions).reshape(shape)


def read_set(folder, name):
    images = read_idx(f"{folder}/{name}-images-idx3-ubyte.gz").astype(np.float32) / 255
    return images[..., None], read_idx(f"{folder}/{name}-labels-idx1-ubyte.gz")


def described(arguments):
    """Returns the model, the settings and the number of epochs of the recipe."""
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/run.h5"
        subprocess.run(
            [f"{arguments.cairn}/train", "--save", path, "--recipe", arguments.recipe]
            + ["--data", arguments.data, "--max-steps", "1", "--keep", "0", "-q"],
            check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        shown = subprocess.run(
            [f"{arguments.cairn}/inspect", "--json", path], check=True, stdout=subprocess.PIPE
        )
        training = json.loads(shown.stdout)["training"]
        model = keras.models.load_model(path, compile=False)
    epochs = arguments.epochs or int(training["environment"]["epochs"])
    unknown = set(training["settings"]) - KNOWN
    if unknown:
        sys.exit(f"train_recipe.py: cannot train with {', '.join(sorted(unknown))}")
    return model, training["settings"], epochs


def schedule(settings, steps):
    """Returns the learning rates, as the guide TrainingModels defines them."""
    rate, name = settings["learning_rate"], settings.get("lr_schedule", "constant")
    schedules = keras.optimizers.schedules
    if name == "constant":
        return rate
    if name == "cosine":
        return schedules.CosineDecay(rate, steps)
    if name == "linear":
        return schedules.PolynomialDecay(rate, steps, end_learning_rate=0)
    if name == "onecycle":
        rise = (3 * steps + 5) // 10
        return schedules.CosineDecay(
            rate / 25, steps - rise, alpha=1 / 250_000, warmup_target=rate, warmup_steps=rise
        )
    sys.exit(f"train_recipe.py: cannot train with the schedule {name}")


def changed(images, augment, random):
    """Returns the images with random flips and shifts by whole pixels; zeros move in."""
    parts = dict(part.split("=") if "=" in part else (part, "") for part in augment.split(","))
    images = images.copy()
    if "flip" in parts:
        flipped = random.random(len(images)) < 0.5
        images[flipped] = images[flipped, :, ::-1]
    shift = int(parts.get("shift", 0))
    if shift:
        height, width = images.shape[1:3]
        padded = np.pad(images, [(0, 0), (shift, shift), (shift, shift), (0, 0)])
        corners = random.integers(0, 2 * shift + 1, (2, len(images)))
        for index, (y, x) in enumerate(corners.T):
            images[index] = padded[index, y : y + height, x : x + width]
    if parts.keys() - {"flip", "shift"}:
        sys.exit(f"train_recipe.py: cannot augment with {augment}")
    return images


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--recipe", required=True)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--data", default=str(ROOT / "samples/mnist"))
    parser.add_argument("--cairn", default=str(ROOT / ".build/release"))
    parser.add_argument("--epochs", type=int)
    arguments = parser.parse_args()

    model, settings, epochs = described(arguments)
    keras.utils.set_random_seed(arguments.seed)
    random = np.random.default_rng(arguments.seed)
    model = keras.models.clone_model(model)
    x, labels = read_set(arguments.data, "train")
    x_test, labels_test = read_set(arguments.data, "t10k")
    classes = int(labels.max()) + 1
    y, y_test = (keras.utils.to_categorical(l, classes) for l in (labels, labels_test))

    steps = -(-len(x) // settings["batch_size"])
    options = dict(settings.get("optimizer_options", {}))
    optimizer = keras.optimizers.get({"class_name": settings["optimizer"], "config": options})
    optimizer.learning_rate = schedule(settings, steps * epochs)
    model.compile(
        optimizer=optimizer, metrics=["accuracy"], jit_compile=False,
        loss=keras.losses.CategoricalCrossentropy(
            from_logits=True, label_smoothing=settings.get("label_smoothing", 0)
        ),
    )  # fmt: skip
    for epoch in range(epochs):
        images = changed(x, settings["augment"], random) if "augment" in settings else x
        model.fit(images, y, batch_size=settings["batch_size"], epochs=1, verbose=0)
        if sys.stderr.isatty():
            print(f"\repoch {epoch + 1} of {epochs}", end="", file=sys.stderr)
    loss, accuracy = model.evaluate(x_test, y_test, batch_size=250, verbose=0)
    print(json.dumps({"test_loss": loss, "test_accuracy": accuracy}))


if __name__ == "__main__":
    main()
