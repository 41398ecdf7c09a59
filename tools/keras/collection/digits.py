"""Classifiers of digits, letters, clothes and faces: small grey images."""

from . import architecture

SPARSE = "sparse_categorical_crossentropy"
ONE_HOT = "categorical_crossentropy"


@architecture(SPARSE, "adam", inputs="unit")
def mnist_beginner(k):
    L = k.layers
    return k.Sequential(
        [
            L.Flatten(input_shape=(28, 28)),
            L.Dense(32, activation="relu"),
            L.Dropout(0.2),
            L.Dense(10, activation="softmax"),
        ]
    )


@architecture(("SparseCategoricalCrossentropy", {"from_logits": True}), "adam", inputs="unit")
def fashion_logits(k):
    L = k.layers
    return k.Sequential(
        [k.Input((28, 28)), L.Flatten(), L.Dense(24, activation="relu"), L.Dense(10)]
    )


@architecture(ONE_HOT, "adadelta", inputs="unit")
def mnist_keras_example(k):
    L = k.layers
    return k.Sequential(
        [
            L.Conv2D(8, kernel_size=(3, 3), activation="relu", input_shape=(28, 28, 1)),
            L.Conv2D(12, (3, 3), activation="relu"),
            L.MaxPooling2D(pool_size=(2, 2)),
            L.Dropout(0.25),
            L.Flatten(),
            L.Dense(24, activation="relu"),
            L.Dropout(0.5),
            L.Dense(10, activation="softmax"),
        ]
    )


@architecture(ONE_HOT, "rmsprop", inputs="unit")
def mnist_mlp(k):
    L = k.layers
    model = k.Sequential()
    model.add(L.Dense(32, activation="relu", input_shape=(784,)))
    model.add(L.Dropout(0.2))
    model.add(L.Dense(32, activation="relu"))
    model.add(L.Dropout(0.2))
    model.add(L.Dense(10, activation="softmax"))
    return model


@architecture(ONE_HOT, "sgd", inputs="unit")
def lenet5(k):
    L = k.layers
    return k.Sequential(
        [
            k.Input((28, 28, 1)),
            L.Conv2D(6, 5, activation="tanh", padding="same"),
            L.AveragePooling2D(2),
            L.Conv2D(16, 5, activation="tanh"),
            L.AveragePooling2D(2, strides=2),
            L.Flatten(),
            L.Dense(120, activation="tanh"),
            L.Dense(84, activation="tanh"),
            L.Dense(10, activation="softmax"),
        ]
    )


@architecture(SPARSE, "momentum", inputs="unit")
def lenet_with_pooling_by_steps(k):
    """Strided convolutions instead of pooling, and separate layers of activation."""
    L = k.layers
    model = k.Sequential()
    model.add(k.Input((32, 32, 1)))
    for filters in [6, 16]:
        model.add(L.Conv2D(filters, 5, strides=2, kernel_regularizer=k.regularizers.l2(1e-3)))
        model.add(L.Activation("relu"))
    model.add(L.Conv2D(24, 5))
    model.add(L.Activation("relu"))
    model.add(L.Flatten())
    model.add(L.Dense(16, kernel_initializer="he_uniform"))
    model.add(L.Activation("relu"))
    model.add(L.Dense(10))
    model.add(L.Activation("softmax"))
    return model


@architecture(ONE_HOT, "rmsprop", inputs="unit")
def digit_recognizer_with_normalization(k):
    """As in the kernels for the competition of digits."""
    L = k.layers
    model = k.Sequential([k.Input((28, 28, 1))])
    for filters in [8, 16]:
        for size, stride in [(3, 1), (3, 1), (5, 2)]:
            model.add(L.Conv2D(filters, size, strides=stride, padding="same", activation="relu"))
            model.add(L.BatchNormalization())
        model.add(L.Dropout(0.4))
    model.add(L.Conv2D(16, kernel_size=4, activation="relu"))
    model.add(L.BatchNormalization())
    model.add(L.Flatten())
    model.add(L.Dropout(0.4))
    model.add(L.Dense(10, activation="softmax"))
    return model


