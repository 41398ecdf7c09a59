#!/usr/bin/env python3
"""Writes Tests/NeuralNetworkTests/Fixtures/layers.h5: layers, losses, metrics, optimizers.

Everything is computed by real Keras layers, eagerly, on tensors small enough to read. Gradients are
TensorFlow's, of sum(output * cotangent).
"""

import itertools

import golden
import keras
import numpy as np
import tensorflow as tf

layers = keras.layers


def seeded(*key):
    """Returns a random generator that depends on the case alone, not on its place in the file."""
    return np.random.RandomState(list("/".join(map(str, key)).encode()))


def values(random, shape, scale=1.0):
    return random.uniform(-scale, scale, shape).astype(np.float32)


def with_ties(random, shape):
    """Half-integers in -1 ... 1: every pooling window holds equal maxima."""
    return (random.randint(-2, 3, shape) / 2).astype(np.float32)


def extremes(random, shape):
    """Rows that overflow a careless exponential, equal values, and zeros of both signs."""
    rows = [
        [1000, 0, -1000, 999],
        [-1000, -1000, -1001, -1002],
        [88.8, -88.8, 104, -104],
        [0, -0.0, 1e-30, -1e-30],
        [3, 3, 3, 3],
    ]
    return np.array(rows, np.float32)


def layer_cases():
    """Yields (name, layer, input shape, function that makes the input)."""
    # Kernels, strides and paddings on odd and even sizes; channels, bias and activation vary along.
    kernels = [(3, 3), (2, 3), (5, 5), (1, 1)]
    strides = [(1, 1), (2, 2), (2, 1)]
    sizes = [(6, 7), (7, 6)]  # each axis once even, once odd
    random = seeded("conv2d")
    for kernel, stride, padding, size in itertools.product(
        kernels, strides, ["valid", "same"], sizes
    ):
        channels = [1, 3][random.randint(2)]
        use_bias = bool(random.randint(4))
        activation = ["linear", "relu"][random.randint(2)]
        name = "conv2d_k{}x{}_s{}x{}_{}_{}x{}x{}".format(*kernel, *stride, padding, *size, channels)
        name += ("" if use_bias else "_nobias") + ("_relu" if activation == "relu" else "")
        layer = layers.Conv2D(
            2, kernel, strides=stride, padding=padding, use_bias=use_bias, activation=activation
        )
        yield name, layer, (2, *size, channels), values
    # One output pixel, a kernel larger than a padded input, and a stride longer than the kernel.
    yield "conv2d_whole", layers.Conv2D(3, 5), (2, 5, 5, 2), values
    yield "conv2d_padded_small", layers.Conv2D(2, 5, padding="same"), (2, 2, 3, 1), values
    yield "conv2d_gaps", layers.Conv2D(2, 2, strides=3), (2, 8, 8, 2), values

    yield "dense", layers.Dense(3), (4, 5), values
    yield "dense_nobias", layers.Dense(3, use_bias=False), (4, 5), values
    for activation in ["relu", "softmax", "sigmoid", "tanh"]:
        yield f"dense_{activation}", layers.Dense(3, activation=activation), (4, 5), values
    yield "dense_single", layers.Dense(1), (1, 1), values

    for pool, stride in [(2, None), (3, 2), ((2, 3), (1, 2)), (2, 3)]:
        for padding, size in itertools.product(["valid", "same"], [(6, 6), (7, 5)]):
            pool_name = pool if isinstance(pool, int) else "x".join(map(str, pool))
            stride_name = stride if not isinstance(stride, tuple) else "x".join(map(str, stride))
            name = f"max_pooling2d_p{pool_name}_s{stride_name or pool}_{padding}"
            name += "_{}x{}".format(*size)
            yield (
                name,
                layers.MaxPooling2D(pool, strides=stride, padding=padding),
                (2, *size, 2),
                values,
            )
    yield "max_pooling2d_ties", layers.MaxPooling2D(2), (2, 6, 6, 2), with_ties
    yield "max_pooling2d_ties_overlap", layers.MaxPooling2D(3, strides=2), (2, 7, 7, 2), with_ties

    yield "flatten", layers.Flatten(), (2, 3, 4, 2), values
    yield "flatten_flat", layers.Flatten(), (2, 5), values

    def wide(random, shape):
        return values(random, shape, scale=4.0)

    for activation in ["relu", "softmax", "sigmoid", "tanh", "linear"]:
        layer = layers.Activation
        yield f"activation_{activation}", layer(activation), (4, 5), wide
        yield f"activation_{activation}_image", layer(activation), (2, 3, 3, 4), wide
        yield f"activation_{activation}_extremes", layer(activation), (5, 4), extremes


