"""Pictures that went through the preparation of `predict` itself: digits in simulated photos, and
what else a camera sees."""

import pathlib
import subprocess
import tempfile

import cv2
import numpy as np
from PIL import Image

import form
import mnist
import photo
import scenes
import training_others

# Calls of predict take this many pictures.
CHUNK = 500
# Below this likeness to the digit of MNIST, the preparation took something else for the digit.
LEAST = 0.72


def shoot(images, seed, number):
    """The photo of a training digit: its kind and picture."""
    cv2.setNumThreads(1)
    rng = mnist.generator(seed, "through predict", number)
    names = [n for n in scenes.KINDS if n != "mnist"]
    function, options = scenes.KINDS[names[number % len(names)]]
    index = int(rng.integers(len(images)))
    more = {}
    if "neighbours" in options:
        chosen = rng.integers(0, len(images), options["neighbours"])
        more["neighbours"] = [images[i] for i in chosen]
    return index, photo.bytes_of(function(rng, images[index], **more))


def look(seed, number):
    """A picture without a digit."""
    cv2.setNumThreads(1)
    rng = mnist.generator(seed, "leaves", number)
    return None, photo.bytes_of(training_others.leaves(rng))


def prepared(command, pictures):
    """What the network sees of pictures, by their number; those that were refused are missing."""
    out = {}
    with tempfile.TemporaryDirectory() as folder:
        names = [f"{n:06}.png" for n in range(len(pictures))]
        for name, picture in zip(names, pictures):
            Image.fromarray(picture).save(pathlib.Path(folder) / name, compress_level=1)
        for start in range(0, len(names), CHUNK):
            call = [*command, "--preprocess", "mnist", "--save-preprocessed", "seen"]
            call += names[start : start + CHUNK]
            subprocess.run(call, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for number, name in enumerate(names):
            path = pathlib.Path(folder) / "seen" / name
            if path.exists():
                out[number] = np.asarray(Image.open(path).convert("L"))
    return out


def usable(seen, digit):
    return seen.shape == (28, 28) and form.alike(seen, digit) >= LEAST
