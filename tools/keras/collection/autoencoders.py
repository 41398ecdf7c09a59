"""Autoencoders, networks that segment, and both halves of generative adversarial networks."""

from . import architecture


@architecture("binary_crossentropy", "adam", inputs="unit")
def autoencoder_dense(k):
    L = k.layers
    inputs = k.Input((784,))
    encoded = L.Dense(16, activation="relu")(inputs)
    return k.Model(inputs, L.Dense(784, activation="sigmoid")(encoded))


@architecture("mse", "adam", inputs="unit")
def autoencoder_of_two_models(k):
    """An encoder and a decoder that are models in the model."""
    L = k.layers
    encoder = k.Sequential(
        [k.Input((12, 12)), L.Flatten(), L.Dense(24, activation="relu"), L.Dense(6)], name="encoder"
    )
    decoder = k.Sequential(
        [
            k.Input((6,)),
            L.Dense(24, activation="relu"),
            L.Dense(144, activation="sigmoid"),
            L.Reshape((12, 12)),
        ],
        name="decoder",
    )
    inputs = k.Input((12, 12), name="image")
    return k.Model(inputs, decoder(encoder(inputs)), name="autoencoder")


@architecture("binary_crossentropy", "adam", inputs="unit")
def autoencoder_convolutional(k):
    L = k.layers
    x = inputs = k.Input((28, 28, 1))
    for filters in [8, 4, 4]:
        x = L.Conv2D(filters, (3, 3), activation="relu", padding="same")(x)
        x = L.MaxPooling2D((2, 2), padding="same")(x)
    for filters, padding in [(4, "same"), (4, "same"), (8, "valid")]:
        x = L.Conv2D(filters, (3, 3), activation="relu", padding=padding)(x)
        x = L.UpSampling2D((2, 2))(x)
    return k.Model(inputs, L.Conv2D(1, (3, 3), activation="sigmoid", padding="same")(x))


@architecture("mse", "adam", inputs="unit")
def autoencoder_denoising(k):
    L = k.layers
    x = inputs = k.Input((16, 16, 1))
    x = L.GaussianNoise(0.2)(x)
    for filters in [8, 6]:
        x = L.Conv2D(filters, 3, activation="relu", padding="same", strides=2)(x)
    for filters in [6, 8]:
        x = L.Conv2DTranspose(filters, 3, strides=2, activation="relu", padding="same")(x)
    return k.Model(inputs, L.Conv2D(1, 3, activation="sigmoid", padding="same")(x))


@architecture("mse", "adam")
def autoencoder_deconvolutional(k):
    """Functional encoder and decoder, whose parts know the shape before Flatten."""
    L = k.layers
    x = source = k.Input((16, 16, 3), name="encoder_input")
    for filters in [4, 8]:
        x = L.Conv2D(filters, 3, strides=2, padding="same")(x)
        x = L.BatchNormalization(axis=-1)(L.LeakyReLU(0.2)(x))
    latent = L.Dense(10, name="latent")(L.Flatten()(x))
    encoder = k.Model(source, latent, name="encoder")
    x = code = k.Input((10,), name="decoder_input")
    x = L.Reshape((4, 4, 8))(L.Dense(128)(x))
    for filters in [8, 4]:
        x = L.Conv2DTranspose(filters, (3, 3), strides=2, padding="same")(x)
        x = L.BatchNormalization(axis=-1)(L.LeakyReLU(0.2)(x))
    x = L.Activation("sigmoid")(L.Conv2DTranspose(3, 3, padding="same")(x))
    decoder = k.Model(code, x, name="decoder")
    return k.Model(source, decoder(encoder(source)), name="autoencoder")


@architecture("mae", "adam")
def autoencoder_of_electrocardiograms(k):
    L = k.layers
    encoder = k.Sequential([k.Input((140,))])
    for units in [32, 16, 8]:
        encoder.add(L.Dense(units, activation="relu"))
    decoder = k.Sequential(
        [
            k.Input((8,)),
            L.Dense(16, activation="relu"),
            L.Dense(32, activation="relu"),
            L.Dense(140, activation="sigmoid"),
        ]
    )
    return k.Sequential([k.Input((140,)), encoder, decoder])


