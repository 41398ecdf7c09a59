#!/usr/bin/env python3
"""Writes Tests/NeuralNetworkTests/Fixtures/flops.json: models of Keras 3, and the floating-point
operations of products for one example that TensorFlow's profiler counts in their graphs."""

import json

import golden
import keras
import tensorflow as tf
from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2
from tensorflow.python.profiler import model_analyzer, option_builder

PRODUCTS = {"BatchMatMulV2", "Conv2D", "Conv2DBackpropInput", "DepthwiseConv2dNative", "MatMul"}
L = keras.layers


def models():
    """Yields small models."""
    yield keras.Sequential(
        [
            keras.Input((14, 13, 3)),
            L.Conv2D(5, 3, strides=2, activation="relu"),
            L.BatchNormalization(),
            L.DepthwiseConv2D(3, depth_multiplier=2, padding="same"),
            L.SeparableConv2D(4, 2),
            L.MaxPooling2D(2),
            L.Flatten(),
            L.Dense(7, activation="softmax"),
        ]
    )
    x = keras.Input((6, 5))
    y = L.Dense(4)(L.Conv1D(3, 2, padding="same")(x))
    yield keras.Model(x, L.Add()([y, L.Dense(4, use_bias=False)(x)]))
    shared = L.Dense(6)
    x = keras.Input((6,))
    yield keras.Model(x, L.Concatenate()([shared(shared(x)), x]))
    x = keras.Input((4, 5, 2))
    yield keras.Model(x, L.Conv2DTranspose(3, 2, strides=2)(x))
    x = keras.Input((6, 5))
    yield keras.Model(x, L.Dot((2, 2))([x, L.Dense(5)(x)]))
    y = L.EinsumDense("abc,cde->abde", (6, 2, 3))(x)
    yield keras.Model(x, L.EinsumDense("abde,dec->abc", (6, 4))(y))


def flops(model):
    """Returns the operations of products in the graph of a model for one example."""
    inputs = [tf.TensorSpec([1, *model.input_shape[1:]], tf.float32)]
    function = tf.function(lambda x: model(x, training=False)).get_concrete_function(*inputs)
    graph = convert_variables_to_constants_v2(function).graph
    options = option_builder.ProfileOptionBuilder.float_operation()
    options["output"] = "none"
    info = model_analyzer.profile(graph, options=options, cmd="op")
    count, node = 0, info
    while node.children:
        node = node.children[0]
        if node.name in PRODUCTS:
            count += node.float_ops
    return count


def main():
    entries = [{"model": json.loads(m.to_json()), "flops": flops(m)} for m in models()]
    lines = ",\n".join(json.dumps(entry, separators=(",", ":")) for entry in entries)
    (golden.FIXTURES / "flops.json").write_text(f"[\n{lines}\n]\n")


if __name__ == "__main__":
    main()
