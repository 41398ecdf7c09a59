"""Networks of agents."""

from . import architecture


@architecture(("Huber", {}), "rmsprop")
def deep_q_network_of_cart_pole(k):
    L = k.layers
    model = k.Sequential()
    model.add(L.Dense(24, input_dim=4, activation="relu"))
    model.add(L.Dense(24, activation="relu"))
    model.add(L.Dense(2, activation="linear"))
    return model


@architecture(("Huber", {}), "clipnorm", inputs="pixels")
def deep_q_network_of_atari(k):
    L = k.layers
    x = inputs = k.Input((84, 84, 4))
    x = L.Rescaling(1 / 255)(x)
    for filters, size, strides in [(4, 8, 4), (6, 4, 2), (6, 3, 1)]:
        x = L.Conv2D(filters, size, strides=strides, activation="relu")(x)
    x = L.Dense(24, activation="relu")(L.Flatten()(x))
    return k.Model(inputs, L.Dense(4, activation="linear")(x))


@architecture("mse", "adam", inputs="values")
def deep_q_network_channels_first(k):
    """Frames first, as in many forks, with Permute."""
    L = k.layers
    model = k.Sequential()
    model.add(L.Permute((2, 3, 1), input_shape=(4, 36, 36)))
    model.add(L.Conv2D(4, (8, 8), strides=(4, 4)))
    model.add(L.Activation("relu"))
    model.add(L.Conv2D(6, (4, 4), strides=(2, 2)))
    model.add(L.Activation("relu"))
    model.add(L.Flatten())
    model.add(L.Dense(16))
    model.add(L.Activation("relu"))
    model.add(L.Dense(6))
    model.add(L.Activation("linear"))
    return model


@architecture("mse", "adam")
def policy_of_pendulum(k):
    L = k.layers
    inputs = k.Input((3,))
    x = L.Dense(16, activation="relu")(inputs)
    x = L.Dense(16, activation="relu")(x)
    initializer = k.initializers.RandomUniform(minval=-0.003, maxval=0.003)
    x = L.Dense(1, activation="tanh", kernel_initializer=initializer)(x)
    return k.Model(inputs, L.Rescaling(2.0)(x))


@architecture("mse", "centered")
def values_of_a_board(k):
    """A residual tower as for board games, with convolutions in their own data format."""
    L = k.layers
    x = inputs = k.Input((8, 8, 3))
    x = L.ReLU()(L.BatchNormalization()(L.Conv2D(8, 3, padding="same")(x)))
    for _ in range(2):
        y = L.ReLU()(L.BatchNormalization()(L.Conv2D(8, 3, padding="same")(x)))
        y = L.BatchNormalization()(L.Conv2D(8, 3, padding="same")(y))
        x = L.ReLU()(L.Add()([x, y]))
    x = L.Flatten()(L.ReLU()(L.Conv2D(1, 1)(x)))
    return k.Model(inputs, L.Dense(1, activation="tanh")(L.Dense(12, activation="relu")(x)))
