"""Fine-tunes a small network of Keras with `train`, and looks at the result in Keras.

    python tools/keras/check_tuning.py BINARIES [--body FILE.keras]

Keras trains a network in the manner of MobileNet on six patterns of two colours (or `--body` names
a file from an earlier call). `train` replaces its head and freezes its body, and learns circles,
squares and triangles from an .npz file. The accuracy must be over 90 %, frozen weights must keep
their bits, and Keras must compute the same probabilities with the checkpoint.
"""

import argparse
import pathlib
import tempfile

import keras
import numpy as np
from cairn_programs import Programs, difference
from keras import layers

SIDE = 64
PATTERNS = 6
SHAPES = ["circle", "square", "triangle"]
y, x = np.mgrid[:SIDE, :SIDE].astype(np.float32)


def patterns(count, seed):
    """Draws stripes of three directions, chess boards, rings and crosses."""
    chance = np.random.default_rng(seed)
    images = np.empty((count, SIDE, SIDE, 3), np.uint8)
    labels = np.arange(count) % PATTERNS
    for image, label in zip(images, labels):
        width, shift = chance.uniform(8, 20), chance.uniform(0, 20)
        middle = chance.uniform(24, 40, 2)
        distance = np.hypot(x - middle[0], y - middle[1])
        masks = [
            (y + shift) % width < width / 2,
            (x + shift) % width < width / 2,
            (x + y + shift) % width < width / 2,
            ((x + shift) // width + (y + shift) // width) % 2 == 0,
            abs(distance - width) < 4,
            (abs(x - middle[0]) < 4) | (abs(y - middle[1]) < 4),
        ]
        colours = chance.integers(0, 256, (2, 3))
        noise = chance.normal(0, 12, image.shape)
        image[:] = np.clip(np.where(masks[label][..., None], *colours) + noise, 0, 255)
    return images, labels


def shapes(count, seed):
    """Draws light circles, squares and triangles on dark ground."""
    chance = np.random.default_rng(seed)
    images = np.empty((count, SIDE, SIDE, 3), np.uint8)
    labels = np.arange(count) % len(SHAPES)
    for image, label in zip(images, labels):
        radius, middle = chance.uniform(18, 26), chance.uniform(29, 35, 2)
        dx, dy = x - middle[0], y - middle[1]
        masks = [
            np.hypot(dx, dy) < radius,
            np.maximum(abs(dx), abs(dy)) < 0.8 * radius,
            (dy < radius / 2) & (1.73 * abs(dx) < dy + radius),
        ]
        light, dark = chance.integers(128, 256, 3), chance.integers(0, 64, 3)
        image[:] = np.where(masks[label][..., None], light, dark)
    return images, labels


def block(inputs, filters, strides):
    outputs = layers.DepthwiseConv2D(3, strides=strides, padding="same", use_bias=False)(inputs)
    outputs = layers.BatchNormalization(momentum=0.9)(outputs)
    outputs = layers.ReLU(6)(outputs)
    outputs = layers.Conv2D(filters, 1, use_bias=False)(outputs)
    outputs = layers.BatchNormalization(momentum=0.9)(outputs)
    return layers.ReLU(6)(outputs)


def make_body(path):
    """Trains the network for the patterns. It scales its pixels itself, from bytes to −1…1."""
    keras.utils.set_random_seed(1)
    inputs = keras.Input((SIDE, SIDE, 3))
    outputs = layers.Rescaling(1 / 127.5, -1)(inputs)
    outputs = layers.Conv2D(24, 3, strides=2, padding="same", use_bias=False, name="conv_first")(
        outputs
    )
    outputs = layers.BatchNormalization(momentum=0.9)(outputs)
    outputs = layers.ReLU(6)(outputs)
    for filters, strides in [(32, 1), (64, 2), (64, 1), (128, 2), (128, 1)]:
        outputs = block(outputs, filters, strides)
    outputs = layers.GlobalAveragePooling2D()(outputs)
    outputs = layers.Dropout(0.1)(outputs)
    outputs = layers.Dense(PATTERNS, activation="softmax", name="patterns")(outputs)
    model = keras.Model(inputs, outputs, name="small_mobilenet")
    model.compile(
        optimizer=keras.optimizers.Adam(2e-3),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    model.fit(*patterns(2400, 1), batch_size=32, epochs=3, verbose=0)
    accuracy = model.evaluate(*patterns(600, 2), verbose=0)[1]
    print(f"ok    the body tells {accuracy:.1%} of the patterns")
    model.save(path)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("binaries", type=pathlib.Path)
    parser.add_argument("--body", type=pathlib.Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        body = options.body or folder / "body.keras"
        if not body.exists():
            make_body(body)
        train, test = shapes(600, 3), shapes(300, 4)
        names = ["x_train", "y_train", "x_test", "y_test"]
        np.savez(folder / "shapes.npz", **dict(zip(names, [*train, *test])))
        programs = Programs(options.binaries, folder)
        tuned = folder / "tuned.h5"
        programs.run(
            "train", "--save", tuned, "--data", folder / "shapes.npz", "--model", body,
            "--init-weights", body, "--freeze", "conv*,depth*,batch*", "--lr", "0.01",
            "--epochs", "12", "--keep", "0", "--target-accuracy", "0.9")
        before, after = keras.models.load_model(body), keras.models.load_model(tuned)
        for old, new in zip(before.layers[:-1], after.layers[:-1]):
            assert not new.trainable or not new.weights, f"{new.name} is trainable"
            for weight, other in zip(old.get_weights(), new.get_weights()):
                assert weight.tobytes() == other.tobytes(), f"{new.name} has changed"
        probabilities = after.predict(test[0].astype(np.float32), verbose=0)
        accuracy = (probabilities.argmax(axis=1) == test[1]).mean()
        assert accuracy > 0.9, f"accuracy {accuracy:.1%}"
        found = difference(programs.judged(tuned, test[0]), probabilities)
        assert found < 1e-5, f"probabilities differ by {found:.1e}"
        print(f"ok    a frozen body and a new head: {accuracy:.1%} right, {found:.1e} from Keras")


if __name__ == "__main__":
    main()
