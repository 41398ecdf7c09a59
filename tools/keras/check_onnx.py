#!/usr/bin/env python3
"""Converts models with every layer to ONNX, and compares what ONNX Runtime computes with Cairn.

    python3 -m venv /tmp/onnx-venv
    /tmp/onnx-venv/bin/pip install -r tools/keras/requirements-onnx.txt
    swift build -c release
    /tmp/onnx-venv/bin/python tools/keras/check_onnx.py

The models are those of layer_models.py, so ONNX Runtime is compared with Keras, too. Every file
passes onnx.checker with full_check, and runs with several batch sizes. The models that Keras wrote
with what they compute
(Tests/CheckpointsTests/Fixtures/*/expected.json) are compared with that: their masks, states,
several inputs and outputs.
"""

import argparse
import collections
import json
import pathlib
import tempfile

import numpy as np
import onnx
import onnxruntime
from cairn_programs import Programs
from layer_models import (
    FILES,
    LIMIT,
    ROOT,
    LayerCheck,
    arrays,
    check_layers,
    difference,
    layer,
    model_config,
    write_model,
)

MODELS = "quickstart linear mlp lenet cnn strided digits vgg resnet mobile".split()


class Check(LayerCheck):
    """Converts models and computes them with ONNX Runtime."""

    def __init__(self, programs, out=None):
        super().__init__(programs)
        self.out = out

    def path(self, name):
        """Returns where the ONNX file of a model is."""
        return (self.out or self.folder) / f"{name}.onnx"

    def convert(self, source, name="model"):
        """Converts a file, and returns where the result is."""
        path = self.path(name)
        self.programs.run("convert", source, path, "--overwrite")
        return path

    def session(self, source, name):
        """Converts a file, checks the result and opens it."""
        path = self.convert(source, name)
        onnx.checker.check_model(onnx.load(path), full_check=True)
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])

    def run(self, source, name, class_name, x, expected=None):
        """Compares ONNX Runtime with Cairn, and with `expected`, which Keras computed."""
        try:
            session = self.session(source, name)
            own = self.programs.judged(source, x)
            (key,) = [entry.name for entry in session.get_inputs()]
            found = session.run(None, {key: x.astype(np.float32)})[0]
            # Any number of examples gives the same.
            for rows in [x[:1], np.concatenate([x, x])]:
                several = session.run(None, {key: rows.astype(np.float32)})[0]
                part = np.concatenate([found, found])[: len(several)]
                assert difference(several, part) < LIMIT, "another batch size"
            self.compare(class_name, found, own, expected)
            return session
        except Exception as error:
            self.failures.append(f"{name}: {error}")
            return None


def is_open(session):
    """Returns whether an extent beside that of the batch is free."""
    return any(not isinstance(n, int) for x in session.get_inputs() for n in x.shape[1:])


def open_models():
    """Yields (name, shape, layers, output, weights, whether the sizes stay free)."""
    random = np.random.default_rng(23)

    def numbers(*shape):
        return random.normal(size=shape).astype(np.float32) / 2

    def lstm(units, **options):
        return layer("LSTM", "cell", units=units, activation="tanh", **options)

    for masked in [False, True]:
        weights = {
            "words": [numbers(9, 4)],
            "both": [numbers(*shape) for shape in [(4, 12), (3, 12), (12,)] * 2],
            "each": [numbers(6, 5), numbers(5)],
            "gru": [numbers(5, 6), numbers(2, 6), numbers(2, 6)],
        }
        layers = [
            layer("Embedding", "words", ["x"], input_dim=9, output_dim=4, mask_zero=masked),
            layer("Bidirectional", "both", ["words"], layer=lstm(3, return_sequences=True)),
            layer(
                "TimeDistributed",
                "each",
                ["both"],
                layer=layer("Dense", "inner", units=5, activation="relu"),
            ),
            layer("GRU", "gru", ["each"], units=2, activation="tanh", reset_after=True),
        ]
        yield f"text_{masked}", (None,), layers, "gru", weights, True
    shapes = [(4, 2, 3), (2, 3)] * 3 + [(2, 3, 4), (4,)]
    weights = {"conv": [numbers(3, 2, 4), numbers(4)], "heads": [numbers(*s) for s in shapes]}
    layers = [
        layer("Conv1D", "conv", ["x"], filters=4, kernel_size=[3], padding="causal"),
        layer("MultiHeadAttention", "heads", ["conv", "conv"], num_heads=2, key_dim=3),
        layer("Add", "sum", ["conv", "heads"]),
        layer("GlobalAveragePooling1D", "mean", ["sum"]),
    ]
    yield "attention", (None, 2), layers, "mean", weights, True
    # A causal mask has the number of steps.
    causal = [layers[0], {**layers[1], "inbound_nodes": []}, *layers[2:]]
    node = [["conv", 0, 0, {"value": ["conv", 0, 0], "use_causal_mask": True}]]
    causal[1]["inbound_nodes"] = [node]
    yield "causal", (None, 2), causal, "mean", weights, False
    for padding, strides, stays in [("valid", 2, True), ("same", 1, True), ("same", 2, False)]:
        layers = [
            layer("Conv2D", "first", ["x"], filters=3, kernel_size=[3, 3]),
            layer("MaxPooling2D", "pool", ["first"], pool_size=[2, 2]),
            layer(
                "Conv2D",
                "second",
                ["pool"],
                filters=2,
                kernel_size=[3, 3],
                padding=padding,
                strides=[strides, strides],
            ),
            layer("UpSampling2D", "up", ["second"]),
        ]
        weights = {
            "first": [numbers(3, 3, 2, 3), numbers(3)],
            "second": [numbers(3, 3, 3, 2), numbers(2)],
        }
        yield f"images_{padding}_{strides}", (None, None, 2), layers, "up", weights, stays


