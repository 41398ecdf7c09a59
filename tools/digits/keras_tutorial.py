"""Trains one of Keras's tutorial models once, and predicts pictures of 28 x 28 with it.

    keras_tutorial.py convnet|quickstart MODEL.keras IMAGES.npy PROBABILITIES.npy

convnet: keras.io's "Simple MNIST convnet" (15 epochs, batches of 128, a tenth held out).
quickstart: TensorFlow's "quickstart for experts" (5 epochs, batches of 32). Seed 0.
"""

import pathlib
import sys

import keras
import numpy as np
from keras import layers

import mnist


def convnet():
    model = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(32, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Conv2D(64, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.Dropout(0.5),
            layers.Dense(10, activation="softmax"),
        ]
    )
    return model, {"batch_size": 128, "epochs": 15, "validation_split": 0.1}


def quickstart():
    model = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(32, 3, activation="relu"),
            layers.Flatten(),
            layers.Dense(128, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ]
    )
    return model, {"batch_size": 32, "epochs": 5}


def trained(name, path):
    if path.exists():
        return keras.models.load_model(path)
    keras.utils.set_random_seed(0)
    model, fit = {"convnet": convnet, "quickstart": quickstart}[name]()
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    images, labels = mnist.read("train")
    model.fit(images[..., None].astype("float32") / 255, labels, verbose=0, **fit)
    model.save(path)
    return model


def main():
    name, path, source, target = sys.argv[1:]
    model = trained(name, pathlib.Path(path))
    images = np.load(source)[..., None].astype("float32") / 255
    np.save(target, model.predict(images, batch_size=500, verbose=0))


if __name__ == "__main__":
    main()
