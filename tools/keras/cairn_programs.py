"""What the scripts share that compare Cairn's programs with Keras: running them, and differences.

Keras is not needed here.
"""

import os
import pathlib
import re
import subprocess

import h5py
import numpy as np


class Programs:
    """The programs in a folder, which exchange files with the caller through another folder."""

    def __init__(self, binaries, folder):
        self.binaries, self.folder = pathlib.Path(binaries), pathlib.Path(folder)

    def run(self, program, *arguments):
        command = [self.binaries / program, *map(str, arguments)]
        environment = {**os.environ, "SWIFT_BACKTRACE": "enable=no"}
        result = subprocess.run(command, capture_output=True, text=True, env=environment)
        if result.returncode:
            # What a crash prints behind its message is of no use here.
            message = re.split("\n\\*\\*\\*|\nCurrent stack", result.stderr)[0].strip()[-400:]
            raise AssertionError(f"{program}: exit {result.returncode}: {message}")
        return result

    def judged(self, model, x):
        """Returns what Cairn computes with a file."""
        return self.predicted(model, x)[0]

    def predicted(self, model, x, *weights):
        """Returns what Cairn computes with a file, and its weights in the order of the model.

        `weights` is another file, from which the weights are taken.
        """
        data, out = self.folder / "data.h5", self.folder / "out.h5"
        with h5py.File(data, "w") as file:
            file["x"] = x.astype(np.float32)
        self.run("judge", "predict", model, data, out, *weights)
        with h5py.File(out) as file:
            return file["y"][()], numbered(file.get("w", {}))

    def stepped(self, model, x, y, out, *weights):
        """Writes the file `out`: the model after a step of Cairn's with each batch."""
        data = self.folder / "data.h5"
        with h5py.File(data, "w") as file:
            file["x"], file["y"] = x.astype(np.float32), y.astype(np.float32)
        self.run("judge", "step", model, data, out, *weights)
        return out


def numbered(group):
    """Returns the datasets `group/0`, `group/1` and so on."""
    return [group[key][()] for key in sorted(group, key=int)]


def flat(group):
    """Returns the weights of a file of Cairn's in the order of the model."""
    names = [
        name.decode() if isinstance(name, bytes) else name for name in group.attrs["layer_names"]
    ]
    return [
        group[layer][weight][()] for layer in names for weight in group[layer].attrs["weight_names"]
    ]


def difference(found, expected, least=1e-30):
    """Returns the greatest difference, relative to the greatest element or at least `least`."""
    found, expected = np.asarray(found, np.float64), np.asarray(expected, np.float64)
    assert found.shape == expected.shape, f"shapes {found.shape} and {expected.shape}"
    return np.abs(found - expected).max(initial=0) / np.abs(expected).max(initial=least)
