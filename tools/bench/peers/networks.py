#!/usr/bin/env python3
"""Trains the networks of `benchmark network` in other frameworks, with Adam, on numbers in memory.

    python networks.py THREADS NETWORK torch|torch-compiled|keras|onnx|openvino

Takes orders as worker.py describes: `train BATCH STEPS`, `predict BATCH` (512 inputs), `memory`.
With keras, KERAS_BACKEND chooses TensorFlow or JAX. onnx and openvino predict only, and need
PyTorch to export the network.
"""

import io
import json
import os
import resource
import sys
import time

import numpy as np

# (kind, numbers): conv filters, size, stride, relu, bias; depthwise stride; residual branches.
def conv(filters, size=3, stride=1, valid=False):
    return ("conv", filters, size, stride, True, valid)


def bare(filters, size=3, stride=1):
    return ("conv", filters, size, stride, False, False)


BN, BN_ONLY = ("bn", True), ("bn", False)
POOL, FLATTEN, AVERAGE = ("pool",), ("flatten",), ("average",)


def separable(filters, stride=1):
    return [("depthwise", stride), BN, bare(filters, 1), BN]


NETWORKS = {
    "convnet": [
        conv(32, valid=True), POOL, conv(64, valid=True), POOL, FLATTEN, ("dropout", 0.5),
        ("dense", 10, False),
    ],
    "vgg": [
        conv(32), conv(32), POOL, conv(64), conv(64), POOL, FLATTEN, ("dense", 256, True),
        ("dense", 10, False),
    ],
    "bn": [
        bare(32), BN, bare(32), BN, POOL, bare(64), BN, AVERAGE, ("dense", 10, False),
    ],
    "mobile": [
        bare(32), BN, *separable(64), *separable(128, 2), AVERAGE, ("dense", 10, False),
    ],
    "resnet": [
        bare(32), BN,
        ("residual", [bare(32), BN, bare(32), BN_ONLY], []),
        ("residual", [bare(64, 3, 2), BN, bare(64), BN_ONLY], [bare(64, 1, 2), BN_ONLY]),
        AVERAGE, ("dense", 10, False),
    ],
    "mlp": [("dense", 512, True), ("dense", 512, True), ("dense", 10, False)],
}


def input_shape(network):
    return {"convnet": (28, 28, 1), "mlp": (784,)}.get(network, (32, 32, 3))


def data(network, count):
    x = np.random.default_rng(1).random((count, *input_shape(network)), dtype=np.float32)
    return x, np.arange(count) * 7 % 10


