#!/usr/bin/env python3
"""Writes small files with the safetensors package, PyTorch and numpy, and what PyTorch computes.

    golden_formats.py FOLDER       (Tests/CheckpointsTests/Fixtures/formats)

One model, in the layout of Cairn's safetensors files with elements of several types, as the
`state_dict` of a module that is written by hand here, and as an `.npz` file; and tensors of every
type without a model. `expected.json` holds an input and the outputs.
"""

import json
import pathlib
import sys

import numpy as np
import safetensors.numpy
import safetensors.torch
import torch
from torch import nn
from torch.nn import functional as F

import layer_cases
from layer_cases import layer

OUT = pathlib.Path(sys.argv[1])
OUT.mkdir(parents=True, exist_ok=True)
RNG = np.random.default_rng(23)
SHAPE = (6, 5, 2)
MODEL = layer_cases.sequential(
    SHAPE,
    layer("Conv2D", "conv", filters=3, kernel_size=3, strides=2, padding="same"),
    layer("BatchNormalization", "norm"),
    layer("ReLU", "relu"),
    layer("Flatten", "flatten"),
    layer("Dense", "dense", units=4),
)
METADATA = {
    "format": "cairn",
    "keras_version": "3.15.1",
    "config": json.dumps(MODEL),
    "picture_config": json.dumps(
        {
            "class_names": ["a", "b", "c", "none"],
            "scales_bytes": True,
            "rejected_class": "none",
            "rejection": {"score": "energy", "temperature": 1.5, "threshold": -0.25},
        }
    ),
}


def values(*shape, positive=False):
    array = RNG.normal(0, 0.5, shape).astype(np.float32)
    return np.abs(array) + 0.5 if positive else array


WEIGHTS = {
    "conv/kernel": values(3, 3, 2, 3),
    "conv/bias": values(3),
    "norm/gamma": values(3, positive=True),
    "norm/beta": values(3),
    "norm/moving_mean": values(3),
    "norm/moving_variance": values(3, positive=True),
    "dense/kernel": values(27, 4),
    "dense/bias": values(4),
}


class Module(nn.Module):
    """The model, by hand: 6 x 5 pixels need one more row, and one more column on both sides."""

    def __init__(self, weights):
        super().__init__()
        self.conv = nn.Conv2d(2, 3, 3, stride=2)
        self.norm = nn.BatchNorm2d(3, eps=1e-3, momentum=0.01)
        self.dense = nn.Linear(27, 4)
        # Columns of the dense layer, from [height, width, channels] to [channels, height, width].
        kernel = weights["dense/kernel"].reshape(3, 3, 3, 4).transpose(3, 2, 0, 1).reshape(4, 27)
        self.load_state_dict(
            {
                name: torch.from_numpy(np.ascontiguousarray(array))
                for name, array in {
                    "conv.weight": weights["conv/kernel"].transpose(3, 2, 0, 1),
                    "conv.bias": weights["conv/bias"],
                    "norm.weight": weights["norm/gamma"],
                    "norm.bias": weights["norm/beta"],
                    "norm.running_mean": weights["norm/moving_mean"],
                    "norm.running_var": weights["norm/moving_variance"],
                    "norm.num_batches_tracked": np.array(0),
                    "dense.weight": kernel,
                    "dense.bias": weights["dense/bias"],
                }.items()
            }
        )

    def forward(self, x):
        x = self.conv(F.pad(x, (1, 1, 0, 1)))
        return self.dense(F.relu(self.norm(x)).flatten(1))


def outputs(weights, x):
    with torch.no_grad():
        y = Module(weights).eval()(torch.from_numpy(x.transpose(0, 3, 1, 2).copy()))
    return y.numpy()


def text(array):
    return {"shape": list(array.shape), "values": [float(value) for value in array.ravel()]}


x = RNG.normal(0, 1, (2, *SHAPE)).astype(np.float32)
expected = {"x": text(x), "small": text(outputs(WEIGHTS, x))}
safetensors.numpy.save_file(WEIGHTS, OUT / "small.safetensors", METADATA)
safetensors.torch.save_file(Module(WEIGHTS).state_dict(), OUT / "torch.safetensors")
np.savez(OUT / "small.npz", **WEIGHTS)
for name, dtype in {
    "float16": torch.float16,
    "bfloat16": torch.bfloat16,
    "float64": torch.float64,
}.items():
    tensors = {key: torch.from_numpy(array).to(dtype) for key, array in WEIGHTS.items()}
    safetensors.torch.save_file(tensors, OUT / f"{name}.safetensors", METADATA)
    rounded = {key: tensor.to(torch.float32).numpy() for key, tensor in tensors.items()}
    expected[name] = text(outputs(rounded, x))

plain = {}
for name in "bool uint8 int8 uint16 int16 uint32 int32 uint64 int64".split():
    dtype = getattr(torch, name)
    numbers = [0, 1, 1] if name == "bool" else [0, 100, -3 if name.startswith("int") else 3]
    plain[f"types.{name}"] = torch.tensor(numbers).to(dtype)
for name in "float16 bfloat16 float32 float64".split():
    plain[f"types.{name}"] = torch.tensor([0.5, -2.0, 1e-4]).to(getattr(torch, name))
plain["layers.0/weight"] = torch.arange(6, dtype=torch.float32).reshape(2, 3)
plain["empty"] = torch.zeros(0, 3)
plain["scalar"] = torch.tensor(7.0)
safetensors.torch.save_file(plain, OUT / "plain.safetensors")
expected["plain"] = {key: text(tensor.to(torch.float64).numpy()) for key, tensor in plain.items()}
(OUT / "expected.json").write_text(json.dumps(expected) + "\n")
