#!/usr/bin/env python3
"""Proves with real Keras that a checkpoint written by `train` is one.

Usage: check_checkpoint.py CKPT [PREDICT]

Prints one line for each check, with its figure, and exits 1 if one failed. Without PREDICT, the
path of Cairn's `predict`, predictions are compared among Keras's ways of loading only.
"""

import gzip
import json
import logging
import pathlib
import shutil
import struct
import subprocess
import sys
import tempfile
import traceback
import warnings
import zlib

import golden
import h5py
import keras
import numpy as np

COUNT = 100
TOLERANCE = 1e-5
MNIST = golden.ROOT / "samples" / "mnist"


class Failure(Exception):
    """A check's figure is not what it has to be."""


class MyModel(keras.Model):
    """The model of TensorFlow's quickstart for experts, with layers of the sizes in the file."""

    def __init__(self, convolution, hidden, output):
        super().__init__()
        self.conv1 = keras.layers.Conv2D(
            convolution["filters"], convolution["kernel_size"], activation="relu"
        )
        self.flatten = keras.layers.Flatten()
        self.d1 = keras.layers.Dense(hidden["units"], activation="relu")
        self.d2 = keras.layers.Dense(output["units"])

    def call(self, x):
        x = self.conv1(x)
        x = self.flatten(x)
        x = self.d1(x)
        return self.d2(x)


def require(condition, message):
    if not condition:
        raise Failure(message)


def read_idx(path):
    """Returns the bytes of an IDX file, plain or gzip, as an array."""
    data = path.read_bytes()
    if data[:2] == b"\x1f\x8b":
        data = gzip.decompress(data)
    rank = data[3]
    shape = struct.unpack(f">{rank}I", data[4 : 4 + 4 * rank])
    return np.frombuffer(data, np.uint8, offset=4 + 4 * rank).reshape(shape)


def find_mnist(name):
    for path in [MNIST / f"{name}.gz", MNIST / name]:
        if path.exists():
            return read_idx(path)
    raise Failure(f"neither {name}.gz nor {name} is in {MNIST}")


def write_png(path, pixels):
    """Writes an 8-bit grayscale PNG."""

    def chunk(kind, data):
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    height, width = pixels.shape
    rows = b"".join(b"\0" + row.tobytes() for row in pixels)
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def softmax(logits):
    exponentials = np.exp(logits.astype(np.float64) - logits.max(-1, keepdims=True))
    return exponentials / exponentials.sum(-1, keepdims=True)


