#!/usr/bin/env python3
"""Compares the models of keras.applications with what Cairn computes with their files.

Usage: check_applications.py BIN [NAME]...

BIN is the folder with `judge`. Each model gets random weights and is saved by Keras 3 and tf_keras
as .keras and .h5. Prints one line for each file: the largest difference of the outputs, relative to
the largest output, and exits 1 if one is above 1e-5 or a file is refused.
"""

import os

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"

import pathlib
import sys
import tempfile
import warnings

import keras
import numpy as np
import tf_keras

from cairn_programs import Programs
from reference_weights import randomized

# The models, and their numbers of pixels in each direction.
MODELS = {
    "MobileNet": 96,
    "MobileNetV2": 96,
    "MobileNetV3Small": 96,
    "MobileNetV3Large": 96,
    "ResNet50": 96,
    "ResNet101": 96,
    "ResNet50V2": 96,
    "VGG16": 96,
    "VGG19": 96,
    "DenseNet121": 96,
    "Xception": 96,
    "EfficientNetB0": 96,
    "EfficientNetV2B0": 96,
    "EfficientNetV2S": 96,
    "NASNetMobile": 224,
    "InceptionV3": 139,
        "ConvNeXtTiny": 96,
}


def make(k, name, side):
    """Creates a model of one Keras with random weights."""
    k.backend.clear_session()
    model = getattr(k.applications, name)(
        weights=None, input_shape=(side, side, 3), classes=100, classifier_activation=None
    )
    random = np.random.default_rng(1)
    for layer in model.layers:
        # The statistics of Normalization are used when it is created.
        if layer.weights and not isinstance(layer, k.layers.Normalization):
            paths = [getattr(w, "path", w.name).split(":")[0] for w in layer.weights]
            values = zip(layer.get_weights(), paths)
            layer.set_weights([randomized(w.shape, path, random) for w, path in values])
    return model


def main():
    warnings.simplefilter("ignore")
    binaries, names = sys.argv[1], sys.argv[2:] or list(MODELS)
    failures = 0
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        programs = Programs(binaries, folder)
        for name in names:
            side = MODELS[name]
            x = np.random.default_rng(2).uniform(0, 255, (2, side, side, 3)).astype(np.float32)
            for k, kind in [(keras, "keras"), (tf_keras, "tf_keras")]:
                model = make(k, name, side)
                expected = np.asarray(model(x, training=False))
                for suffix in [".keras", ".h5"]:
                    path = folder / f"{kind}{suffix}"
                    model.save(path)
                    try:
                        found = programs.judged(path, x)
                        error = np.abs(found - expected).max() / np.abs(expected).max()
                        result = f"{error:.1e}"
                        failures += not error <= 1e-5
                    except AssertionError as error:
                        result = str(error)
                        failures += 1
                    print(f"{name} {kind}{suffix}: {result}", flush=True)
                    path.unlink()
    sys.exit(failures > 0)


if __name__ == "__main__":
    main()