def check_open(check):
    """Models that leave extents open, with inputs of several sizes."""
    random = np.random.default_rng(24)
    for name, shape, layers, output, weights, stays in open_models():
        path = check.folder / "open.h5"
        write_model(path, model_config(shape, layers, output), weights)
        try:
            session = check.session(path, f"open_{name}")
            assert is_open(session) == stays, f"free sizes: {is_open(session)}"
            figures = check.figures["open sizes"]
            figures[0] += stays
            for size in [9, 14, 31] if stays else []:
                extents = [size + index if n is None else n for index, n in enumerate(shape)]
                x = random.normal(size=(3, *extents)).astype(np.float32)
                if name.startswith("text"):
                    x = random.integers(0, 4, x.shape).astype(np.float32)
                own = check.programs.judged(path, x)
                (found,) = session.run(None, {"x": x})
                figures[1] = max(figures[1], difference(found, own))
                assert figures[1] < LIMIT, f"differs by {figures[1]} at {extents}"
        except Exception as error:
            check.failures.append(f"open {name}: {error}")


def check_expected(check):
    """The models of real Keras whose outputs are known."""
    for path in sorted(FILES.glob("*/expected.json")):
        for file, values in json.loads(path.read_text()).items():
            if "y" not in values:
                continue
            name = f"{path.parent.name}/{file}"
            try:
                session = check.session(path.parent / file, name.replace("/", "_"))
                keys = [entry.name for entry in session.get_inputs()]
                xs, ys = arrays(values["x"]), arrays(values["y"])
                if "open_size" in file and not is_open(session):
                    print(f"{name}: the open sizes are fixed")
                    continue
                for rows in [slice(None), slice(0, 1)]:
                    inputs = {key: x[rows] for key, x in zip(keys, xs, strict=True)}
                    for found, y in zip(session.run(None, inputs), ys, strict=True):
                        worst = difference(found, y[rows])
                        assert worst < LIMIT, f"differs by {worst}"
                        figures = check.figures[f"Keras's {path.parent.name}"]
                        figures[2] = max(figures[2] or 0, worst)
                figures[0] += 1
            except Exception as error:
                check.failures.append(f"{name}: {error}")


def check_files(check):
    """The models that real Keras wrote, of all versions and forms, and those of the package."""
    random = np.random.default_rng(20)
    for path in sorted(FILES.glob("*/**/*")) + sorted((ROOT / "models").glob("*.h5")):
        if path.suffix not in [".h5", ".keras"] or "expected" in path.name:
            continue
        name = str(path.relative_to(ROOT)).replace("/", "_")
        # Those are compared with what Keras computes.
        if (path.parent / "expected.json").exists() and path.parent.name != "formats":
            continue
        try:
            (entry,) = check.session(path, name).get_inputs()
        except AssertionError as error:
            if "Cannot save" in str(error):
                check.failures.append(f"{name}: {error}")
                continue
            # Weights alone, and files that no program reads.
            print(f"skipped {name}: {str(error).splitlines()[0][:150]}")
            continue
        check.run(path, name, "files", random.uniform(size=(3, *entry.shape[1:])))


def check_named(check):
    """The models of `train --model`, trained for two steps, gray and in colour."""
    random = np.random.default_rng(21)
    for kind, shape in [("gray", (28, 28, 1)), ("colour", (40, 36, 3))]:
        data = check.folder / f"{kind}.npz"
        np.savez(
            data,
            x_train=random.integers(256, size=(32, *shape), dtype=np.uint8),
            y_train=np.arange(32) % 4,
            x_test=random.integers(256, size=(8, *shape), dtype=np.uint8),
            y_test=np.arange(8) % 4,
            class_names=np.array(["Ampelos", "Βάκχος", 'a "quoted" name', "d"]),
        )
        for model in MODELS:
            path, name = check.folder / f"{model}.h5", f"{model}-{kind}"
            check.programs.run(
                "train",
                "--model",
                model,
                "--data",
                data,
                "--max-steps",
                2,
                "--save",
                path,
                "-q",
                "--batch-size",
                16,
                "--seed",
                1,
                "--overwrite",
                "--resume",
                "never",
            )
            session = check.run(
                path, name, f"train --model {model}", random.uniform(size=(3, *shape))
            )
            if session:
                nodes = onnx.load(check.path(name)).graph.node
                print(f"{name}: {dict(collections.Counter(node.op_type for node in nodes))}")
                print(f"  {session.get_modelmeta().custom_metadata_map}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binaries", default=ROOT / ".build" / "release")
    parser.add_argument("--keep", type=pathlib.Path, help="folder that keeps the .onnx files")
    parts = {
        "layers": check_layers,
        "expected": check_expected,
        "open": check_open,
        "files": check_files,
        "named": check_named,
    }
    parser.add_argument("--only", choices=parts)
    options = parser.parse_args()
    if options.keep:
        options.keep.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        check = Check(Programs(options.binaries, folder), options.keep)
        for name, run in parts.items():
            if options.only in [None, name]:
                run(check)
    check.report()


if __name__ == "__main__":
    main()
