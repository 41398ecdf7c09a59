"""Writes the quickstart model of models/quickstart.h5 as ONNX, for the comparison of start-up
times."""

import pathlib
import sys

import h5py
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

root = pathlib.Path(__file__).resolve().parents[3]
with h5py.File(root / "models" / "quickstart.h5") as file:
    weights = []
    file["layers"].visititems(
        lambda name, item: (
            weights.append((name, item[()])) if isinstance(item, h5py.Dataset) else None
        )
    )
by_shape = {value.shape: value for _, value in weights}
tensors = {
    "conv_w": by_shape[3, 3, 1, 32].transpose(3, 2, 0, 1),
    "conv_b": by_shape[32,],
    "d1_w": by_shape[21632, 128],
    "d1_b": by_shape[128,],
    "d2_w": by_shape[128, 10],
    "d2_b": by_shape[10,],
}
nodes = [
    helper.make_node("Conv", ["x", "conv_w", "conv_b"], ["c"]),
    helper.make_node("Relu", ["c"], ["r"]),
    helper.make_node("Transpose", ["r"], ["t"], perm=[0, 2, 3, 1]),
    helper.make_node("Flatten", ["t"], ["f"]),
    helper.make_node("Gemm", ["f", "d1_w", "d1_b"], ["h"]),
    helper.make_node("Relu", ["h"], ["hr"]),
    helper.make_node("Gemm", ["hr", "d2_w", "d2_b"], ["logits"]),
]
graph = helper.make_graph(
    nodes,
    "quickstart",
    [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 1, 28, 28])],
    [helper.make_tensor_value_info("logits", TensorProto.FLOAT, [1, 10])],
    [numpy_helper.from_array(np.ascontiguousarray(value), name) for name, value in tensors.items()],
)
onnx.save(
    helper.make_model(graph, ir_version=10, opset_imports=[helper.make_opsetid("", 20)]),
    sys.argv[1],
)