@architecture("mse", "adam")
def autoencoder_of_time_series(k):
    """The example that finds anomalies."""
    L = k.layers
    return k.Sequential(
        [
            k.Input((32, 1)),
            L.Conv1D(8, 7, padding="same", strides=2, activation="relu"),
            L.Dropout(rate=0.2),
            L.Conv1D(4, 7, padding="same", strides=2, activation="relu"),
            L.Conv1DTranspose(4, 7, padding="same", strides=2, activation="relu"),
            L.Dropout(rate=0.2),
            L.Conv1DTranspose(8, 7, padding="same", strides=2, activation="relu"),
            L.Conv1DTranspose(1, 7, padding="same"),
        ]
    )


@architecture("mae", "adam")
def autoencoder_lstm(k):
    L = k.layers
    model = k.Sequential()
    model.add(L.LSTM(12, input_shape=(10, 3)))
    model.add(L.Dropout(rate=0.2))
    model.add(L.RepeatVector(n=10))
    model.add(L.LSTM(12, return_sequences=True))
    model.add(L.Dropout(rate=0.2))
    model.add(L.TimeDistributed(L.Dense(units=3)))
    return model


@architecture("mae", "adagrad")
def autoencoder_of_fraud(k):
    """A sparse one for rows of a table."""
    L = k.layers
    inputs = k.Input((29,))
    x = L.Dense(14, activation="tanh", activity_regularizer=k.regularizers.l1(1e-4))(inputs)
    x = L.Dense(7, activation="relu")(x)
    x = L.Dense(7, activation="tanh")(x)
    return k.Model(inputs, L.Dense(29, activation="relu")(x))


@architecture("binary_crossentropy", "adam", inputs="unit")
def unet(k):
    L = k.layers

    def twice(x, filters):
        for _ in range(2):
            x = L.Conv2D(
                filters, 3, activation="relu", padding="same", kernel_initializer="he_normal"
            )(x)
        return x

    inputs = k.Input((32, 32, 1))
    first = twice(inputs, 4)
    second = twice(L.MaxPooling2D(2)(first), 6)
    x = L.Dropout(0.5)(twice(L.MaxPooling2D(2)(second), 8))
    for skip, filters in [(second, 6), (first, 4)]:
        x = L.Conv2D(filters, 2, activation="relu", padding="same")(L.UpSampling2D((2, 2))(x))
        x = twice(L.concatenate([skip, x], axis=3), filters)
    return k.Model(inputs, L.Conv2D(1, 1, activation="sigmoid")(x))


@architecture("sparse_categorical_crossentropy", "adam", inputs="unit")
def unet_xception_style(k):
    """The example that segments pets."""
    L = k.layers
    inputs = k.Input((32, 32, 3))
    x = L.Conv2D(4, 3, strides=2, padding="same")(inputs)
    x = previous = L.Activation("relu")(L.BatchNormalization()(x))
    for filters in [6, 8]:
        for _ in range(2):
            x = L.SeparableConv2D(filters, 3, padding="same")(L.Activation("relu")(x))
            x = L.BatchNormalization()(x)
        x = L.MaxPooling2D(3, strides=2, padding="same")(x)
        residual = L.Conv2D(filters, 1, strides=2, padding="same")(previous)
        x = previous = L.add([x, residual])
    for filters in [8, 6, 4]:
        for _ in range(2):
            x = L.Conv2DTranspose(filters, 3, padding="same")(L.Activation("relu")(x))
            x = L.BatchNormalization()(x)
        x = L.UpSampling2D(2)(x)
        residual = L.Conv2D(filters, 1, padding="same")(L.UpSampling2D(2)(previous))
        x = previous = L.add([x, residual])
    return k.Model(inputs, L.Conv2D(3, 3, activation="softmax", padding="same")(x))


@architecture("binary_crossentropy", "rmsprop", inputs="unit", extent=16)
def unet_with_transposed_convolutions(k):
    """Of any size of image, with Cropping2D behind the borders that are lost."""
    L = k.layers
    inputs = k.Input((None, None, 3))
    first = L.Conv2D(4, 3, activation="elu", padding="same")(L.Rescaling(1 / 255)(inputs))
    x = L.Conv2D(8, 3, activation="elu", padding="same")(L.MaxPooling2D(2)(first))
    x = L.Conv2DTranspose(4, (2, 2), strides=(2, 2), padding="same")(x)
    x = L.concatenate([x, first])
    return k.Model(inputs, L.Conv2D(1, (1, 1), activation="sigmoid")(x))