@architecture(SPARSE, "adagrad", inputs="unit")
def mnist_fully_convolutional(k):
    L = k.layers
    x = inputs = k.Input((28, 28, 1), name="digit")
    for filters, name in [(8, "block1"), (12, "block2")]:
        x = L.Conv2D(filters, 3, use_bias=False, name=f"{name}_conv")(x)
        x = L.BatchNormalization(scale=False, name=f"{name}_bn")(x)
        x = L.LeakyReLU(0.1, name=f"{name}_act")(x)
        x = L.MaxPooling2D(name=f"{name}_pool")(x)
    x = L.Conv2D(10, 1, name="classes")(x)
    x = L.GlobalAveragePooling2D()(x)
    return k.Model(inputs, L.Softmax()(x), name="all_conv")


@architecture(ONE_HOT, "adam", inputs="unit")
def mnist_rows_lstm(k):
    L = k.layers
    return k.Sequential(
        [k.Input((28, 28)), L.LSTM(16), L.BatchNormalization(), L.Dense(10, activation="softmax")]
    )


@architecture(ONE_HOT, "rmsprop", inputs="unit")
def mnist_irnn(k):
    L = k.layers
    return k.Sequential(
        [
            k.Input((49, 1)),
            L.SimpleRNN(
                16,
                activation="relu",
                kernel_initializer=k.initializers.RandomNormal(stddev=0.001),
                recurrent_initializer=k.initializers.Identity(gain=1.0),
            ),
            L.Dense(10),
            L.Activation("softmax"),
        ]
    )


@architecture(ONE_HOT, "rmsprop", inputs="unit")
def mnist_hierarchical_rnn(k):
    """A recurrent layer along each row, and another one along the rows."""
    L = k.layers
    inputs = k.Input((8, 8, 1))
    rows = L.TimeDistributed(L.LSTM(6))(inputs)
    return k.Model(inputs, L.Dense(10, activation="softmax")(L.LSTM(6)(rows)))


@architecture(ONE_HOT, "adam", inputs="unit")
def emnist_letters(k):
    L = k.layers
    return k.Sequential(
        [
            L.Reshape((28, 28, 1), input_shape=(784,)),
            L.Permute((2, 1, 3)),
            L.Conv2D(8, 3, activation="relu", kernel_initializer="he_normal"),
            L.MaxPooling2D(2, 2),
            L.SeparableConv2D(16, 3, activation="relu"),
            L.GlobalMaxPooling2D(),
            L.Dense(26, activation="softmax"),
        ]
    )


@architecture(ONE_HOT, "adam", inputs="unit")
def emotions_cnn(k):
    """The common network for FER2013."""
    L = k.layers
    model = k.Sequential()
    model.add(L.Conv2D(8, (3, 3), activation="relu", input_shape=(48, 48, 1)))
    model.add(L.Conv2D(12, (3, 3), activation="relu"))
    model.add(L.MaxPooling2D(pool_size=(2, 2)))
    model.add(L.Dropout(0.25))
    for _ in range(2):
        model.add(L.Conv2D(12, kernel_size=(3, 3), activation="relu"))
        model.add(L.MaxPooling2D(pool_size=(2, 2)))
    model.add(L.Dropout(0.25))
    model.add(L.Flatten())
    model.add(L.Dense(32, activation="relu"))
    model.add(L.Dropout(0.5))
    model.add(L.Dense(7, activation="softmax"))
    return model


