#!/usr/bin/env python3
"""Converts models with every layer to PyTorch, and compares what PyTorch computes with Cairn.

    python3 -m venv /tmp/formats-venv
    /tmp/formats-venv/bin/pip install -r tools/formats/requirements.txt
    swift build -c release
    /tmp/formats-venv/bin/python tools/keras/check_torch.py

The models are those of layer_models.py, so PyTorch is compared with Keras, too; and the models that
Keras wrote with what they compute (Tests/CheckpointsTests/Fixtures/*/expected.json): their masks,
states, several inputs and outputs. Every module runs with two batch sizes.
"""

import argparse
import json
import pathlib
import tempfile

import numpy as np
import torch
from cairn_programs import Programs
from layer_models import FILES, LIMIT, ROOT, LayerCheck, arrays, check_layers, difference


class Check(LayerCheck):
    """Converts models and computes them with PyTorch."""

    def convert(self, source):
        """Converts a file; returns the source code of the module and the file of its tensors."""
        path = self.folder / "torch.safetensors"
        result = self.programs.run("convert", source, path, "--format", "torch", "--overwrite")
        return result.stdout, path

    def module(self, source):
        """Converts a file; returns the module as a function of Keras's arrays."""
        text, path = self.convert(source)
        namespace = {}
        exec(compile(text, "module.py", "exec"), namespace)
        module = namespace["load"](path)
        takes, gives = (
            [part.endswith("channels first") for part in ends.split("; ")]
            for ends in module.__doc__.removeprefix("Input: ").rstrip(".").split("; output: ")
        )

        def function(*xs):
            inputs = [
                torch.from_numpy(np.ascontiguousarray(np.moveaxis(x, 3, 1) if is_first else x))
                for x, is_first in zip(xs, takes, strict=True)
            ]
            with torch.no_grad():
                ys = module(*inputs)
            return [
                np.moveaxis(y.numpy(), 1, 3) if is_first else y.numpy()
                for y, is_first in zip(ys if isinstance(ys, tuple) else [ys], gives, strict=True)
            ]

        return function

    def run(self, source, name, class_name, x, expected=None):
        """Compares PyTorch with Cairn, and with `expected`, which Keras computed."""
        try:
            x = x.astype(np.float32)
            module = self.module(source)
            (found,) = module(x)
            (one,) = module(x[:1])
            assert difference(one, found[:1]) < LIMIT, "another batch size"
            self.compare(class_name, found, self.programs.judged(source, x), expected)
        except Exception as error:
            self.failures.append(f"{name}: {type(error).__name__}: {error}")


def check_expected(check):
    """The models of real Keras whose outputs are known."""
    for path in sorted(FILES.glob("*/expected.json")):
        for file, values in json.loads(path.read_text()).items():
            # Sizes that the file leaves open are fixed in a module.
            if "y" not in values or "open_size" in file:
                continue
            try:
                module = check.module(path.parent / file)
                xs, ys = arrays(values["x"]), arrays(values["y"])
                figures = check.figures[f"Keras's {path.parent.name}"]
                for rows in [slice(None), slice(0, 1)]:
                    for found, y in zip(module(*[x[rows] for x in xs]), ys, strict=True):
                        worst = difference(found, y[rows])
                        assert worst < LIMIT, f"differs by {worst}"
                        figures[2] = max(figures[2] or 0, worst)
                figures[0] += 1
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
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        check = Check(Programs(options.binaries, folder))
        for name, run in parts.items():
            if options.only in [None, name]:
                run(check)
    check.report()


if __name__ == "__main__":
    main()