@architecture("mse", "adam", inputs="unit")
def super_resolution(k):
    """SRCNN."""
    L = k.layers
    model = k.Sequential([k.Input((20, 20, 1)), L.UpSampling2D(2, interpolation="nearest")])
    options = dict(activation="relu", kernel_initializer="glorot_uniform")
    model.add(L.Conv2D(8, 9, padding="valid", **options))
    model.add(L.Conv2D(6, 3, padding="same", activation="relu"))
    model.add(L.Conv2D(1, 5, padding="valid"))
    return model


@architecture("mse", "adam")
def gan_generator(k):
    L = k.layers
    model = k.Sequential()
    model.add(L.Dense(4 * 4 * 8, use_bias=False, input_shape=(20,)))
    model.add(L.BatchNormalization())
    model.add(L.LeakyReLU())
    model.add(L.Reshape((4, 4, 8)))
    for filters, strides in [(8, 1), (6, 2)]:
        model.add(L.Conv2DTranspose(filters, 5, strides=strides, padding="same", use_bias=False))
        model.add(L.BatchNormalization())
        model.add(L.LeakyReLU())
    model.add(
        L.Conv2DTranspose(1, 5, strides=2, padding="same", use_bias=False, activation="tanh")
    )
    return model


@architecture(("BinaryCrossentropy", {"from_logits": True}), "adam")
def gan_discriminator(k):
    L = k.layers
    model = k.Sequential()
    model.add(L.Conv2D(6, (5, 5), strides=(2, 2), padding="same", input_shape=[28, 28, 1]))
    model.add(L.LeakyReLU())
    model.add(L.Dropout(0.3))
    model.add(L.Conv2D(8, (5, 5), strides=(2, 2), padding="same"))
    model.add(L.LeakyReLU(0.2))
    model.add(L.Dropout(0.3))
    model.add(L.Flatten())
    model.add(L.Dense(1))
    return model


@architecture("binary_crossentropy", "adam")
def gan_dense_combined(k):
    """Generator and frozen discriminator in one model."""
    L = k.layers
    generator = k.Sequential([k.Input((10,))], name="generator")
    for units in [12, 16]:
        generator.add(L.Dense(units))
        generator.add(L.LeakyReLU(0.2))
        generator.add(L.BatchNormalization(momentum=0.8))
    generator.add(L.Dense(64, activation="tanh"))
    generator.add(L.Reshape((8, 8, 1)))
    discriminator = k.Sequential([k.Input((8, 8, 1)), L.Flatten()], name="discriminator")
    for units in [16, 12]:
        discriminator.add(L.Dense(units))
        discriminator.add(L.LeakyReLU(0.2))
    discriminator.add(L.Dense(1, activation="sigmoid"))
    discriminator.compile("adam", "binary_crossentropy")
    discriminator.trainable = False
    noise = k.Input((10,))
    return k.Model(noise, discriminator(generator(noise)))


@architecture("mae", "adam")
def pix2pix_generator(k):
    L = k.layers
    x = inputs = k.Input((16, 16, 3))
    normal = k.initializers.RandomNormal(stddev=0.02)
    skips = []
    for index, filters in enumerate([4, 6, 8]):
        x = L.Conv2D(filters, 4, strides=2, padding="same", kernel_initializer=normal)(x)
        x = L.BatchNormalization()(x) if index else x
        x = L.LeakyReLU(0.2)(x)
        skips.append(x)
    for skip, filters in zip(reversed(skips[:-1]), [6, 4]):
        x = L.Conv2DTranspose(filters, 4, strides=2, padding="same", kernel_initializer=normal)(x)
        x = L.Activation("relu")(L.Dropout(0.5)(L.BatchNormalization()(x)))
        x = L.Concatenate()([x, skip])
    x = L.Conv2DTranspose(3, 4, strides=2, padding="same", activation="tanh")(x)
    return k.Model(inputs, x)


@architecture("mse", "adam", batch=3)
def unet_of_volumes(k):
    L = k.layers
    inputs = k.Input((8, 8, 8, 1))
    first = L.Conv3D(4, 3, activation="relu", padding="same")(inputs)
    x = L.Conv3D(6, 3, activation="relu", padding="same")(L.MaxPooling3D(2)(first))
    x = L.concatenate([L.Conv3DTranspose(4, 2, strides=2)(x), first])
    y = L.UpSampling3D(2)(L.AveragePooling3D(2)(x))
    return k.Model(inputs, L.Conv3D(1, 1, activation="sigmoid")(L.add([x, y])))
