"""Evaluates the sequential models of checkpoints with numpy alone, to compare with `train`.

    evaluate_checkpoint.py samples/mnist CKPT.h5 ...

It prints the class of MNIST's first test image, samples/7.png, and the accuracy on all of them.
"""

import gzip
import json
import sys

import h5py
import numpy as np
from read_checkpoint import layers_of


def forward(layers, x):  # x: [N, height, width, channels]
    for name, config, weights in layers:
        if name == "Conv2D":
            assert config.get("padding", "valid") == "valid", "padding is not in this example"
            down, right = config.get("strides", [1, 1])
            windows = np.lib.stride_tricks.sliding_window_view(x, config["kernel_size"], (1, 2))
            x = np.tensordot(windows[:, ::down, ::right], weights[0], ([4, 5, 3], [0, 1, 2]))
        elif name == "Dense":
            x = x @ weights[0]
        elif name == "BatchNormalization":
            gamma, beta, mean, variance = weights
            x = (x - mean) / np.sqrt(variance + config.get("epsilon", 0.001)) * gamma + beta
        elif name == "Flatten":
            x = x.reshape(len(x), -1)
        else:
            assert name in ("InputLayer", "Dropout", "ReLU"), f"{name} is not in this example"
        if name in ("Conv2D", "Dense") and config.get("use_bias", True):
            x = x + weights[1]
        if name == "ReLU" or config.get("activation") == "relu":
            x = np.maximum(x, 0)
    return x


def read(name, header):
    with gzip.open(f"{sys.argv[1]}/t10k-{name}-ubyte.gz") as file:
        return np.frombuffer(file.read(), np.uint8, offset=header)


images = read("images-idx3", 16).reshape(-1, 28, 28, 1)
labels = read("labels-idx1", 8)
for path in sys.argv[2:]:
    with h5py.File(path) as file:
        layers = list(layers_of(file, json.loads(file.attrs["model_config"])))
    parts = [images[start : start + 250] for start in range(0, len(images), 250)]
    logits = np.concatenate([forward(layers, part / np.float32(255)) for part in parts])
    right = (logits.argmax(1) == labels).mean()
    print(f"{path}: first test image {logits[0].argmax()}, accuracy {right:.4f}")
