"""JAX: the data on the device, the whole step jitted, its buffers donated."""

import os
import sys

threads = int(sys.argv[1])
# XLA on the CPU has as many threads as the process may use processors.
os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:threads])

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np

import worker

(x_train, y_train), (x_test, y_test) = worker.load_mnist()
x_train, y_train, x_test, y_test = map(jnp.asarray, (x_train, y_train, x_test, y_test))

BETA_1, BETA_2, EPSILON, LEARNING_RATE = 0.9, 0.999, 1e-7, 1e-3


def glorot(key, shape, fan_in, fan_out):
    limit = (6 / (fan_in + fan_out)) ** 0.5
    return jax.random.uniform(key, shape, jnp.float32, -limit, limit)


def initial_parameters():
    keys = jax.random.split(jax.random.key(0), 3)
    return {
        "conv1": (glorot(keys[0], (3, 3, 1, 32), 9, 288), jnp.zeros(32)),
        "d1": (glorot(keys[1], (21632, 128), 21632, 128), jnp.zeros(128)),
        "d2": (glorot(keys[2], (128, 10), 128, 10), jnp.zeros(10)),
    }


def logits(parameters, images):
    kernel, bias = parameters["conv1"]
    x = jax.lax.conv_general_dilated(
        images, kernel, (1, 1), "VALID", dimension_numbers=("NHWC", "HWIO", "NHWC"))
    x = jax.nn.relu(x + bias).reshape(len(images), -1)
    kernel, bias = parameters["d1"]
    x = jax.nn.relu(x @ kernel + bias)
    kernel, bias = parameters["d2"]
    return x @ kernel + bias


def loss_of(parameters, images, labels):
    log_probabilities = jax.nn.log_softmax(logits(parameters, images))
    return -jnp.take_along_axis(log_probabilities, labels[:, None], axis=1).mean()


@partial(jax.jit, donate_argnums=0)
def train_step(state, x, y, rows):
    parameters, m, v, step = state
    loss, gradients = jax.value_and_grad(loss_of)(parameters, x[rows], y[rows])
    step = step + 1
    alpha = LEARNING_RATE * jnp.sqrt(1 - BETA_2**step) / (1 - BETA_1**step)
    m = jax.tree.map(lambda m, g: m + (g - m) * (1 - BETA_1), m, gradients)
    v = jax.tree.map(lambda v, g: v + (g * g - v) * (1 - BETA_2), v, gradients)
    parameters = jax.tree.map(
        lambda w, m, v: w - alpha * m / (jnp.sqrt(v) + EPSILON), parameters, m, v)
    return (parameters, m, v, step), loss


@jax.jit
def count_right(parameters, images, labels):
    return (logits(parameters, images).argmax(1) == labels).sum()


def zeros(tree):
    return jax.tree.map(jnp.zeros_like, tree)


parameters = initial_parameters()
state = (parameters, zeros(parameters), zeros(parameters), jnp.float32(0))
generator = np.random.default_rng(0)


def endless(batch_size):
    while True:
        order = generator.permutation(len(x_train)).astype(np.int32)
        for first in range(0, len(order) - batch_size + 1, batch_size):
            yield order[first:first + batch_size]


batches = {}


def train(batch_size, steps):
    global state
    if batch_size not in batches:
        batches[batch_size] = endless(batch_size)
    for _ in range(steps):
        state, loss = train_step(state, x_train, y_train, next(batches[batch_size]))
    return loss.block_until_ready()


def evaluate(batch_size):
    right = [
        count_right(state[0], x_test[first:first + batch_size], y_test[first:first + batch_size])
        for first in range(0, len(x_test), batch_size)
    ]
    return sum(int(count) for count in right) / len(x_test)


worker.serve(f"JAX {jax.__version__}", train, evaluate)