def serve(name, train, predict):
    print(name, flush=True)
    for line in sys.stdin:
        order, *numbers = line.split()
        start = time.perf_counter()
        answer = {}
        if order == "train":
            answer["loss"] = float(train(*map(int, numbers)))
        elif order == "predict":
            predict(*map(int, numbers))
        answer["seconds"] = time.perf_counter() - start
        if order == "memory":
            answer["peak_rss"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        print(json.dumps(answer), flush=True)


def torch_module(network):
    import torch
    from torch import nn

    class Same(nn.Module):
        """Keras's padding `same`, which puts the odd row and column behind the image."""

        def __init__(self, size, stride):
            super().__init__()
            total = size - stride if stride > 1 else size - 1
            total = max(total, 0)
            self.padding = (total // 2, total - total // 2) * 2

        def forward(self, x):
            return nn.functional.pad(x, self.padding)

    class Residual(nn.Module):
        def __init__(self, main, shortcut):
            super().__init__()
            self.main, self.shortcut = main, shortcut

        def forward(self, x):
            return torch.relu(self.main(x) + self.shortcut(x))

    def convolution(channels, filters, size, stride, bias, valid=False, groups=1):
        if valid or stride == 1:
            padding = 0 if valid else size // 2
            return [nn.Conv2d(channels, filters, size, stride, padding, bias=bias, groups=groups)]
        pad = [] if size == 1 else [Same(size, stride)]
        return [*pad, nn.Conv2d(channels, filters, size, stride, bias=bias, groups=groups)]

    def build(blocks, channels):
        layers = []
        for kind, *of in blocks:
            if kind == "conv":
                filters, size, stride, relu, valid = of
                layers += convolution(channels, filters, size, stride, relu, valid)
                layers += [nn.ReLU(inplace=True)] if relu else []
                channels = filters
            elif kind == "depthwise":
                layers += convolution(channels, channels, 3, of[0], False, groups=channels)
            elif kind == "bn":
                layers += [nn.BatchNorm2d(channels, eps=1e-3, momentum=0.01)]
                layers += [nn.ReLU(inplace=True)] if of[0] else []
            elif kind == "pool":
                layers.append(nn.MaxPool2d(2))
            elif kind == "flatten":
                layers.append(nn.Flatten())
                channels = None
            elif kind == "average":
                layers += [nn.AdaptiveAvgPool2d(1), nn.Flatten()]
            elif kind == "dropout":
                layers.append(nn.Dropout(of[0]))
            elif kind == "dense":
                layers.append(
                    nn.Linear(channels, of[0]) if channels else nn.LazyLinear(of[0]))
                layers += [nn.ReLU(inplace=True)] if of[1] else []
                channels = of[0]
            else:
                main, after = build(of[0], channels)
                shortcut, _ = build(of[1], channels)
                layers.append(Residual(main, shortcut))
                channels = after
        return nn.Sequential(*layers), channels

    shape = input_shape(network)
    module, _ = build(NETWORKS[network], shape[-1])
    with torch.no_grad():
        module(torch_inputs(network, 2)[0])
    return module


def torch_inputs(network, count):
    import torch

    x, labels = data(network, count)
    x = torch.from_numpy(x)
    # From NHWC to NCHW with the same bytes: the format channels_last.
    x = x.permute(0, 3, 1, 2) if x.ndim == 4 else x
    return x, torch.from_numpy(labels).long()


def run_torch(threads, network, compiled):
    import torch

    torch.set_flush_denormal(True)
    torch.set_num_threads(threads)
    module = torch_module(network).to(memory_format=torch.channels_last)
    optimizer = torch.optim.Adam(module.parameters(), lr=1e-3, eps=1e-7, fused=True)
    model = torch.compile(module) if compiled else module
    batches = {}

    def train(batch, steps):
        if batch not in batches:
            batches[batch] = torch_inputs(network, batch)
        x, labels = batches[batch]
        model.train()
        for _ in range(steps):
            optimizer.zero_grad(set_to_none=True)
            loss = torch.nn.functional.cross_entropy(model(x), labels)
            loss.backward()
            optimizer.step()
        return loss.item()

    images = torch_inputs(network, 512)[0]

    @torch.inference_mode()
    def predict(batch):
        model.eval()
        for part in images.split(batch):
            model(part)

    serve("torch.compile" if compiled else "PyTorch", train, predict)


def run_keras(threads, network):
    backend = os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:threads])
    import keras
    from keras import layers

    def build(blocks, x):
        for kind, *of in blocks:
            if kind == "conv":
                filters, size, stride, relu, valid = of
                x = layers.Conv2D(
                    filters, size, strides=stride, padding="valid" if valid else "same",
                    activation="relu" if relu else None, use_bias=relu)(x)
            elif kind == "depthwise":
                x = layers.DepthwiseConv2D(3, strides=of[0], padding="same", use_bias=False)(x)
            elif kind == "bn":
                x = layers.BatchNormalization()(x)
                x = layers.ReLU()(x) if of[0] else x
            elif kind == "pool":
                x = layers.MaxPooling2D()(x)
            elif kind == "flatten":
                x = layers.Flatten()(x)
            elif kind == "average":
                x = layers.GlobalAveragePooling2D()(x)
            elif kind == "dropout":
                x = layers.Dropout(of[0])(x)
            elif kind == "dense":
                x = layers.Dense(of[0], activation="relu" if of[1] else None)(x)
            else:
                x = layers.ReLU()(layers.Add()([build(of[0], x), build(of[1], x)]))
        return x

    inputs = keras.Input(input_shape(network))
    model = keras.Model(inputs, build(NETWORKS[network], inputs))
    loss_of = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    optimizer = keras.optimizers.Adam()
    optimizer.build(model.trainable_variables)
    images = data(network, 512)[0]
    batches = {}
    if backend == "tensorflow":
        import tensorflow as tf

        @tf.function(reduce_retracing=True)
        def step(x, labels):
            with tf.GradientTape() as tape:
                loss = loss_of(labels, model(x, training=True))
            variables = model.trainable_variables
            optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))
            return loss

        @tf.function(reduce_retracing=True)
        def forward(x):
            return model(x, training=False)

        def train(batch, steps):
            if batch not in batches:
                batches[batch] = [tf.constant(part) for part in data(network, batch)]
            for _ in range(steps):
                loss = step(*batches[batch])
            return loss.numpy()

        def predict(batch):
            for first in range(0, 512, batch):
                forward(tf.constant(images[first : first + batch])).numpy()

    else:
        import jax

        def loss_and_state(weights, others, x, labels):
            logits, others = model.stateless_call(weights, others, x, training=True)
            return loss_of(labels, logits), others

        def one_step(state, x, labels):
            weights, others, slots = state
            slopes = jax.value_and_grad(loss_and_state, has_aux=True)
            (loss, others), gradients = slopes(weights, others, x, labels)
            weights, slots = optimizer.stateless_apply(slots, gradients, weights)
            return loss, (weights, others, slots)

        step = jax.jit(one_step, donate_argnums=0)
        forward = jax.jit(
            lambda weights, others, x: model.stateless_call(weights, others, x, training=False)[0])

        def values(variables):
            return [jax.numpy.array(v.value) for v in variables]

        state = [tuple(map(values, (
            model.trainable_variables, model.non_trainable_variables, optimizer.variables)))]

        def train(batch, steps):
            if batch not in batches:
                batches[batch] = [jax.numpy.asarray(part) for part in data(network, batch)]
            for _ in range(steps):
                loss, state[0] = step(state[0], *batches[batch])
            return loss.block_until_ready()

        def predict(batch):
            for first in range(0, 512, batch):
                np.asarray(forward(state[0][0], state[0][1], images[first : first + batch]))

    serve(f"Keras-{'TF' if backend == 'tensorflow' else 'JAX'}", train, predict)