class Checkpoint:
    """The file under test, what h5py says is in it, and the models that Keras makes of it."""

    def __init__(self, path, predict, folder):
        self.path, self.predict, self.folder = path, predict, folder
        self.resumed = None
        self.probabilities = {}

    # The file.

    def every_object(self):
        """(d) h5py visits and reads everything in the file."""
        counts = {"groups": 0, "datasets": 0, "attributes": 0}

        def visit(name, thing):
            counts["datasets" if isinstance(thing, h5py.Dataset) else "groups"] += 1
            values = [thing[()]] if isinstance(thing, h5py.Dataset) else []
            values += [thing.attrs[key] for key in thing.attrs]
            counts["attributes"] += len(thing.attrs)
            for value in values:
                kind = np.asarray(value).dtype.kind
                require(kind != "f" or np.isfinite(value).all(), f"{name} holds NaN or infinity")

        with h5py.File(self.path, "r") as file:
            visit("/", file)
            file.visititems(visit)
        return ", ".join(f"{count} {what}" for what, count in counts.items())

    def tool(self, *command):
        """(d) HDF5's own tools read the file without a word of complaint."""
        if shutil.which(command[0]) is None:
            return "not installed, left out"
        result = subprocess.run([*command, self.path], capture_output=True, text=True)
        require(result.returncode == 0, f"exit {result.returncode}: {result.stderr.strip()}")
        require(not result.stderr, f"stderr: {result.stderr.strip()}")
        return f"{len(result.stdout.splitlines())} lines"

    def read(self):
        """What the other checks need: configurations, step and optimizer variables."""
        with h5py.File(self.path, "r") as file:
            self.layers = json.loads(file.attrs["model_config"])["config"]["layers"]
            self.training = json.loads(file.attrs["training_config"])
            group = file["optimizer/vars"]
            self.variables = [group[key][()] for key in sorted(group, key=int)]
            state = file["training_state"]
            require(
                "global_step" in state or "global_step" in state.attrs,
                "/training_state has no global_step",
            )
            step = state["global_step"] if "global_step" in state else state.attrs["global_step"]
            self.step = int(step[()] if isinstance(step, h5py.Dataset) else step)
            names = [
                name.decode() if isinstance(name, bytes) else name
                for name in file["model_weights"].attrs["layer_names"]
            ]
            described = [
                layer["config"]["name"]
                for layer in self.layers
                if layer["class_name"] != "InputLayer"
            ]
            shape = self.layers[0]["config"]
            self.input_shape = tuple(shape.get("batch_shape", shape.get("batch_input_shape")))[1:]
        require(names == described, f"layer_names {names}, model_config {described}")
        require(self.variables[0].shape == (), "/optimizer/vars/0 is no scalar")
        require(
            int(self.variables[0]) == self.step,
            f"/optimizer/vars/0 is {self.variables[0]}, global_step is {self.step}",
        )
        return f"global step {self.step}, layers {', '.join(names)}"

    def images(self):
        """The first test images as the network sees them, cut to its input if that is smaller."""
        height, width, _ = self.input_shape
        self.pixels = find_mnist("t10k-images-idx3-ubyte")[:COUNT, :height, :width]
        self.labels = find_mnist("t10k-labels-idx1-ubyte")[:COUNT].astype(np.int64)
        require(self.pixels.shape[1:] == (height, width), f"input shape {self.input_shape}")
        self.inputs = (self.pixels / np.float32(255)).astype(np.float32)[..., None]
        return f"{len(self.pixels)} test images of MNIST, {height} x {width}"

    # Keras's ways in.

    def keep(self, way, probabilities):
        """Keeps the answers for `agree`, and says how many of them are right."""
        self.probabilities[way] = probabilities
        return f"{(probabilities.argmax(-1) == self.labels).sum()} of {COUNT} digits right"

    def ask(self, way, model):
        outputs = model.predict(self.inputs, verbose=0)
        with_softmax = self.layers[-1]["config"].get("activation") == "softmax"
        return self.keep(way, outputs if with_softmax else softmax(outputs))

    def my_model(self):
        kinds = {"Conv2D": [], "Flatten": [], "Dense": []}
        for layer in self.layers[1:]:
            require(layer["class_name"] in kinds, f"{layer['class_name']} is not in the tutorial")
            kinds[layer["class_name"]].append(layer["config"])
        require([len(kind) for kind in kinds.values()] == [1, 1, 2], "not the tutorial's layers")
        model = MyModel(*kinds["Conv2D"], *kinds["Dense"])
        # A subclassed model has no weights to load into before it has seen an input.
        model(np.zeros((1, *self.input_shape), np.float32))
        return model

    def load_model(self):
        """(a) keras.models.load_model(ckpt.h5)"""
        model = keras.models.load_model(self.path)
        return self.ask("load_model", model)

    def load_weights(self):
        """(b) MyModel().load_weights(ckpt.h5)"""
        model = self.my_model()
        model.load_weights(self.path)
        return self.ask("MyModel.load_weights", model)

    def resume(self):
        """(c) compile, optimizer.build, load_weights(x.weights.h5): the optimizer comes back."""
        copy = self.folder / "x.weights.h5"
        shutil.copyfile(self.path, copy)
        model = self.my_model()
        model.compile(
            optimizer=keras.optimizers.get(self.training["optimizer_config"]),
            loss=keras.losses.get(self.training["loss"]),
            metrics=["accuracy"],
        )
        model.optimizer.build(model.trainable_variables)
        model.load_weights(copy)
        loaded = [variable.numpy() for variable in model.optimizer.variables]
        require(
            len(loaded) == len(self.variables),
            f"Keras has {len(loaded)} optimizer variables, the file {len(self.variables)}",
        )
        for index, (ours, theirs) in enumerate(zip(self.variables, loaded)):
            require(
                ours.tobytes() == theirs.tobytes(),
                f"/optimizer/vars/{index} is not {model.optimizer.variables[index].path}",
            )
        iterations = int(model.optimizer.iterations)
        require(iterations == self.step, f"iteration {iterations}, global step {self.step}")
        right = self.ask("MyModel.load_weights, resumed", model)
        self.resumed = model
        name = type(model.optimizer).__name__
        return f"{name} at step {iterations}, {len(loaded)} variables bit for bit, {right}"

    def go_on(self):
        """(c) Keras trains on from there."""
        require(self.resumed is not None, "there is nothing to go on from")
        history = self.resumed.fit(self.inputs, self.labels, batch_size=20, verbose=0)
        iterations = int(self.resumed.optimizer.iterations)
        require(iterations == self.step + 5, f"iteration {iterations}, not {self.step} + 5")
        loss = history.history["loss"][0]
        require(np.isfinite(loss), f"loss {loss}")
        return f"5 steps, loss {loss:.4f}"

    # Everybody gives the same answers.

    def predictions(self):
        """`predict` answers for the same pictures."""
        paths = [self.folder / f"{index:03}.png" for index in range(COUNT)]
        for path, pixels in zip(paths, self.pixels):
            write_png(path, pixels)
        command = [self.predict, *paths, "--model", self.path, "--json", "--preprocess", "none"]
        result = subprocess.run(command, capture_output=True, text=True)
        require(result.returncode == 0, f"exit {result.returncode}: {result.stderr.strip()}")
        require(not result.stderr, f"stderr: {result.stderr.strip()}")
        answers = json.loads(result.stdout)
        names = [pathlib.Path(answer["file"]).name for answer in answers]
        require(names == [path.name for path in paths], "the files are not those asked for")
        for answer in answers:
            probabilities = answer["probabilities"]
            require(
                answer["digit"] == int(np.argmax(probabilities))
                and answer["confidence"] == max(probabilities),
                f"{answer['file']}: digit and confidence are not the greatest probability's",
            )
        return self.keep("predict", np.array([answer["probabilities"] for answer in answers]))

    def agree(self):
        """All ways lead to the same probabilities."""
        ways = list(self.probabilities)
        expected = ["load_model", "MyModel.load_weights", "MyModel.load_weights, resumed"]
        expected += ["predict"] if self.predict else []
        require(ways == expected, f"only {', '.join(ways) or 'none'} answered")
        answers = np.array(list(self.probabilities.values()))
        difference = np.ptp(answers, axis=0).max()
        require(difference <= TOLERANCE, f"they differ by {difference:.2e}")
        return f"{len(ways)} ways, greatest difference {difference:.2e}"


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit("usage: check_checkpoint.py CKPT [PREDICT]")
    # Keras only warns when it drops an optimizer's state; here a warning is a failure.
    warnings.simplefilter("error")
    # TensorFlow and NumPy deprecate things of each other's; that is not about the file.
    warnings.simplefilter("ignore", DeprecationWarning)
    # It logs that metrics are not built before the first step.
    logging.getLogger("absl").setLevel(logging.ERROR)
    # fit shuffles, which deterministic operations refuse to do without a seed.
    keras.utils.set_random_seed(1)
    passed = True
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        # load_model goes by the name's ending, and nothing here may touch the original.
        path = folder / "ckpt.h5"
        shutil.copyfile(sys.argv[1], path)
        predict = pathlib.Path(sys.argv[2]).resolve() if len(sys.argv) == 3 else None
        file = Checkpoint(path, predict, folder)
        checks = [
            ("h5py reads every object", file.every_object),
            ("h5ls -r", lambda: file.tool("h5ls", "-r")),
            ("h5dump -H", lambda: file.tool("h5dump", "-H")),
            ("configuration and step", file.read),
            ("test images", file.images),
            ("load_model(ckpt.h5)", file.load_model),
            ("MyModel.load_weights(ckpt.h5)", file.load_weights),
            ("optimizer from x.weights.h5", file.resume),
        ]
        if predict:
            checks.append(("predict --json", file.predictions))
        checks += [("the same predictions", file.agree), ("fit goes on", file.go_on)]
        for name, check in checks:
            try:
                print(f"ok    {name}: {check()}", flush=True)
            except Failure as failure:
                passed = False
                print(f"FAIL  {name}: {failure}", flush=True)
            except Exception as error:
                passed = False
                print(f"FAIL  {name}: {type(error).__name__}: {error}", flush=True)
                traceback.print_exc()
            else:
                continue
            # Without these there is nothing to check the rest with.
            if check in (file.read, file.images):
                break
        if not predict:
            print("      predict was not given: its answers were not compared")
    sys.exit(0 if passed else 1)


if __name__ == "__main__":
    main()
