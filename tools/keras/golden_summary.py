#!/usr/bin/env python3
"""Writes Tests/NeuralNetworkTests/Fixtures/summary/*.txt and layer_configs.json.

The texts are what `model.summary()` of real Keras prints when its output is not a terminal; the
JSON is `get_config()` of layers, losses and optimizers with arguments that are not the defaults.
"""

import json

import golden
import keras
import numpy as np

import small_models

layers = keras.layers
SUMMARIES = golden.FIXTURES / "summary"


def write_summary(name, model):
    lines = []
    model.summary(print_fn=lines.append)
    SUMMARIES.mkdir(parents=True, exist_ok=True)
    text = "\n".join(lines)
    (SUMMARIES / f"{name}.txt").write_text(text if text.endswith("\n") else text + "\n")


def quickstart():
    keras.backend.clear_session()
    return small_models.sequential(keras)


def train_one_step(model, optimizer):
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer, loss, jit_compile=False)
    model.train_on_batch(np.zeros((32, 28, 28, 1), np.float32), np.zeros(32, np.int64))


class MyModel(keras.Model):
    """The model of TensorFlow's quickstart for experts."""

    def __init__(self):
        super().__init__()
        self.conv1 = layers.Conv2D(32, 3, activation="relu", name="conv1")
        self.flatten = layers.Flatten(name="flatten")
        self.d1 = layers.Dense(128, activation="relu", name="d1")
        self.d2 = layers.Dense(10, name="d2")

    def call(self, x):
        return self.d2(self.d1(self.flatten(self.conv1(x))))


def varied():
    keras.backend.clear_session()
    return keras.Sequential(
        [
            keras.Input((28, 28, 3), name="picture"),
            layers.Conv2D(8, 5, padding="same", use_bias=False, name="first_convolution"),
            layers.Activation("relu", name="activation_of_the_first_convolution"),
            layers.MaxPooling2D(name="a_layer_whose_name_is_longer_than_its_column_by_far"),
            layers.Dropout(0.25),
            layers.Conv2D(16, (2, 3), strides=2),
            layers.MaxPooling2D(3, strides=2, padding="same"),
            layers.Flatten(),
            layers.Dropout(0.5),
            layers.Dense(1000, activation="tanh"),
            layers.Dense(10, activation="softmax", name="answer"),
        ],
        name="varied",
    )


def write_summaries():
    write_summary("quickstart", quickstart())
    for optimizer in golden.OPTIMIZERS:
        model = quickstart()
        train_one_step(model, golden.make_optimizer(optimizer))
        write_summary(f"quickstart_trained_{optimizer}", model)

    keras.backend.clear_session()
    unbuilt = [layers.Conv2D(32, 3), layers.Flatten(), layers.Dense(128), layers.Dense(10)]
    write_summary("unbuilt", keras.Sequential(unbuilt))
    keras.backend.clear_session()
    write_summary("empty", keras.Sequential(name="empty"))

    write_summary("varied", varied())
    frozen = varied()
    frozen.get_layer("first_convolution").trainable = False
    write_summary("varied_frozen", frozen)

    keras.backend.clear_session()
    model = MyModel()
    write_summary("my_model_unbuilt", model)
    model(np.zeros((32, 28, 28, 1), np.float32))
    write_summary("my_model", model)
    train_one_step(model, keras.optimizers.Adam())
    write_summary("my_model_trained_adam", model)

    keras.backend.clear_session()
    small = [keras.Input((1,)), layers.Dense(1, use_bias=False, name="weight")]
    write_summary("one_parameter", keras.Sequential(small, name="one_parameter"))


def write_configs():
    keras.backend.clear_session()
    initializer = keras.initializers.GlorotUniform(seed=7)
    described = [
        layers.InputLayer(batch_shape=(None, 28, 28, 1), name="picture"),
        layers.Conv2D(32, 3),
        layers.Conv2D(
            7,
            (2, 3),
            strides=(2, 1),
            padding="same",
            activation="relu",
            use_bias=False,
            kernel_initializer=initializer,
            name="conv1",
        ),
        layers.Conv2D(4, 3, dilation_rate=2, trainable=False),
        layers.Dense(10),
        layers.Dense(
            5,
            activation="softmax",
            use_bias=False,
            kernel_initializer="he_normal",
            bias_initializer="ones",
            name="d2",
        ),
        layers.Dense(5, kernel_regularizer=keras.regularizers.L2(0.25)),
        layers.MaxPooling2D(),
        layers.MaxPooling2D((3, 2), strides=(2, 1), padding="same", name="pool"),
        layers.Flatten(),
        layers.Flatten(name="flat", data_format="channels_first"),
        layers.Dropout(0.5),
        layers.Dropout(0.25, noise_shape=(None, 1), seed=3, name="drop"),
        *[layers.Activation(name) for name in ["relu", "softmax", "sigmoid", "tanh", "linear"]],
        layers.ReLU(),
        layers.ReLU(max_value=6.0, negative_slope=0.1, threshold=0.5, name="clipped"),
        layers.Softmax(axis=-1),
    ]
    losses = [
        keras.losses.SparseCategoricalCrossentropy(),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True, ignore_class=3),
        keras.losses.CategoricalCrossentropy(),
        keras.losses.CategoricalCrossentropy(
            from_logits=True, label_smoothing=0.125, reduction="sum"
        ),
    ]
    optimizers = [golden.make_optimizer(name) for name in golden.OPTIMIZERS] + [
        keras.optimizers.SGD(0.5, weight_decay=0.25),
        keras.optimizers.RMSprop(0.25, rho=0.75, epsilon=1e-3, clipnorm=2.0),
        keras.optimizers.Adam(0.125, beta_1=0.5, beta_2=0.75, epsilon=1e-3, clipvalue=4.0),
        keras.optimizers.Adam(keras.optimizers.schedules.ExponentialDecay(0.5, 100, 0.75)),
    ]
    sections = {"layers": described, "losses": losses, "optimizers": optimizers}
    # As Keras writes them into `model_config` and `training_config`: class, then configuration.
    document = {
        section: [
            {"class_name": type(thing).__name__, "config": thing.get_config()} for thing in things
        ]
        for section, things in sections.items()
    }
    document = {"keras_version": keras.__version__, **golden.plain(document)}
    text = json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False)
    (golden.FIXTURES / "layer_configs.json").write_text(text + "\n")


if __name__ == "__main__":
    write_summaries()
    write_configs()
