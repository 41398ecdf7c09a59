"""MNIST and Fashion-MNIST as arrays, and random generators that depend on names only."""

import gzip
import pathlib
import zlib

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[2]
FASHION = pathlib.Path("/usr/share/datasets/fashion-mnist")


def read(part, folder=None):
    """Images [count, 28, 28] and labels [count] of `part`: t10k or train."""
    folder = folder or ROOT / "samples/mnist"
    with gzip.open(folder / f"{part}-images-idx3-ubyte.gz") as file:
        images = np.frombuffer(file.read(), np.uint8, offset=16).reshape(-1, 28, 28)
    with gzip.open(folder / f"{part}-labels-idx1-ubyte.gz") as file:
        labels = np.frombuffer(file.read(), np.uint8, offset=8)
    return images, labels


def generator(seed, *names):
    """A generator for one picture: other pictures, and the order of drawing, do not change it."""
    return np.random.default_rng(
        [seed] + [n if isinstance(n, int) else zlib.crc32(n.encode()) for n in names]
    )
