#!/usr/bin/env python3
"""Writes Tests/NeuralNetworkTests/Fixtures/pointwise.json: layers without windows, and activations.

Everything is computed by real Keras layers, eagerly, on tensors small enough to read. Gradients are
TensorFlow's, of sum(output * cotangent). A case has several steps where training changes a layer.
"""

import inspect
import json

import golden
import keras
import numpy as np
import tensorflow as tf
from keras.src import activations

layers = keras.layers

# Each function's kinks, both sides of them, and numbers beyond which an exponential overflows.
EDGES = np.array(
    [
        [0, -0.0, 1e-30, -1e-30, 1e-6, -1e-6, 0.125, -0.125],
        [0.5, -0.5, 0.75, -0.75, 1, -1, 1.25, -1.25],
        [2, -2, 2.5, -2.5, 3, -3, 3.5, -3.5],
        [4, -4, 5, -5, 6, -6, 7, -7],
        [9, -9, 15, -15, 30, -30, 60, -60],
        [88, -88, 90, -90, 200, -200, 10000, -10000],
    ],
    np.float32,
)


def seeded(*key):
    """Returns a random generator that depends on the case alone, not on its place in the file."""
    return np.random.RandomState(list("/".join(map(str, key)).encode()))


def values(random, shape, scale=1.0):
    """Returns numbers with few digits, so that the file is small."""
    return (np.round(random.uniform(-scale, scale, shape) * 32) / 32).astype(np.float32)


# What many cases share is in the file once.
SHARED = {}


def share(name, array):
    SHARED[array.tobytes()] = name
    return array


def tensor(array):
    array = np.asarray(array, np.float32)
    if array.tobytes() in SHARED:
        return SHARED[array.tobytes()]
    return plain_tensor(array)


def plain_tensor(array):
    # The shortest decimal that is this number in single precision.
    return {"shape": list(array.shape), "values": [float(str(x)) for x in array.ravel()]}


share("edges", EDGES)
EDGE_COTANGENT = share("edge cotangent", values(seeded("edges"), EDGES.shape))

# The function is not what TensorFlow differentiates at 0: there it adds the slopes of both sides.
NONZERO = EDGES.copy()
NONZERO[0, :2] = [0.25, -0.25]
# TensorFlow computes the slope below 0 from the result, which it rounds to 0 here.
NOT_TINY = EDGES.copy()
NOT_TINY[0, 2:4] = [0.25, -0.25]
# Its result would be infinite.
MODERATE = np.clip(EDGES, -100, 80)


def activation_cases():
    names = sorted(activations.ALL_OBJECTS_DICT)
    for name in names:
        if name == "threshold":
            continue  # Keras itself cannot call it without its two parameters.
        inputs = {"celu": NONZERO, "exponential": MODERATE, "selu": NOT_TINY}.get(name, EDGES)
        if name == "sparsemax":
            inputs = np.array(
                [[1, 0.8, 0.1, 0], [3, 0, -1, 0], [0.3, 0.3, 0.3, 0.3], [0.5, 0.4, 0.5, -8]],
                np.float32,
            )
        yield f"activation_{name}", layers.Activation(name), [inputs], {}


