#!/usr/bin/env python3
"""Compares what other tools compute with the files that `convert` writes for them.

Usage: check_formats.py BIN [FOLDER]

BIN is the folder with `train`, `convert` and `judge`. For a model of each kind of layer, and for
each model of `train --model`, the script compares with Cairn's outputs those of PyTorch, and of the
C header compiled with gcc; and with Cairn's weights those that safetensors and numpy load. A
safetensors file must go there and back unharmed. Prints the largest differences and exits 1 if one
is too large. Files are kept in FOLDER, if it is given.
"""

import json
import pathlib
import sys
import tempfile

import h5py
import numpy as np
import safetensors
import safetensors.numpy
import torch

import layer_cases

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "keras"))
from cairn_programs import Programs, flat
from compiled_header import computed

ROOT = pathlib.Path(__file__).resolve().parents[2]
TOLERANCE = 1e-5
MODELS = "quickstart linear mlp lenet cnn strided digits vgg resnet mobile".split()


def difference(found, expected):
    """Returns the largest difference, relative to the largest element or to 1."""
    assert found.shape == expected.shape, f"shapes {found.shape} and {expected.shape}"
    return np.abs(found - expected).max(initial=0) / np.abs(expected).max(initial=1)


def weights_by_name(path):
    """Returns the weights of a checkpoint of Cairn's: `conv1/kernel`."""
    with h5py.File(path) as file:
        root = file["model_weights"]
        names = [
            name.decode() if isinstance(name, bytes) else name
            for layer in root.attrs["layer_names"]
            for name in root[layer].attrs["weight_names"]
        ]
        return dict(zip(names, flat(root), strict=True))


def check_arrays(found, expected):
    assert set(found) == set(expected), f"{sorted(found)} and {sorted(expected)}"
    for name, value in expected.items():
        assert found[name].shape == value.shape and np.array_equal(found[name], value), name


def check_safetensors(programs, model, x, y):
    path = programs.folder / "model.safetensors"
    programs.run("convert", model, path, "--overwrite")
    check_arrays(safetensors.numpy.load_file(path), weights_by_name(model))
    with safetensors.safe_open(path, "numpy") as file:
        assert json.loads(file.metadata()["config"])["config"]["layers"]
    assert np.array_equal(programs.judged(path, x), y), "safetensors computes something else"
    # Written again by the reference implementation, in another order.
    tensors, metadata = safetensors.numpy.load_file(path), None
    with safetensors.safe_open(path, "numpy") as file:
        metadata = file.metadata()
    again = programs.folder / "again.safetensors"
    safetensors.numpy.save_file(tensors, again, metadata)
    back = programs.folder / "back.weights.h5"
    programs.run("convert", again, back, "--overwrite")
    check_arrays(weights_by_name(back), weights_by_name(model))


def check_npz(programs, model):
    path = programs.folder / "model.npz"
    programs.run("convert", model, path, "--overwrite")
    with np.load(path) as arrays:
        assert json.loads(arrays["config.json"])["config"]["layers"]
        found = {name: arrays[name] for name in arrays.files if name != "config.json"}
    check_arrays(found, weights_by_name(model))


def torch_outputs(programs, model, x, _):
    path = programs.folder / "torch.safetensors"
    source = programs.run("convert", model, path, "--format", "torch", "--overwrite").stdout
    with safetensors.safe_open(path, "pt") as file:
        assert file.metadata()["module"] in source and file.metadata()["format"] == "pt"
    namespace = {}
    exec(compile(source, "module.py", "exec"), namespace)
    module = namespace["load"](path)
    takes, gives = (part.endswith("channels first") for part in module.__doc__[:-1].split("; "))
    with torch.no_grad():
        inputs = np.ascontiguousarray(x.transpose(0, 3, 1, 2)) if takes else x
        outputs = module(torch.from_numpy(inputs)).numpy()
    return outputs.transpose(0, 2, 3, 1) if gives else outputs


def c_outputs(programs, model, x, y):
    header = programs.folder / "model.h"
    programs.run("convert", model, header, "--overwrite")
    return computed(header, [x], [y.shape])[0]


def check(programs, name, model, x, worst):
    y = programs.judged(model, x)
    check_safetensors(programs, model, x, y)
    check_npz(programs, model)
    problems = []
    for form, outputs in {"torch": torch_outputs, "c": c_outputs}.items():
        try:
            value = difference(outputs(programs, model, x, y), y)
            worst[form] = max(worst[form], (float(value), name))
            assert value <= TOLERANCE, f"differs by {value:.1e}"
        except Exception as error:
            problems.append(f"{form}: {type(error).__name__}: {str(error)[:600]}")
    assert not problems, "; ".join(problems)


def main():
    random = np.random.default_rng(3)
    worst = {"torch": (0.0, ""), "c": (0.0, "")}
    failed = count = 0
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else temporary)
        folder.mkdir(exist_ok=True)
        programs = Programs(sys.argv[1], folder)

        def attempt(name, make):
            nonlocal failed, count
            count += 1
            try:
                model, x = make()
                check(programs, name, model, x, worst)
            except Exception as error:
                failed += 1
                print(f"{name}: {type(error).__name__}: {str(error)[:600]}")

        for index, (name, shape, model) in enumerate(layer_cases.cases()):

            def make():
                layer_cases.write(model, folder / "case.json")
                path = folder / "case.h5"
                programs.run("judge", "random", folder / "case.json", index, path)
                x = random.normal(0, 1.5, (3, *shape)).astype(np.float32)
                if "Masking" in name:
                    x[0, 1] = 0.25
                return path, x

            attempt(name, make)
        for name in MODELS:

            def make():
                path = folder / f"{name}.h5"
                programs.run(
                    "train",
                    "--save",
                    path,
                    "--model",
                    name,
                    "--data",
                    ROOT / "samples" / "mnist",
                    "--max-steps",
                    30,
                    "--quiet",
                    "--resume",
                    "never",
                    "--overwrite",
                )
                return path, random.random((16, 28, 28, 1), dtype=np.float32)

            before = dict(worst)
            worst.update(torch=(0.0, ""), c=(0.0, ""))
            attempt(f"train --model {name}", make)
            print(f"{name}: torch {worst['torch'][0]:.1e}, c {worst['c'][0]:.1e}")
            for form in worst:
                worst[form] = max(worst[form], before[form])
    for form, (value, name) in worst.items():
        print(f"{form}: at most {value:.1e} ({name})")
    print(f"{count - failed} of {count} models are the same everywhere")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
