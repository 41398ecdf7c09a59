#!/usr/bin/env python3
"""Writes Tests/NeuralNetworkTests/Fixtures/logits.json: losses of layers that end with a softmax.

Keras computes a binary cross-entropy from the logits of the last activation, if the outputs are
those of the activation itself. So after a softmax it is another number than that of the
probabilities, which shows whether the outputs remember their logits: after which layers they do,
and after which they do not. The gradient is that of the bias of the layer with the softmax.
"""

import os

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"

import json

import golden
import keras
import numpy as np
import tensorflow as tf

L = keras.layers
MODELS = {
    "dense": ((5,), [L.Dense(3, activation="softmax")]),
    "dense_of_steps": ((4, 5), [L.Dense(3, activation="softmax")]),
    "activation": ((5,), [L.Dense(3), L.Activation("softmax")]),
    "softmax_layer": ((5,), [L.Dense(3), L.Softmax()]),
    "einsum_dense": (
        (4, 5),
        [L.EinsumDense("abc,cd->abd", (4, 3), bias_axes="d", activation="softmax")],
    ),
    "conv1d": ((6, 4), [L.Conv1D(3, 2, activation="softmax")]),
    "conv1d_causal": ((6, 4), [L.Conv1D(3, 2, padding="causal", activation="softmax")]),
    "conv1d_transpose": ((6, 4), [L.Conv1DTranspose(3, 2, activation="softmax")]),
    "separable_conv1d": ((6, 4), [L.SeparableConv1D(3, 2, activation="softmax")]),
    "depthwise_conv1d": ((6, 3), [L.DepthwiseConv1D(2, activation="softmax")]),
    "conv2d": ((6, 5, 2), [L.Conv2D(3, 2, activation="softmax")]),
    "conv2d_transpose": ((6, 5, 2), [L.Conv2DTranspose(3, 2, activation="softmax")]),
    "separable_conv2d": ((6, 5, 2), [L.SeparableConv2D(3, 2, activation="softmax")]),
    "depthwise_conv2d": ((6, 5, 3), [L.DepthwiseConv2D(2, activation="softmax")]),
    "conv3d": ((4, 4, 4, 2), [L.Conv3D(3, 2, activation="softmax")]),
    "conv3d_transpose": ((4, 4, 4, 2), [L.Conv3DTranspose(3, 2, activation="softmax")]),
    "time_distributed": ((4, 5), [L.TimeDistributed(L.Dense(3, activation="softmax"))]),
    "linear_after": ((5,), [L.Dense(3, activation="softmax"), L.Activation("linear")]),
    "identity_after": ((5,), [L.Dense(3, activation="softmax"), L.Identity()]),
    "dropout_after": ((5,), [L.Dense(3, activation="softmax"), L.Dropout(0.0)]),
    "reshape_after": ((4, 5), [L.Dense(3, activation="softmax"), L.Reshape((12,))]),
    "same_reshape_after": ((5,), [L.Dense(3, activation="softmax"), L.Reshape((3,))]),
    "flatten_after": ((5,), [L.Dense(3, activation="softmax"), L.Flatten()]),
    "sigmoid_after": ((5,), [L.Dense(3, activation="softmax"), L.Activation("sigmoid")]),
    "scaled_after": ((5,), [L.Dense(3, activation="softmax"), L.Rescaling(1.0)]),
}


def main():
    models = {}
    for name, (shape, layers) in MODELS.items():
        random = np.random.default_rng(1)
        model = keras.Sequential([keras.Input(shape), *layers])
        for variable in model.weights:
            variable.assign(random.normal(0, 1, variable.shape).astype(np.float32))
        x = random.normal(0, 1, (2, *shape)).astype(np.float32)
        y = random.uniform(0, 1, (2, *model.output_shape[1:])).astype(np.float32)
        with tf.GradientTape() as tape:
            loss = keras.losses.BinaryCrossentropy()(y, model(x, training=True))
        gradient = tape.gradient(loss, model.trainable_variables[-1].value)
        models[name] = {
            "config": json.loads(model.to_json()),
            "weights": [tensor(variable) for variable in model.get_weights()],
            "x": tensor(x),
            "y": tensor(y),
            "loss": float(loss),
            "gradient": tensor(gradient),
        }
    text = json.dumps(models, separators=(",", ":"), sort_keys=True)
    (golden.FIXTURES / "logits.json").write_text(text + "\n")


def tensor(array):
    # The shortest decimal that is this number in single precision.
    array = np.asarray(array, np.float32)
    return {"shape": list(array.shape), "values": [float(str(value)) for value in array.ravel()]}


if __name__ == "__main__":
    main()