def layer_cases():
    """Yields (name, layer, inputs or their shapes, options)."""
    yield from activation_cases()
    for alias in ["swish", "hard_swish", "leaky_relu"]:
        yield f"dense_{alias}", layers.Dense(3, activation=alias), [(2, 4)], {}
    yield "dense_glu", layers.Dense(4, activation="glu"), [(2, 3)], {}

    yield "relu", layers.ReLU(), [EDGES], {}
    yield "relu_6", layers.ReLU(6), [EDGES], {}
    yield "relu_max", layers.ReLU(max_value=2.5), [EDGES], {}
    yield "relu_slope", layers.ReLU(negative_slope=0.125), [EDGES], {}
    yield "relu_threshold", layers.ReLU(threshold=1.25), [EDGES], {}
    yield "relu_6_slope", layers.ReLU(6.0, 0.1), [EDGES], {}
    yield "relu_all", layers.ReLU(max_value=6.0, negative_slope=0.1, threshold=0.5), [EDGES], {}
    yield "leaky_relu", layers.LeakyReLU(), [EDGES], {}
    yield "leaky_relu_slope", layers.LeakyReLU(negative_slope=0.05), [EDGES], {}
    yield "elu", layers.ELU(), [EDGES], {}
    yield "elu_alpha", layers.ELU(alpha=0.5), [EDGES], {}
    yield "softmax", layers.Softmax(), [EDGES], {}
    yield "softmax_axis", layers.Softmax(axis=1), [(2, 3, 4)], {}
    yield "softmax_axis_negative", layers.Softmax(axis=-2), [(2, 3, 2, 3)], {}
    yield "softmax_axes", layers.Softmax(axis=[1, 2]), [(2, 3, 4)], {}
    yield "p_relu", layers.PReLU(), [(2, 3, 4)], {}
    yield "p_relu_shared", layers.PReLU(shared_axes=[1, 2]), [(2, 2, 3, 4)], {}
    yield "p_relu_shared_rows", layers.PReLU(shared_axes=[1]), [(2, 3, 4)], {}

    normalization = layers.BatchNormalization
    yield "batch_normalization", normalization(), [(4, 3)], {"training": True, "steps": 3}
    options = {"training": True, "steps": 3}
    yield (
        "batch_normalization_image",
        normalization(axis=3, momentum=0.9, epsilon=0.01),
        [(2, 3, 2, 2)],
        options,
    )
    yield "batch_normalization_single", normalization(momentum=0.5), [(3, 1)], options
    yield "batch_normalization_wide", normalization(), [(3, 35)], {"training": True}
    yield (
        "batch_normalization_shift",
        normalization(scale=False),
        [(4, 2)],
        {"training": True, "offset": 10},
    )
    yield "batch_normalization_scale", normalization(center=False), [(4, 2)], {"training": True}
    yield (
        "batch_normalization_plain",
        normalization(center=False, scale=False),
        [(4, 2)],
        {"training": True},
    )
    yield "batch_normalization_inference", normalization(), [(3, 2, 4)], {}
    yield (
        "batch_normalization_frozen",
        normalization(trainable=False),
        [(3, 4)],
        {"training": True, "steps": 2},
    )

    normalization = layers.LayerNormalization
    yield "layer_normalization", normalization(), [(3, 5)], {}
    yield "layer_normalization_wide", normalization(epsilon=1e-5), [(2, 2, 19)], {}
    yield "layer_normalization_axes", normalization(axis=[1, 2]), [(2, 3, 4)], {"offset": 5}
    yield "layer_normalization_axis", normalization(axis=2), [(2, 3, 4)], {}
    yield "layer_normalization_shift", normalization(scale=False), [(2, 4)], {}
    yield "layer_normalization_scale", normalization(center=False), [(2, 4)], {}

    normalization = layers.GroupNormalization
    yield "group_normalization", normalization(2), [(3, 6)], {}
    yield "group_normalization_image", normalization(3, epsilon=1e-5), [(2, 3, 2, 6)], {"offset": 3}
    yield "group_normalization_steps", normalization(2, axis=1), [(2, 4, 3)], {}
    yield "group_normalization_middle", normalization(2, axis=-2), [(2, 2, 4, 3)], {}
    yield "group_normalization_each", normalization(-1), [(2, 5, 3)], {}
    yield "group_normalization_one", normalization(1, scale=False), [(2, 5, 3)], {}
    yield "group_normalization_scale", normalization(2, center=False), [(2, 5, 4)], {}

    yield "unit_normalization", layers.UnitNormalization(), [(3, 4)], {}
    yield "unit_normalization_axis", layers.UnitNormalization(axis=1), [(2, 3, 4)], {}
    yield "unit_normalization_axes", layers.UnitNormalization(axis=[1, 2]), [(2, 3, 4)], {}

    yield "reshape", layers.Reshape((3, 4)), [(2, 2, 6)], {}
    yield "reshape_unknown", layers.Reshape((-1, 2)), [(2, 12)], {}
    yield "reshape_flat", layers.Reshape((-1,)), [(2, 3, 2)], {}
    yield "permute", layers.Permute((2, 1)), [(2, 3, 4)], {}
    yield "permute_image", layers.Permute((3, 1, 2)), [(2, 3, 2, 4)], {}
    yield "permute_back", layers.Permute((2, 3, 1)), [(2, 3, 2, 4)], {}

    yield "rescaling", layers.Rescaling(1 / 255), [(2, 3)], {}
    yield "rescaling_offset", layers.Rescaling(1 / 127.5, offset=-1), [(2, 3)], {}
    yield "rescaling_list", layers.Rescaling([0.5, 2.0, -1.0], offset=[1, 0, 2]), [(2, 2, 3)], {}
    yield "rescaling_numpy", layers.Rescaling(np.array([0.5, 0.25])), [(2, 2)], {}

    normalization = layers.Normalization
    yield "normalization", normalization(), [(2, 3)], {}
    yield "normalization_image", normalization(), [(2, 2, 2, 3)], {}
    yield "normalization_all", normalization(axis=None), [(2, 3)], {}
    yield "normalization_axes", normalization(axis=[1, -1]), [(2, 2, 2, 3)], {}
    yield "normalization_invert", normalization(invert=True), [(2, 3)], {}
    yield "normalization_scalar", normalization(mean=0.5, variance=4.0), [(2, 3)], {}
    yield (
        "normalization_list",
        normalization(mean=[0.5, 1.0, 2.0], variance=[4.0, 0.0, 1e-8]),
        [(2, 2, 3)],
        {},
    )
    yield (
        "normalization_list_invert",
        normalization(axis=1, mean=[0.5, -1.5], variance=[4.0, 9.0], invert=True),
        [(3, 2)],
        {},
    )

    yield "add", layers.Add(), [(2, 3)] * 2, {}
    yield "add_three", layers.Add(), [(2, 2, 3), (2, 1, 3), (2, 3)], {}
    yield "subtract", layers.Subtract(), [(2, 3)] * 2, {}
    yield "multiply", layers.Multiply(), [(2, 3)] * 3, {}
    yield "multiply_channels", layers.Multiply(), [(2, 2, 3, 4), (2, 1, 1, 4)], {}
    yield "multiply_ranks", layers.Multiply(), [(2, 4), (2, 2, 3, 4)], {}
    yield "average", layers.Average(), [(2, 3)] * 3, {}
    ties = np.array([[1, 2, -1, 0], [3, 0, 0, -2]], np.float32)
    others = np.array([[1, -2, 1, 0], [3, 5, 0, -3]], np.float32)
    yield "maximum", layers.Maximum(), [ties, others], {}
    yield "maximum_three", layers.Maximum(), [(2, 3, 4), (2, 4), (2, 3, 1)], {}
    yield "minimum", layers.Minimum(), [ties, others], {}
    yield "dot", layers.Dot(1), [(3, 4), (3, 4)], {}
    yield "dot_last", layers.Dot(-1), [(2, 3, 4), (2, 5, 4)], {}
    yield "dot_matrices", layers.Dot((2, 1)), [(2, 3, 4), (2, 4, 5)], {}
    yield "dot_first", layers.Dot((1, 2)), [(2, 3, 5), (2, 4, 3)], {}
    yield "dot_vector", layers.Dot((2, 1)), [(2, 3, 4), (2, 4)], {}
    yield "dot_image", layers.Dot((3, 1)), [(2, 2, 3, 4), (2, 4, 2, 2)], {}
    yield "dot_normalized", layers.Dot(1, normalize=True), [(3, 4), (3, 4)], {}
    yield "dot_normalized_rows", layers.Dot((2, 1), True), [(2, 3, 4), (2, 4, 5)], {}
    yield "concatenate", layers.Concatenate(), [(2, 3), (2, 1), (2, 2)], {}
    yield "concatenate_rows", layers.Concatenate(axis=1), [(2, 3, 2, 2), (2, 1, 2, 2)], {}
    yield "concatenate_middle", layers.Concatenate(axis=-2), [(2, 3, 1, 2), (2, 3, 2, 2)], {}


