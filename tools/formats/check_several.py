#!/usr/bin/env python3
"""Compares what other tools compute with models that have several inputs or outputs.

Usage: check_several.py BIN

BIN is the folder with `convert`. The models are those of Tests/CheckpointsTests/Fixtures/several,
with the outputs of Keras; they are computed by ONNX Runtime, PyTorch and C, unless C refuses a
layer. Prints the largest difference of each and exits 1 if one is above 1e-5.
"""

import json
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
import onnxruntime
import safetensors
import torch

from check_formats import computed, difference

ROOT = pathlib.Path(__file__).parent.parent.parent
FIXTURES = ROOT / "Tests" / "CheckpointsTests" / "Fixtures" / "several"


def arrays(values):
    return [np.array(v["values"], np.float32).reshape(v["shape"]) for v in values]


def run(binaries, *arguments):
    command = [pathlib.Path(binaries) / "convert", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def onnx_outputs(binaries, model, folder, xs, _, names):
    path = folder / "model.onnx"
    run(binaries, model, path, "--overwrite")
    session = onnxruntime.InferenceSession(path)
    assert [x.name for x in session.get_inputs()] == names["inputs"]
    assert [y.name for y in session.get_outputs()] == names["outputs"]
    return session.run(None, dict(zip(names["inputs"], xs)))


def torch_outputs(binaries, model, folder, xs, _, names):
    path = folder / "model.safetensors"
    source = run(binaries, model, path, "--format", "torch", "--overwrite")
    namespace = {}
    exec(compile(source, "module.py", "exec"), namespace)
    module = namespace["load"](path)
    inputs = [x.transpose(0, 3, 1, 2) if x.ndim == 4 else x for x in xs]
    with torch.no_grad():
        outputs = module(*[torch.from_numpy(np.ascontiguousarray(x)) for x in inputs])
    outputs = outputs if isinstance(outputs, tuple) else [outputs]
    return [output.numpy() for output in outputs]


def c_outputs(binaries, model, folder, xs, ys, names):
    header = folder / "model.h"
    try:
        run(binaries, model, header, "--overwrite")
    except subprocess.CalledProcessError as error:
        assert error.stderr.strip().endswith("cannot be written as C"), error.stderr
        return None
    return computed(header, xs, [y.shape for y in ys])


def main():
    expected = json.loads((FIXTURES / "expected.json").read_text())
    failures = 0
    with tempfile.TemporaryDirectory() as folder:
        for file, values in expected.items():
            # Sizes that the file leaves open are fixed in these forms.
            if "open_sizes" in file:
                continue
            xs, ys = arrays(values["x"]), arrays(values["y"])
            found = []
            for outputs in [onnx_outputs, torch_outputs, c_outputs]:
                results = outputs(
                    sys.argv[1], FIXTURES / file, pathlib.Path(folder), xs, ys, values
                )
                if results is None:
                    continue
                found.append(max(difference(a, b) for a, b in zip(results, ys, strict=True)))
            failures += any(not error <= 1e-5 for error in found)
            print(file, *(f"{error:.1e}" for error in found))
    sys.exit(failures > 0)


if __name__ == "__main__":
    main()
