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

from check_formats import FLAGS, difference

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
    text = header.read_text()
    call = text.split(" *   ")[2].split(";")[0]
    name = call.split("_predict")[0]
    parameters = call.split("(")[1].split(")")[0].split(", ")[:-1]
    ends = parameters[: len(xs)], parameters[len(xs) :]
    lines = ["#include <stdio.h>", '#include "model.h"']
    # A parameter may be called main.
    for parameter in [*parameters, "workspace"]:
        lines.append(f"static float my_{parameter}[{name.upper()}_{parameter.upper()}];")
    call = f"{name}_predict({', '.join(f'my_{p}' for p in [*parameters, 'workspace'])})"
    lines.append("int main(void) {")
    for parameter in ends[0]:
        array = f"my_{parameter}"
        lines.append(f"  if (fread({array}, sizeof({array}), 1, stdin) != 1) return 1;")
    lines.append(f"  {call};")
    lines += [f"  fwrite(my_{p}, sizeof(my_{p}), 1, stdout);" for p in ends[1]]
    main, binary = folder / "main.c", folder / "main"
    main.write_text("\n".join([*lines, "  return 0;", "}", ""]))
    subprocess.run(["gcc", *FLAGS, main, "-o", binary, "-lm"], check=True)
    outputs = [[] for _ in ys]
    for row in range(len(xs[0])):
        data = b"".join(x[row].tobytes() for x in xs)
        found = subprocess.run([binary], input=data, capture_output=True, check=True).stdout
        numbers = np.frombuffer(found, np.float32)
        for output, y in zip(outputs, ys):
            output.append(numbers[: y[0].size].reshape(y.shape[1:]))
            numbers = numbers[y[0].size :]
    return [np.array(output) for output in outputs]


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