def written(layer):
    """Returns the options that differ from the defaults; makes sure that Keras needs no others."""
    config = layer.get_config()
    options = {}
    for cls in type(layer).__mro__:
        for key, parameter in inspect.signature(cls.__init__).parameters.items():
            if key in config and not key.endswith("_initializer") and key not in options:
                options[key] = parameter.default
    standard = {"name", "dtype", "trainable"}
    result = {
        key: config[key]
        for key, default in options.items()
        # Keras cannot read a Rescaling without its offset.
        if key not in standard and (config[key] not in (default, (default,)) or key == "offset")
    }
    again = type(layer).from_config({"name": layer.name, **result})
    again.trainable = layer.trainable
    assert golden.plain(again.get_config()) == golden.plain(config), (result, config)
    return golden.plain(result)


def first_values(random, layer, weight):
    if weight.dtype == "int64":
        return np.int64(0)
    if "variance" in weight.name:
        return np.round(random.uniform(0.5, 2, weight.shape) * 64) / 64
    return values(random, weight.shape)


def write_case(name, layer, inputs, options):
    random = seeded(name)
    layer.name = name
    arrays = [x if isinstance(x, np.ndarray) else None for x in inputs]
    shapes = [x.shape if isinstance(x, np.ndarray) else x for x in inputs]
    document = {
        "name": name,
        "class_name": type(layer).__name__,
        "written": written(layer),
        "config": golden.plain(layer.get_config()),
    }
    layer.build(shapes[0] if len(shapes) == 1 else [tuple(shape) for shape in shapes])
    layer.set_weights([first_values(random, layer, weight) for weight in layer.weights])
    if hasattr(layer, "finalize_state"):
        layer.finalize_state()
    document["weight_names"] = [weight.name for weight in layer.weights]
    document["trainable"] = [weight.trainable for weight in layer.weights]
    document["weights"] = [tensor(weight) for weight in layer.get_weights()]
    training = options.get("training", False)
    document["training"] = training
    document["steps"] = []
    for _ in range(options.get("steps", 1)):
        tensors = [
            tf.constant(
                values(random, shape, 4) + np.float32(options.get("offset", 0))
                if array is None
                else array
            )
            for array, shape in zip(arrays, shapes)
        ]
        variables = [weight.value for weight in layer.trainable_weights]
        with tf.GradientTape() as tape:
            tape.watch(tensors)
            argument = tensors[0] if len(tensors) == 1 else tensors
            if "training" in inspect.signature(layer.call).parameters:
                output = layer(argument, training=training)
            else:
                output = layer(argument)
            cotangent = values(random, output.shape)
            if cotangent.shape == EDGES.shape:
                cotangent = EDGE_COTANGENT
            total = tf.reduce_sum(output * cotangent)
        gradients = tape.gradient(total, [*tensors, *variables])
        document["steps"].append(
            {
                "inputs": [tensor(x) for x in tensors],
                "cotangent": tensor(cotangent),
                "output": tensor(output),
                "input_gradients": [tensor(x) for x in gradients[: len(tensors)]],
                "weight_gradients": [tensor(x) for x in gradients[len(tensors) :]],
            }
        )
        if training:
            document["steps"][-1]["weights"] = [tensor(weight) for weight in layer.get_weights()]
    return document


def adaptations():
    """What `adapt` finds in data."""
    for name, axis in [("last", -1), ("all", None), ("two", [1, 3])]:
        data = values(seeded("adapt", name), (4, 2, 3, 2), 4)
        layer = layers.Normalization(axis=axis)
        layer.adapt(data)
        yield {
            "name": name,
            "config": golden.plain(layer.get_config()),
            "data": tensor(data),
            "weights": [tensor(weight) for weight in layer.get_weights()],
        }


def main():
    document = {
        "generator": "tools/keras/golden_pointwise.py",
        "keras_version": keras.__version__,
        "tensorflow_version": tf.__version__,
        "shared": {
            "edges": plain_tensor(EDGES),
            "edge cotangent": plain_tensor(EDGE_COTANGENT),
        },
        "layers": [write_case(*case) for case in layer_cases()],
        "adaptations": list(adaptations()),
    }
    text = json.dumps(document, separators=(",", ":"), sort_keys=True, allow_nan=False)
    for start in ['{"class_name":"', '{"cotangent"']:
        text = text.replace(start, "\n" + start)
    (golden.FIXTURES / "pointwise.json").write_text(text + "\n")


if __name__ == "__main__":
    main()