@architecture(ONE_HOT, "nadam", inputs="unit")
def emotions_dcnn(k):
    L = k.layers
    model = k.Sequential(name="DCNN")
    model.add(k.Input((48, 48, 1)))
    for block, (filters, size) in enumerate([(8, 5), (12, 3), (16, 3)]):
        for index in range(2):
            model.add(
                L.Conv2D(
                    filters,
                    kernel_size=(size, size),
                    activation="elu",
                    padding="same",
                    kernel_initializer="he_normal",
                    name=f"conv2d_{2 * block + index + 1}",
                )
            )
            model.add(L.BatchNormalization(name=f"batchnorm_{2 * block + index + 1}"))
        model.add(L.MaxPooling2D(name=f"maxpool2d_{block + 1}"))
        model.add(L.Dropout(0.4, name=f"dropout_{block + 1}"))
    model.add(L.Flatten(name="flatten"))
    model.add(L.Dense(16, activation="elu", name="dense_1"))
    model.add(L.BatchNormalization(name="batchnorm_7"))
    model.add(L.Dense(7, activation="softmax", name="out_layer"))
    return model


@architecture(ONE_HOT, "adam", inputs="unit", exact=True)
def mini_xception(k):
    L = k.layers
    regularizer = k.regularizers.l2(0.01)
    inputs = k.Input((48, 48, 1))
    x = inputs
    for _ in range(2):
        x = L.Conv2D(4, 3, kernel_regularizer=regularizer, use_bias=False)(x)
        x = L.Activation("relu")(L.BatchNormalization()(x))
    for filters in [8, 12, 16]:
        residual = L.Conv2D(filters, 1, strides=2, padding="same", use_bias=False)(x)
        residual = L.BatchNormalization()(residual)
        options = dict(padding="same", pointwise_regularizer=regularizer, use_bias=False)
        x = L.BatchNormalization()(L.SeparableConv2D(filters, 3, **options)(x))
        x = L.Activation("relu")(x)
        x = L.BatchNormalization()(L.SeparableConv2D(filters, 3, **options)(x))
        x = L.MaxPooling2D(3, strides=2, padding="same")(x)
        x = L.add([x, residual])
    x = L.GlobalAveragePooling2D()(L.Conv2D(7, 3, padding="same")(x))
    return k.Model(inputs, L.Activation("softmax", name="predictions")(x))


@architecture("mse", "adam", inputs="unit")
def facial_keypoints(k):
    L = k.layers
    model = k.Sequential([k.Input((48, 48, 1))])
    for filters in [4, 8]:
        model.add(L.Conv2D(filters, 3, padding="same", use_bias=False))
        model.add(L.LeakyReLU(0.1))
        model.add(L.BatchNormalization())
        model.add(L.MaxPooling2D(2))
    model.add(L.Flatten())
    model.add(L.Dense(16, activation="relu"))
    model.add(L.Dense(30))
    return model


@architecture("binary_crossentropy", "adam", inputs="unit")
def mask_detector(k):
    L = k.layers
    return k.Sequential(
        [
            k.Input((40, 40, 3)),
            L.Conv2D(8, 3, activation="relu"),
            L.MaxPooling2D(2),
            L.Conv2D(8, 3, activation="relu"),
            L.MaxPooling2D(2),
            L.Flatten(),
            L.Dropout(0.5),
            L.Dense(16, activation="relu"),
            L.Dense(1, activation="sigmoid"),
        ]
    )


@architecture(ONE_HOT, "momentum")
def selu_network(k):
    L = k.layers
    model = k.Sequential([k.Input((28, 28)), L.Flatten()])
    for _ in range(4):
        model.add(L.Dense(20, activation="selu", kernel_initializer="lecun_normal"))
    model.add(L.AlphaDropout(0.1))
    model.add(L.Dense(10, activation="softmax"))
    return model


@architecture("categorical_hinge", "nesterov")
def maxnorm_network(k):
    """Dropout with constraints, as its inventors recommend."""
    L, C = k.layers, k.constraints
    return k.Sequential(
        [
            k.Input((60,)),
            L.Dropout(0.2),
            L.Dense(30, activation="relu", kernel_constraint=C.MaxNorm(0.8)),
            L.Dropout(0.5),
            L.Dense(20, activation="relu", kernel_constraint=C.UnitNorm(axis=0)),
            L.Dense(8, kernel_constraint=C.NonNeg(), activation="softmax"),
        ]
    )
