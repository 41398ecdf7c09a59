"""The model of TensorFlow's quickstart for experts in the three kinds that Keras has.

Every function takes the Keras that makes the model, `keras` or `tf_keras`, and the sizes of its
layers: those of the quickstart unless others are given.
"""

import numpy as np

# Small enough for fixtures: 12 x 12 pixels, 4 filters, 8 units.
TINY = dict(side=12, filters=4, units=8)


def quickstart_layers(keras, filters=32, units=128):
    """Returns the layers by the names that they have as attributes."""
    return dict(
        conv1=keras.layers.Conv2D(filters, 3, activation="relu"),
        flatten=keras.layers.Flatten(),
        d1=keras.layers.Dense(units, activation="relu"),
        d2=keras.layers.Dense(10),
    )


def sequential(keras, side=28, **sizes):
    layers = quickstart_layers(keras, **sizes).values()
    return keras.Sequential([keras.Input((side, side, 1)), *layers])


def functional(keras, side=28, **sizes):
    layers = quickstart_layers(keras, **sizes).values()
    inputs = outputs = keras.Input((side, side, 1))
    for layer in layers:
        outputs = layer(outputs)
    return keras.Model(inputs, outputs)


def model_class(keras, **sizes):
    """Returns the class `MyModel`, whose models have the layers as attributes."""

    class MyModel(keras.Model):
        # Files then name no module, as for a class in a user's script.
        __module__ = "__main__"

        def __init__(self, **options):
            super().__init__(**options)
            for name, layer in quickstart_layers(keras, **sizes).items():
                setattr(self, name, layer)

        def call(self, x):
            return self.d2(self.d1(self.flatten(self.conv1(x))))

    return MyModel


def subclassed(my_model, side=28):
    """Returns a model of the class `my_model`, called once, so that it is built."""
    model = my_model()
    model(np.zeros((1, side, side, 1), np.float32))
    return model
