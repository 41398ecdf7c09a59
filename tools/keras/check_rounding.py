#!/usr/bin/env python3
"""How much of the difference between our steps and Keras's is rounding: both against Keras in 64
bits.

Usage: check_rounding.py BIN FOLDER

BIN is the folder with `judge`; FOLDER is what golden_files.py writes. From the state of
variety_bn_step5, Keras goes five steps in 64 bits; what it had recorded of the same steps in 32
bits, and what ours make of them, are compared with that. A batch normalization after a convolution
takes scale out of it, so the kernel's gradient is nearly zero, and Adam divides it by its own size:
what is left is mostly rounding.
"""

import json
import os
import pathlib
import sys
import tempfile

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""

import h5py
import keras
import numpy as np

from cairn_programs import Programs, difference, flat

FIRST, LAST = 5, 10


def variables(model):
    return [v for v in model.variables if "seed_generator" not in v.path]


def in_64_bits(stored, numbers):
    """The model after the steps, computed in 64 bits, by name."""
    keras.config.set_floatx("float64")
    config = json.loads(json.dumps(stored.get_config()).replace("float32", "float64"))
    model = keras.Sequential.from_config(config)
    for index, variable in enumerate(variables(model)):
        variable.assign(numbers[f"w_step{FIRST}/{index}"][()].astype(np.float64))
    optimizer = type(stored.optimizer).from_config(stored.optimizer.get_config())
    model.compile(optimizer, stored.loss)
    optimizer.build(model.trainable_variables)
    for index, variable in enumerate(optimizer.variables):
        variable.assign(numbers[f"opt_step{FIRST}/{index}"][()])
    for step in range(FIRST, LAST):
        model.train_on_batch(numbers["x"][step].astype(np.float64), numbers["y"][step])
    return {v.path: v.numpy() for v in variables(model)}


def in_ours(binaries, path, numbers):
    with tempfile.TemporaryDirectory() as folder:
        programs = Programs(binaries, folder)
        x, y = numbers["x"][FIRST:LAST], numbers["y"][FIRST:LAST]
        with h5py.File(programs.stepped(path, x, y, programs.folder / "out.h5")) as file:
            return flat(file["model_weights"])


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    binaries, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    path = folder / "variety_bn_step5.keras"
    with h5py.File(folder / "variety_bn_expected.expected.h5") as numbers:
        exact = in_64_bits(keras.saving.load_model(path), numbers)
        recorded = [numbers[f"w_step{LAST}/{index}"][()] for index in range(len(exact))]
        ours = in_ours(binaries, path, numbers)
    print("after five steps            Keras in 32 bits  ours in 32 bits  ours against")
    print("                            against 64 bits   against 64 bits  Keras in 32")
    for (name, value), theirs, own in zip(exact.items(), recorded, ours):
        print(
            f"{name:36} {difference(theirs, value, least=1):8.1e}"
            f" {difference(own, value, least=1):16.1e}"
            f" {difference(own, theirs, least=1):13.1e}"
        )


if __name__ == "__main__":
    main()
