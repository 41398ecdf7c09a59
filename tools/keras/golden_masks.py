#!/usr/bin/env python3
"""Writes what Keras does with masks in training and evaluation.

Tests/CheckpointsTests/Fixtures/masks/: models in which layers get a mask, saved by Keras 3 and
tf_keras, and expected.json with a batch, the output and the weights after one training step.

Tests/NeuralNetworkTests/Fixtures/masks.json: results of metrics for predictions with a mask.
"""

import json

import golden
import keras
import numpy as np
from golden_recurrent import words
from golden_sequences import plain, write_expected, write_model

FOLDER = golden.ROOT / "Tests" / "CheckpointsTests" / "Fixtures" / "masks"


def models(k):
    """Small models of one Keras."""
    L = k.layers

    def normalized():
        x = k.Input((8,))
        y = L.Embedding(11, 4, mask_zero=True)(x)
        y = L.BatchNormalization()(y)
        y = L.Dense(5)(y)
        y = L.BatchNormalization(scale=False, momentum=0.75)(y)
        y = L.BatchNormalization(center=False, epsilon=0.01)(y)
        return k.Model(x, L.Dense(2)(L.Flatten()(y)))

    def steps():
        """The loss leaves steps out, too."""
        x = k.Input((8,))
        y = L.Embedding(11, 4, mask_zero=True)(x)
        return k.Model(x, L.Dense(2)(L.BatchNormalization()(y)))

    def ends():
        """The last output, where that of a masked step is 0."""
        x = k.Input((8,))
        y = L.Embedding(11, 4, mask_zero=True)(x)
        layers = [
            L.LSTM(3, zero_output_for_mask=True),
            L.GRU(3, zero_output_for_mask=True, go_backwards=True),
            L.SimpleRNN(3, zero_output_for_mask=True),
        ]
        return k.Model(x, L.Dense(2)(L.Concatenate()([layer(y) for layer in layers])))

    return {"normalized": normalized, "steps": steps, "ends": ends}


def metrics():
    """Yields (name, class, config, targets, predictions)."""
    random = np.random.default_rng(5)
    shape = (3, 4, 3)
    predictions = np.round(random.uniform(0, 1, shape) * 64) / 64
    classes = random.integers(0, 3, shape[:2])
    one_hot = np.eye(3)[classes]
    yield "SparseCategoricalAccuracy", {}, classes, predictions
    yield "CategoricalAccuracy", {}, one_hot, predictions
    yield "BinaryAccuracy", {}, one_hot, predictions
    yield "SparseTopKCategoricalAccuracy", {"k": 2}, classes, predictions
    yield "TopKCategoricalAccuracy", {"k": 2}, one_hot, predictions
    yield "MeanSquaredError", {}, one_hot, predictions
    yield "MeanAbsoluteError", {}, one_hot, predictions
    yield "CosineSimilarity", {}, one_hot, predictions
    # It does not look at masks.
    yield "RootMeanSquaredError", {}, one_hot, predictions


def write_metrics():
    mask = np.array([[1, 0, 1, 1], [0, 0, 0, 0], [0, 1, 1, 0]])
    entries = []
    for name, config, targets, predictions in metrics():
        metric = getattr(keras.metrics, name)(**config)
        for rows in [slice(0, 2), slice(2, 3)]:
            y = keras.ops.convert_to_tensor(predictions[rows].astype("float32"))
            keras.src.backend.set_keras_mask(y, keras.ops.convert_to_tensor(mask[rows] == 1))
            metric.update_state(targets[rows].astype("float32"), y)
        entry = {"class_name": name, "config": config, "result": float(metric.result())}
        arrays = {"targets": targets, "predictions": predictions, "mask": mask}
        entries.append({**entry, **{key: plain(value) for key, value in arrays.items()}})
    document = {
        "generator": "tools/keras/golden_masks.py",
        "keras_version": keras.__version__,
        "metrics": entries,
    }
    text = json.dumps(document, separators=(",", ":"), sort_keys=True)
    (golden.FIXTURES / "masks.json").write_text(
        text.replace('{"class_name":"', '\n{"class_name":"') + "\n"
    )


def main():
    import tf_keras

    write_metrics()
    FOLDER.mkdir(exist_ok=True)
    expected = {}
    for prefix, k in [("keras3", keras), ("tf_keras", tf_keras)]:
        for name, make in models(k).items():
            write_model(k, FOLDER / f"{prefix}_{name}", make, words, expected, True)
    write_expected(FOLDER, expected)


if __name__ == "__main__":
    main()