def write_layer(fixture, name, layer, shape, make_input):
    random = seeded("layer", name)
    tensor = tf.constant(make_input(random, shape))
    layer.build(shape)
    layer.set_weights([values(random, weight.shape) for weight in layer.weights])
    config = {"class_name": type(layer).__name__, "config": layer.get_config()}
    config["config"]["name"] = name
    variables = [weight.value for weight in layer.trainable_weights]
    with tf.GradientTape() as tape:
        tape.watch(tensor)
        output = layer(tensor, training=True)
        cotangent = values(random, output.shape)
        total = tf.reduce_sum(output * cotangent)
    gradients = tape.gradient(total, [tensor, *variables])

    group = f"layers/{name}"
    fixture.json(group, "config", config)
    fixture.array(f"{group}/input", tensor.numpy())
    fixture.arrays(f"{group}/weights", layer.get_weights())
    fixture.array(f"{group}/cotangent", cotangent)
    fixture.array(f"{group}/output", output.numpy())
    fixture.array(f"{group}/input_gradient", gradients[0].numpy())
    fixture.arrays(f"{group}/weight_gradients", [gradient.numpy() for gradient in gradients[1:]])


# Predictions [sample, class] for four classes; the right answers are LABELS.
LOGITS = {
    "ordinary": [[0.5, -1.25, 2, 0], [3, 1, -2, 0.25], [-0.1, 0.2, 0.3, -0.4]],
    "equal": [[0, 0, 0, 0], [7, 7, 7, 7], [-1e4, -1e4, -1e4, -1e4]],
    "sure_and_right": [[100, 0, 0, 0], [0, 50, 0, 0], [0, 0, 1000, 0]],
    "sure_and_wrong": [[0, 100, 0, 0], [50, 0, 0, 0], [0, 1000, 0, 0]],
    "large": [[1e4, 1e4 - 1, 9e3, 0], [-1e6, -1e6, 0, 0], [1e30, -1e30, 1e30, 0]],
}
PROBABILITIES = {
    "ordinary": [[0.7, 0.1, 0.15, 0.05], [0.25, 0.25, 0.25, 0.25], [0.01, 0.02, 0.9, 0.07]],
    "zero_and_one": [[1, 0, 0, 0], [1, 0, 0, 0], [0, 0.5, 0.5, 0]],
    "wrong_and_zero": [[0, 1, 0, 0], [0.5, 0, 0.5, 0], [0, 0, 0, 1]],
    "unnormalised": [[2, 1, 1, 4], [0.1, 0.2, 0.1, 0.1], [0, 3, 5, 0]],
    "near_epsilon": [[1e-7, 1, 0, 0], [1e-8, 2e-7, 1, 0], [1, 0, 5e-8, 0]],
}
LABELS = np.array([0, 1, 2], np.int64)


def loss_cases():
    """Yields (name, loss class, arguments, predictions)."""
    for from_logits, table in [(True, LOGITS), (False, PROBABILITIES)]:
        output = "logits" if from_logits else "probabilities"
        for name, predictions in table.items():
            arguments = {"from_logits": from_logits}
            yield f"sparse_{output}_{name}", "SparseCategoricalCrossentropy", arguments, predictions
            for smoothing in [0.0, 0.1]:
                suffix = "_smoothed" if smoothing else ""
                yield (
                    f"categorical_{output}_{name}{suffix}",
                    "CategoricalCrossentropy",
                    {**arguments, "label_smoothing": smoothing},
                    predictions,
                )


def write_loss(fixture, name, class_name, arguments, predictions):
    make = getattr(keras.losses, class_name)
    loss = make(**arguments)
    predictions = tf.constant(predictions, tf.float32)
    labels = LABELS
    if class_name == "CategoricalCrossentropy":
        labels = np.eye(predictions.shape[1], dtype=np.float32)[labels]
    with tf.GradientTape() as tape:
        tape.watch(predictions)
        value = loss(labels, predictions)
    group = f"losses/{name}"
    fixture.json(group, "config", {"class_name": class_name, "config": loss.get_config()})
    fixture.array(f"{group}/predictions", predictions.numpy())
    fixture.array(f"{group}/labels", labels)
    each = make(**arguments, reduction="none")(labels, predictions)
    fixture.array(f"{group}/sample_losses", each)
    fixture.array(f"{group}/loss", value)
    fixture.array(f"{group}/gradient", tape.gradient(value, predictions))


