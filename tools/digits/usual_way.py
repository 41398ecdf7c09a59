"""Keras's tutorial models behind the usual way of preparing a picture of a digit.

Run by `measure --keras`: this module prepares the pictures, and the Python that has Keras runs
`keras_tutorial.py`.
"""

import concurrent.futures
import os
import pathlib
import subprocess
import tempfile

import numpy as np
from PIL import Image, ImageOps

FOLDER = pathlib.Path.home() / ".cache/cairn/digits"
SCRIPT = pathlib.Path(__file__).with_name("keras_tutorial.py")


def prepared(path):
    """Gray, resized to 28 x 28 without regard to its shape, inverted if the border is light."""
    image = ImageOps.exif_transpose(Image.open(path)).convert("L")
    if image.size != (28, 28):
        image = image.resize((28, 28), Image.Resampling.BILINEAR)
    pixels = np.asarray(image)
    border = np.concatenate([pixels[0], pixels[-1], pixels[1:-1, 0], pixels[1:-1, -1]])
    return 255 - pixels if border.mean() > 127 else pixels


def answers(python, model, folder, files):
    """Objects in the form of `predict --json` by file."""
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        images = np.stack(list(pool.map(lambda f: prepared(folder / f), files)))
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        source, target = f"{temporary}/images.npy", f"{temporary}/probabilities.npy"
        np.save(source, images)
        environment = {"TF_CPP_MIN_LOG_LEVEL": "2", **os.environ}
        command = [python, str(SCRIPT), model, str(FOLDER / f"{model}.keras"), source, target]
        subprocess.run(command, check=True, env=environment)
        probabilities = np.load(target)
    return {
        f: {"digit": int(p.argmax()), "confidence": float(p.max()), "probabilities": p.tolist()}
        for f, p in zip(files, probabilities)
    }
