"""Writes the fixtures of Tests/TensorBoardTests: the event files of a small run with Keras's
TensorBoard callback, and the weights of which they contain histograms.

    pip install tensorboard
    python tools/keras/golden_tensorboard.py
"""

import json
import os
import pathlib
import shutil
import tempfile

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras
import numpy

TARGET = pathlib.Path(__file__).parents[2] / "Tests/TensorBoardTests/Fixtures"


class Weights(keras.callbacks.Callback):
    def __init__(self):
        super().__init__()
        self.epochs = []

    def on_epoch_end(self, epoch, logs=None):
        self.epochs.append(
            {
                weight.path: numpy.ravel(weight.numpy()).tolist()
                for layer in self.model.layers
                for weight in layer.weights
            }
        )


def main():
    keras.utils.set_random_seed(15)
    model = keras.Sequential(
        [
            keras.Input((4, 4, 1)),
            keras.layers.Flatten(),
            keras.layers.Dense(5, activation="relu", name="dense_1"),
            keras.layers.BatchNormalization(name="norm"),
            keras.layers.Dense(2, name="dense_2"),
        ]
    )
    model.compile(
        keras.optimizers.Adam(0.05), keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    images = numpy.random.default_rng(15).random((64, 4, 4, 1)).astype("float32")
    labels = (images.mean(axis=(1, 2, 3)) > 0.5).astype("int32")
    weights = Weights()
    with tempfile.TemporaryDirectory() as folder:
        model.fit(
            images, labels, epochs=2, batch_size=16, validation_data=(images, labels), verbose=0,
            callbacks=[
                weights,
                keras.callbacks.TensorBoard(
                    folder, histogram_freq=1, write_images=True, write_graph=False
                ),
            ],
        )
        for part in ("train", "validation"):
            (file,) = pathlib.Path(folder, part).glob("*tfevents*")
            shutil.copyfile(file, TARGET / f"{part}.tfevents")
    (TARGET / "weights.json").write_text(json.dumps(weights.epochs) + "\n")


main()
