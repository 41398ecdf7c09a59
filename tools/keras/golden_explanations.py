"""Writes the golden explanations of Tests/InferenceTests: two small models, and for each of them
the influences that Keras's gradients, or numpy with Keras's answers, give.

    ~/.cache/cairn/keras/bin/python tools/keras/golden_explanations.py

The first model is gray with logits, the second coloured with a softmax; a third has no layer for
Grad-CAM.
"""

import json
import os
import pathlib

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras
import numpy as np
import tensorflow as tf
from keras import layers

folder = pathlib.Path(__file__).parents[2] / "Tests/InferenceTests/Fixtures/explanations"


def models():
    keras.utils.set_random_seed(7)
    yield "gray", keras.Sequential([
        keras.Input((12, 12, 1)), layers.Conv2D(3, 3, activation="relu"), layers.MaxPooling2D(),
        layers.Flatten(), layers.Dense(4)])
    yield "rgb", keras.Sequential([
        keras.Input((14, 10, 3)), layers.Conv2D(4, 3, padding="same", activation="tanh"),
        layers.BatchNormalization(), layers.Conv2D(5, 3, activation="relu"),
        layers.GlobalAveragePooling2D(), layers.Dense(3, activation="softmax")])


def score(output, label, is_logit):
    return output[0, label] if is_logit else tf.math.log(output[0, label])


def scaled(influence):
    influence = np.maximum(influence, 0)
    return influence / influence.max() if influence.max() > 0 else influence


def saliency(model, x, label, is_logit):
    x = tf.constant(x)
    with tf.GradientTape() as tape:
        tape.watch(x)
        value = score(model(x, training=False), label, is_logit)
    return np.abs(tape.gradient(value, x)[0].numpy()).max(-1)


def gradcam(model, x, label, is_logit):
    last = [layer for layer in model.layers if len(layer.output.shape) == 4][-1]
    both = keras.Model(model.inputs, [last.output, model.outputs[0]])
    with tf.GradientTape() as tape:
        features, output = both(x, training=False)
        value = score(output, label, is_logit)
    weights = tf.reduce_mean(tape.gradient(value, features), axis=(0, 1, 2))
    heat = tf.nn.relu(tf.reduce_sum(features[0] * weights, -1))
    return tf.image.resize(heat[..., None], x.shape[1:3], "bilinear")[..., 0].numpy()


def occlusion(model, bytes_, label, is_logit):
    height, width, _ = bytes_.shape
    side = max(1, (min(width, height) + 3) // 7)
    step = max(1, side // 2)
    fill = np.floor(bytes_.astype(np.float64).mean((0, 1)) + 0.5).astype(np.uint8)

    def starts(length):
        last = max(0, length - side)
        return [*range(0, last, step), last]

    def probability(pictures):
        output = model(np.float32(pictures) / 255, training=False)
        return (tf.nn.softmax(output) if is_logit else output).numpy()[:, label]

    squares = [(y, x) for y in starts(height) for x in starts(width)]
    hidden = []
    for y, x in squares:
        picture = bytes_.copy()
        picture[y:y + side, x:x + side] = fill
        hidden.append(picture)
    after = probability(hidden)
    drops, counts = np.zeros((2, height, width))
    for (y, x), value in zip(squares, after):
        drops[y:y + side, x:x + side] += probability([bytes_])[0] - value
        counts[y:y + side, x:x + side] += 1
    return drops / counts


folder.mkdir(parents=True, exist_ok=True)
golden = {}
for name, model in models():
    rng = np.random.default_rng(3)
    for layer in model.layers:
        layer.set_weights([rng.normal(0.1, 0.4, w.shape) ** (2 if "variance" in v.path else 1)
                           for w, v in zip(layer.get_weights(), layer.weights)])
    picture = rng.integers(0, 256, model.input_shape[1:], dtype=np.uint8)
    x = np.float32(picture[None]) / 255
    is_logit = name == "gray"
    model.save(folder / f"{name}.keras")
    golden[name] = {
        "picture": picture.flatten().tolist(), "label": 2,
        "saliency": scaled(saliency(model, x, 2, is_logit)).flatten().round(6).tolist(),
        "gradcam": scaled(gradcam(model, x, 2, is_logit)).flatten().round(6).tolist(),
        "occlusion": scaled(occlusion(model, picture, 2, is_logit)).flatten().round(6).tolist(),
    }
    print(name, model(x).numpy(), {k: sum(v) for k, v in golden[name].items() if k != "label"})
keras.Sequential([keras.Input((4, 4, 1)), layers.Flatten(), layers.Dense(2)]).save(
    folder / "dense.keras")
(folder / "golden.json").write_text(json.dumps(golden) + "\n")