def write_metrics(fixture):
    random = seeded("metrics")
    batches, batch, classes = 3, 5, 4
    predictions = values(random, (batches, batch, classes))
    # The first of equal predictions is the answer, as with argmax.
    predictions[0, 0] = [1, 1, 0, 1]
    predictions[0, 1] = [0, 2, 2, 2]
    labels = random.randint(0, classes, (batches, batch))
    labels[0, :2] = [0, 2]
    labels[1] = predictions[1].argmax(-1)
    one_hot = np.eye(classes, dtype=np.float32)[labels]
    softmax = tf.nn.softmax(predictions).numpy()
    weights = np.array([[1, 1, 1, 1, 1], [1, 0, 2, 0, 1], [0, 0, 0, 0, 3]], np.float32)
    cases = {
        "sparse_categorical_accuracy": ("SparseCategoricalAccuracy", {}, labels, predictions),
        "categorical_accuracy": ("CategoricalAccuracy", {}, one_hot, predictions),
        "sparse_categorical_crossentropy_logits": (
            "SparseCategoricalCrossentropy",
            {"from_logits": True},
            labels,
            predictions,
        ),
        "sparse_categorical_crossentropy": ("SparseCategoricalCrossentropy", {}, labels, softmax),
        "categorical_crossentropy_smoothed": (
            "CategoricalCrossentropy",
            {"from_logits": True, "label_smoothing": 0.1},
            one_hot,
            predictions,
        ),
    }
    for name, (class_name, arguments, answers, outputs) in cases.items():
        group = f"metrics/{name}"
        metric = getattr(keras.metrics, class_name)(**arguments)
        fixture.json(group, "config", {"class_name": class_name, "config": metric.get_config()})
        fixture.array(f"{group}/labels", answers)
        fixture.array(f"{group}/predictions", outputs)
        fixture.array(f"{group}/sample_weights", weights)
        write_results(fixture, group, metric, [(a, o) for a, o in zip(answers, outputs)], weights)
    numbers = values(random, (batches, batch))
    metric = keras.metrics.Mean()
    fixture.json("metrics/mean", "config", {"class_name": "Mean", "config": metric.get_config()})
    fixture.array("metrics/mean/values", numbers)
    fixture.array("metrics/mean/sample_weights", weights)
    write_results(fixture, "metrics/mean", metric, [(row,) for row in numbers], weights)


def write_results(fixture, group, metric, updates, weights):
    """Writes what the metric says first and after each batch, then again with weights."""
    for name, given in [("results", [None] * len(updates)), ("weighted_results", list(weights))]:
        metric.reset_state()
        results = [float(metric.result())]
        for update, weight in zip(updates, given, strict=True):
            metric.update_state(*update, sample_weight=weight)
            results.append(float(metric.result()))
        fixture.array(f"{group}/{name}", np.array(results, np.float32))


def write_optimizer(fixture, name):
    """Five steps on one variable of three elements, with gradients that are hard to square."""
    initial = np.array([1, -2, 0.5], np.float32)
    gradients = np.array(
        [[0.1, 0, 1e-20], [-0.3, 0, 1e-20], [0, 1e-20, 2], [1e10, -0.5, 0], [0.2, 0.25, -1e10]],
        np.float32,
    )
    optimizer = golden.make_optimizer(name)
    variable = keras.Variable(initial, name="weight")
    optimizer.build([variable])
    group = f"optimizers/{name}"
    optimizer_config = {"class_name": type(optimizer).__name__, "config": optimizer.get_config()}
    fixture.json(group, "config", optimizer_config)
    fixture.json(group, "variable_names", [v.name for v in optimizer.variables])
    fixture.array(f"{group}/initial", initial)
    fixture.array(f"{group}/gradients", gradients)
    steps = []
    for step, gradient in enumerate(gradients):
        optimizer.apply([keras.ops.convert_to_tensor(gradient)])
        steps.append(variable.numpy())
        state = [v.numpy() for v in optimizer.variables]
        fixture.arrays(f"{group}/states/{step}", state)
    fixture.array(f"{group}/steps", np.array(steps))


def main():
    fixture = golden.Fixture(golden.FIXTURES / "layers.h5", "tools/keras/golden_layers.py")
    for case in layer_cases():
        write_layer(fixture, *case)
    for case in loss_cases():
        write_loss(fixture, *case)
    write_metrics(fixture)
    for name in golden.OPTIMIZERS:
        write_optimizer(fixture, name)
    fixture.close()


if __name__ == "__main__":
    main()
