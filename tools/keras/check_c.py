#!/usr/bin/env python3
"""Converts models with every layer to C, and compares what the compiled header computes with Cairn.

    swift build -c release
    python3 tools/keras/check_c.py

The models are those of layer_models.py, so C is compared with Keras, too; and the models of one
input and output that Keras wrote with what they compute (Tests/CheckpointsTests/Fixtures). Layers
that C does not have are listed. h5py and NumPy are needed.
"""

import argparse
import json
import pathlib
import re
import tempfile

import numpy as np
from cairn_programs import Programs
from compiled_header import computed
from layer_models import FILES, LIMIT, ROOT, LayerCheck, arrays, check_layers, difference

LACKS = """
AdditiveAttention Attention MultiHeadAttention ConvLSTM1D ConvLSTM2D ConvLSTM3D Conv3D
Conv3DTranspose AveragePooling3D MaxPooling3D GlobalAveragePooling3D GlobalMaxPooling3D Cropping3D
UpSampling3D ZeroPadding3D
"""


class Check(LayerCheck):
    """Converts models and computes them with compiled headers."""

    lacks = frozenset(LACKS.split())

    def convert(self, source):
        """Converts a file; returns the header."""
        header = self.folder / "model.h"
        self.programs.run("convert", source, header, "--overwrite")
        return header

    def outputs(self, source, x, shape):
        """Converts a file, compiles the header and runs it; `None` if C lacks a layer."""
        try:
            header = self.convert(source)
        except AssertionError as error:
            problem = re.search(r"the layer '.*' \((\w+)\) (.*)cannot be written as C$", str(error))
            if problem is None:
                raise
            name = " ".join(problem.groups()).removesuffix(", and ").strip()
            self.refused[name] += 1
            if name not in self.lacks:
                raise
            return None
        return computed(header, [x], [shape])[0]

    def run(self, source, name, class_name, x, expected=None):
        """Compares the header with Cairn, and with `expected`, which Keras computed."""
        try:
            x = x.astype(np.float32)
            own = self.programs.judged(source, x)
            found = self.outputs(source, x, own.shape)
            if found is not None:
                self.compare(class_name, found, own, expected)
        except Exception as error:
            self.failures.append(f"{name}: {type(error).__name__}: {error}")


def check_expected(check):
    """The models of real Keras with one input and one output whose outputs are known."""
    for path in sorted(FILES.glob("*/expected.json")):
        for file, values in json.loads(path.read_text()).items():
            if "y" not in values or "open_size" in file or isinstance(values["x"], list):
                continue
            try:
                (x,), (y,) = arrays(values["x"]), arrays(values["y"])
                found = check.outputs(path.parent / file, x, y.shape)
                if found is None:
                    continue
                figures, worst = check.figures[f"Keras's {path.parent.name}"], difference(found, y)
                assert worst < LIMIT, f"differs by {worst}"
                figures[0] += 1
                figures[2] = max(figures[2] or 0, worst)
            except Exception as error:
                check.failures.append(f"{path.parent.name}/{file}: {type(error).__name__}: {error}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binaries", type=pathlib.Path, default=ROOT / ".build" / "release")
    parts = {
        "layers": check_layers,
        "expected": check_expected,
    }
    parser.add_argument("--only", choices=parts)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        check = Check(Programs(options.binaries, folder))
        for name, run in parts.items():
            if options.only in [None, name]:
                run(check)
    if options.only != "expected":
        check.failures += [f"C has {name}" for name in sorted(check.lacks - check.refused.keys())]
    check.report()


if __name__ == "__main__":
    main()
