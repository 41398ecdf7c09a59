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


def look(images, seed, number):
    """A picture without a digit: a surface, a garment, or a letter, sign or scribble on paper."""
    cv2.setNumThreads(1)
    rng = mnist.generator(seed, "others", number)
    kind = number % 4
    if kind == 0:
        return None, photo.bytes_of(training_others.leaves(rng))
    if kind == 1:
        garments = training_others.garments_of()
        form = garments[int(rng.integers(len(garments)))]
        if rng.random() < 0.3:
            return None, form
        if rng.random() < 0.4:
            return None, enlarged(rng, form)
    else:
        form = drawn(rng, images)
    return None, photo.bytes_of(photographed(rng, form))


def drawn(rng, images):
    """One of the forms without a digit, each kind as often as in the training set."""
    counts = np.array([count for _, _, count in training_others.SOURCES], float)
    while True:
        index = int(rng.choice(len(counts), p=counts / counts.sum()))
        form = training_others.SOURCES[index][1](rng, images)
        if form is not None:
            return form


def enlarged(rng, form):
    side = int(rng.uniform(90, 300))
    return cv2.resize(form, (side, side), interpolation=cv2.INTER_CUBIC)


def photographed(rng, form):
    """The form in dark ink on a sheet, seen by a camera."""
    ink = np.clip(enlarged(rng, form) / np.float32(255), 0, 1)
    margin = int(len(ink) * rng.uniform(0, 0.5))
    ink = cv2.GaussianBlur(np.pad(ink, margin), (0, 0), rng.uniform(0.5, 2))
    side = len(ink)
    canvas = photo.paper(rng, side, side, rng.uniform(0.5, 0.95), rng.uniform(0, 0.02))
    photo.lay(canvas, ink * rng.uniform(0.5, 1), np.full(3, rng.uniform(0, 0.3)), 0, 0)
    light = photo.gradient(rng, side, side, rng.uniform(0.4, 1))
    return photo.sensor(rng, canvas * light[..., None], rng.uniform(0, 0.03))


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
