#!/usr/bin/env python3
"""Measures recurrent layers as `benchmark recurrent` does: predictions and gradients.

    python recurrent.py torch|keras
"""

import os
import statistics
import sys
import time

BATCH, STEPS, FEATURES, UNITS = 32, 50, 32, 64


def measure(body):
    for _ in range(20):
        body()
    times = []
    for _ in range(200):
        start = time.perf_counter()
        body()
        times.append(time.perf_counter() - start)
    return statistics.median(times) * 1e6


def report(name, predict, gradients):
    print(f"{name}: prediction {measure(predict):.0f} µs, gradients {measure(gradients):.0f} µs")


def torch():
    import torch as t

    t.set_num_threads(2)
    for kind in ["LSTM", "GRU"]:
        layer = getattr(t.nn, kind)(FEATURES, UNITS, batch_first=True)
        x = t.rand(BATCH, STEPS, FEATURES, requires_grad=True)

        def predict(layer=layer, x=x):
            with t.inference_mode():
                layer(x)

        def gradients(layer=layer, x=x):
            t.autograd.grad(layer(x)[0].sum(), [x, *layer.parameters()])

        report(f"PyTorch {kind}", predict, gradients)


def keras():
    import keras as k

    backend = k.backend.backend()
    for kind in ["LSTM", "GRU"]:
        layer = getattr(k.layers, kind)(UNITS, return_sequences=True)
        layer.build((BATCH, STEPS, FEATURES))
        if backend == "tensorflow":
            import tensorflow as tf

            x = tf.random.uniform((BATCH, STEPS, FEATURES))
            for is_compiled in [False, True]:

                @tf.function(jit_compile=is_compiled)
                def call(x, layer=layer):
                    return layer(x)

                @tf.function(jit_compile=is_compiled)
                def slopes(x, layer=layer):
                    with tf.GradientTape() as tape:
                        tape.watch(x)
                        total = tf.reduce_sum(layer(x, training=True))
                    return tape.gradient(total, [x, *[w.value for w in layer.weights]])

                name = f"Keras-TF {kind}" + (" (XLA)" if is_compiled else "")
                report(
                    name,
                    lambda call=call, x=x: call(x).numpy(),
                    lambda slopes=slopes, x=x: slopes(x)[0].numpy(),
                )
        else:
            import jax
            import numpy as np

            x = jax.numpy.asarray(np.random.rand(BATCH, STEPS, FEATURES), "float32")
            weights = [w.value for w in layer.trainable_variables]
            others = [w.value for w in layer.non_trainable_variables]

            def run(weights, x, layer=layer, others=others):
                return layer.stateless_call(weights, others, x)[0]

            call = jax.jit(run)
            slopes = jax.jit(jax.grad(lambda w, x, run=run: run(w, x).sum(), argnums=(0, 1)))
            report(
                f"Keras-JAX {kind}",
                lambda call=call, x=x, w=weights: call(w, x).block_until_ready(),
                lambda slopes=slopes, x=x, w=weights: jax.block_until_ready(slopes(w, x)),
            )


if __name__ == "__main__":
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    {"torch": torch, "keras": keras}[sys.argv[1]]()
