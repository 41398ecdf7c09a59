#!/usr/bin/env python3
"""Prints the numbers of Tests/NeuralNetworkTests/TrainingPhaseTests.swift, by real Keras.

A subclass of Model whose `call` does not pass `training` on, nor does the model inside it: in `fit`
and `model(x, training=True)` BatchNormalization normalizes with the batch all the same.
"""

import keras
import numpy as np


class Block(keras.Model):
    def __init__(self):
        super().__init__()
        self.dense = keras.layers.Dense(2)
        self.norm = keras.layers.BatchNormalization(momentum=0.5)

    def call(self, x, training=None):
        return self.norm(self.dense(x))


class Outer(keras.Model):
    def __init__(self):
        super().__init__()
        self.block = Block()
        self.head = keras.layers.Dense(1)

    def call(self, x, training=None):
        return self.head(self.block(x))


def weights(shape):
    return (np.arange(np.prod(shape)).reshape(shape) % 5 / 4 - 0.4).astype(np.float32)


x = (np.arange(12).reshape(4, 3) ** 2 % 7 / 4).astype(np.float32)
y = np.array([[1], [-1], [0.5], [2]], np.float32)

model = Outer()
model(x)
for layer in (model.block.dense, model.head):
    layer.kernel.assign(weights(layer.kernel.shape))
print("inference", model(x).numpy().ravel().tolist())
model.compile(optimizer=keras.optimizers.SGD(0.1), loss="mse")
history = model.fit(x, y, batch_size=2, epochs=3, shuffle=False, verbose=0)
print("loss", history.history["loss"])
print("mean", model.block.norm.moving_mean.numpy().tolist())
print("variance", model.block.norm.moving_variance.numpy().tolist())
print("kernel", model.block.dense.kernel.numpy().ravel().tolist())
print("after", model.predict(x, verbose=0).ravel().tolist())