def run_onnx(threads, network, openvino):
    import torch

    module = torch_module(network).eval()
    x = torch_inputs(network, 512)[0].contiguous()
    file = io.BytesIO()
    torch.onnx.export(
        module, (x[:2],), file, input_names=["x"], dynamic_axes={"x": {0: "n"}}, dynamo=False)
    x = x.numpy()
    if openvino:
        import openvino as ov

        core = ov.Core()
        options = {
            "INFERENCE_NUM_THREADS": threads, "PERFORMANCE_HINT": "LATENCY",
            "INFERENCE_PRECISION_HINT": "f32",
        }
        compiled = core.compile_model(core.read_model(file.getvalue(), b""), "CPU", options)

        def run(part):
            compiled(part)
    else:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        session = onnxruntime.InferenceSession(file.getvalue(), options)

        def run(part):
            session.run(None, {"x": part})

    def predict(batch):
        for first in range(0, 512, batch):
            run(x[first : first + batch])

    serve("OpenVINO" if openvino else "ONNX Runtime", None, predict)


if __name__ == "__main__":
    threads, network, peer = int(sys.argv[1]), sys.argv[2], sys.argv[3]
    if peer == "keras":
        run_keras(threads, network)
    elif peer in ("onnx", "openvino"):
        run_onnx(threads, network, peer == "openvino")
    else:
        run_torch(threads, network, peer == "torch-compiled")
