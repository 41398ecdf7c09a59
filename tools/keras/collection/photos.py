"""Classifiers of colour photos: flowers, plants, cats and dogs, scans, and nets for driving."""

from . import architecture

SPARSE = "sparse_categorical_crossentropy"
LOGITS = ("SparseCategoricalCrossentropy", {"from_logits": True})
ONE_HOT = "categorical_crossentropy"


@architecture(LOGITS, "adam", inputs="pixels")
def flowers_tutorial(k):
    L = k.layers
    model = k.Sequential([L.Rescaling(1.0 / 255, input_shape=(48, 48, 3))])
    for filters in [8, 12, 16]:
        model.add(L.Conv2D(filters, 3, padding="same", activation="relu"))
        model.add(L.MaxPooling2D(2))
    model.add(L.Dropout(0.2))
    model.add(L.Flatten())
    model.add(L.Dense(16, activation="relu"))
    model.add(L.Dense(5, name="outputs"))
    return model


@architecture(LOGITS, "adam", inputs="pixels")
def flowers_augmented(k):
    """The augmentation is a model of its own at the start."""
    L = k.layers
    augmentation = k.Sequential(
        [
            L.RandomFlip("horizontal", input_shape=(40, 40, 3)),
            L.RandomRotation(0.1),
            L.RandomZoom(0.1),
        ]
    )
    return k.Sequential(
        [
            augmentation,
            L.Rescaling(1.0 / 255),
            L.Conv2D(8, 3, padding="same", activation="relu"),
            L.MaxPooling2D(2),
            L.Conv2D(8, 3, padding="same", activation="relu"),
            L.MaxPooling2D(2),
            L.Flatten(),
            L.Dense(5),
        ]
    )


@architecture(SPARSE, "adam", inputs="pixels")
def potato_disease(k):
    L = k.layers
    resize = k.Sequential([k.Input((40, 48, 3)), L.Resizing(32, 32), L.Rescaling(1.0 / 255)])
    augment = k.Sequential(
        [k.Input((32, 32, 3)), L.RandomFlip("horizontal_and_vertical"), L.RandomRotation(0.2)]
    )
    model = k.Sequential([k.Input((40, 48, 3)), resize, augment])
    for filters in [4, 8, 8]:
        model.add(L.Conv2D(filters, kernel_size=(3, 3), activation="relu"))
        model.add(L.MaxPooling2D((2, 2)))
    model.add(L.Flatten())
    model.add(L.Dense(8, activation="relu"))
    model.add(L.Dense(3, activation="softmax"))
    return model


@architecture(SPARSE, "rmsprop", inputs="pixels")
def augmented_in_many_ways(k):
    L = k.layers
    inputs = k.Input((40, 40, 3))
    x = inputs
    for layer in [
        L.RandomTranslation(0.1, 0.1),
        L.RandomContrast(0.2),
        L.CenterCrop(32, 32),
        L.Rescaling(1 / 127.5, offset=-1),
        L.GaussianNoise(0.1),
    ]:
        x = layer(x)
    x = L.Conv2D(6, 5, strides=2, activation="relu")(x)
    return k.Model(inputs, L.Dense(4, activation="softmax")(L.GlobalAveragePooling2D()(x)))


@architecture(ONE_HOT, "adam", inputs="unit", exact=True)
def plant_village(k):
    L = k.layers
    model = k.Sequential()
    model.add(L.Conv2D(8, (3, 3), padding="same", input_shape=(48, 48, 3)))
    model.add(L.Activation("relu"))
    model.add(L.BatchNormalization(axis=-1))
    model.add(L.MaxPooling2D(pool_size=(3, 3)))
    model.add(L.Dropout(0.25))
    for filters in [8, 12]:
        for _ in range(2):
            model.add(L.Conv2D(filters, (3, 3), padding="same"))
            model.add(L.Activation("relu"))
            model.add(L.BatchNormalization(axis=-1))
        model.add(L.MaxPooling2D(pool_size=(2, 2)))
        model.add(L.Dropout(0.25))
    model.add(L.Flatten())
    model.add(L.Dense(16))
    model.add(L.Activation("relu"))
    model.add(L.BatchNormalization())
    model.add(L.Dropout(0.5))
    model.add(L.Dense(15))
    model.add(L.Activation("softmax"))
    return model


@architecture(ONE_HOT, "adamax", inputs="unit")
def leaf_with_global_pooling(k):
    L = k.layers
    return k.Sequential(
        [
            k.Input((None, None, 3)),
            L.Conv2D(8, 3, activation="relu"),
            L.MaxPooling2D(2),
            L.SpatialDropout2D(0.2),
            L.Conv2D(12, 3, activation="relu", bias_initializer="ones"),
            L.GlobalMaxPooling2D(),
            L.Dense(6, activation="softmax"),
        ],
        name="leaf-net.v2",
    )


@architecture("binary_crossentropy", "rmsprop", inputs="unit")
def cats_and_dogs_small(k):
    L = k.layers
    model = k.Sequential()
    model.add(L.Conv2D(4, (3, 3), activation="relu", input_shape=(75, 75, 3)))
    model.add(L.MaxPooling2D((2, 2)))
    for filters in [8, 12, 12]:
        model.add(L.Conv2D(filters, (3, 3), activation="relu"))
        model.add(L.MaxPooling2D((2, 2)))
    model.add(L.Flatten())
    model.add(L.Dense(16, activation="relu"))
    model.add(L.Dense(1, activation="sigmoid"))
    return model


@architecture("binary_crossentropy", "momentum", inputs="unit")
def cats_and_dogs_vgg(k):
    L = k.layers
    model = k.Sequential([k.Input((40, 40, 3))])
    for block, filters in enumerate([4, 8, 12], 1):
        for index in range(1, 3):
            model.add(
                L.Conv2D(
                    filters,
                    3,
                    activation="relu",
                    kernel_initializer="he_uniform",
                    padding="same",
                    name=f"block{block}_conv{index}",
                )
            )
        model.add(L.MaxPooling2D((2, 2), strides=(2, 2), name=f"block{block}_pool"))
    model.add(L.Flatten())
    model.add(L.Dense(16, activation="relu", kernel_initializer="he_uniform"))
    model.add(L.Dense(1, activation="sigmoid"))
    return model


@architecture("binary_crossentropy", "adam", inputs="values")
def transfer_mobilenet(k):
    """A frozen base of keras.applications with a head on top."""
    L = k.layers
    base = k.applications.MobileNetV2(
        input_shape=(32, 32, 3), alpha=0.35, include_top=False, weights=None
    )
    base.trainable = False
    return k.Sequential(
        [
            base,
            L.GlobalAveragePooling2D(),
            L.Dropout(0.2),
            L.Dense(8, activation="relu"),
            L.Dense(1, activation="sigmoid"),
        ]
    )


@architecture(LOGITS, "adam", inputs="pixels")
def transfer_with_preprocessing(k):
    """As in the tutorial for transfer learning, which calls the base with training=False."""
    L = k.layers
    base = k.applications.MobileNet(
        input_shape=(32, 32, 3), alpha=0.25, include_top=False, weights=None
    )
    base.trainable = False
    inputs = k.Input((32, 32, 3))
    x = L.Rescaling(scale=1 / 127.5, offset=-1)(inputs)
    x = base(x, training=False)
    x = L.GlobalAveragePooling2D()(x)
    x = L.Dropout(0.2)(x)
    return k.Model(inputs, L.Dense(3)(x))


@architecture(ONE_HOT, "sgd", inputs="values")
def transfer_vgg16(k):
    """The convolutions of VGG16, narrow, with the last block trained, and a new head."""
    L = k.layers
    x = inputs = k.Input((32, 32, 3), name="input_1")
    for block, (filters, count) in enumerate([(4, 2), (6, 2), (8, 3), (8, 3)], 1):
        for index in range(1, count + 1):
            name = f"block{block}_conv{index}"
            x = L.Conv2D(filters, 3, padding="same", activation="relu", name=name)(x)
        x = L.MaxPooling2D(2, strides=2, name=f"block{block}_pool")(x)
    base = k.Model(inputs, x, name="vgg16")
    for layer in base.layers:
        layer.trainable = layer.name.startswith("block4")
    model = k.Sequential(name="top")
    model.add(base)
    model.add(L.Flatten())
    model.add(L.Dense(12, activation="relu"))
    model.add(L.Dense(4, activation="softmax"))
    return model


@architecture(ONE_HOT, "adam", inputs="unit")
def cifar_deep(k):
    L, R = k.layers, k.regularizers
    model = k.Sequential([k.Input((32, 32, 3))])
    for filters, rate in [(6, 0.2), (8, 0.3), (10, 0.4)]:
        for _ in range(2):
            options = dict(kernel_regularizer=R.l2(1e-4), activation="elu")
            model.add(L.Conv2D(filters, 3, padding="same", **options))
            model.add(L.BatchNormalization())
        model.add(L.MaxPooling2D(pool_size=(2, 2)))
        model.add(L.Dropout(rate))
    model.add(L.Flatten())
    model.add(L.Dense(10, activation="softmax"))
    return model


@architecture(SPARSE, "clipped", inputs="unit")
def alexnet_small(k):
    L = k.layers
    return k.Sequential(
        [
            k.Input((67, 67, 3)),
            L.Conv2D(8, 11, strides=4, activation="relu"),
            L.BatchNormalization(),
            L.MaxPooling2D(3, strides=2),
            L.Conv2D(12, 5, padding="same", groups=2, activation="relu"),
            L.BatchNormalization(),
            L.MaxPooling2D(3, strides=2),
            L.Conv2D(12, 3, padding="same", activation="relu"),
            L.Flatten(),
            L.Dense(20, activation="relu"),
            L.Dropout(0.5),
            L.Dense(6, activation="softmax"),
        ]
    )


@architecture("binary_crossentropy", "amsgrad", inputs="unit")
def x_ray_pneumonia(k):
    L = k.layers
    x = inputs = k.Input((48, 48, 1))
    x = L.Conv2D(4, 3, activation="relu", padding="same")(x)
    x = L.MaxPooling2D(2)(x)
    for filters in [6, 8]:
        x = L.SeparableConv2D(filters, 3, activation="relu", padding="same")(x)
        x = L.SeparableConv2D(filters, 3, activation="relu", padding="same", depth_multiplier=2)(x)
        x = L.BatchNormalization()(x)
        x = L.MaxPooling2D(2)(x)
    x = L.Flatten()(L.Dropout(0.2)(x))
    x = L.Dropout(0.7)(L.Dense(12, activation="relu")(x))
    return k.Model(inputs, L.Dense(1, activation="sigmoid")(x))


@architecture(ONE_HOT, "adam", inputs="unit")
def brain_tumour(k):
    L = k.layers
    return k.Sequential(
        [
            L.ZeroPadding2D((2, 2), input_shape=(40, 40, 3)),
            L.Conv2D(8, (7, 7), strides=(1, 1), name="conv0"),
            L.BatchNormalization(axis=3, name="bn0"),
            L.Activation("relu"),
            L.MaxPooling2D((4, 4), name="max_pool0"),
            L.MaxPooling2D((4, 4), name="max_pool1"),
            L.Flatten(),
            L.Dense(4, activation="softmax", name="fc"),
        ],
        name="BrainDetectionModel",
    )


@architecture("mse", "adam", inputs="pixels")
def pilotnet(k):
    L = k.layers
    model = k.Sequential()
    model.add(L.Cropping2D(cropping=((15, 6), (0, 0)), input_shape=(87, 200, 3)))
    model.add(L.Rescaling(1 / 127.5, offset=-1.0))
    for filters in [6, 8, 10]:
        model.add(L.Conv2D(filters, (5, 5), strides=(2, 2), activation="elu"))
    for _ in range(2):
        model.add(L.Conv2D(12, (3, 3), activation="elu"))
    model.add(L.Dropout(0.5))
    model.add(L.Flatten())
    for units in [20, 10, 5]:
        model.add(L.Dense(units, activation="elu"))
    model.add(L.Dense(1))
    return model


@architecture("mse", "adam", inputs="pixels")
def pilotnet_normalized(k):
    """With a BatchNormalization or Normalization of the pixels, as in the paper."""
    L = k.layers
    return k.Sequential(
        [
            k.Input((66, 100, 3)),
            L.Normalization(mean=[110.0, 115.0, 120.0], variance=[4000.0, 4100.0, 4200.0]),
            L.BatchNormalization(epsilon=0.001, axis=-1),
            L.Conv2D(6, 5, strides=2, activation="relu"),
            L.Conv2D(8, 5, strides=2, activation="relu"),
            L.SpatialDropout2D(0.1),
            L.Conv2D(8, 3, activation="relu"),
            L.Flatten(),
            L.Dense(10, activation="relu"),
            L.Dense(1, activation="tanh"),
        ]
    )


@architecture("mse", "adam", inputs="values")
def comma_ai(k):
    L = k.layers
    model = k.Sequential()
    model.add(L.Conv2D(4, (8, 8), strides=(4, 4), padding="same", input_shape=(40, 80, 3)))
    model.add(L.ELU())
    model.add(L.Conv2D(6, (5, 5), strides=(2, 2), padding="same"))
    model.add(L.ELU())
    model.add(L.Conv2D(6, (5, 5), strides=(2, 2), padding="same"))
    model.add(L.Flatten())
    model.add(L.Dropout(0.2))
    model.add(L.ELU())
    model.add(L.Dense(16))
    model.add(L.Dropout(0.5))
    model.add(L.ELU())
    model.add(L.Dense(1))
    return model


@architecture(ONE_HOT, "sgd", inputs="values", batch=3)
def volumes_of_scans(k):
    """The example for CT scans, with a convolution in three dimensions."""
    L = k.layers
    x = inputs = k.Input((16, 16, 12, 1))
    for filters in [4, 6]:
        x = L.Conv3D(filters, 3, padding="same", activation="relu")(x)
        x = L.MaxPooling3D(2)(x)
        x = L.BatchNormalization()(x)
    x = L.GlobalAveragePooling3D()(x)
    x = L.Dropout(0.3)(L.Dense(8, activation="relu")(x))
    return k.Model(inputs, L.Dense(2, activation="softmax")(x), name="3dcnn")


@architecture(ONE_HOT, "adam", inputs="unit", batch=3)
def video_c3d(k):
    L = k.layers
    return k.Sequential(
        [
            k.Input((8, 16, 16, 3)),
            L.Conv3D(4, (3, 3, 3), activation="relu", padding="same"),
            L.MaxPooling3D((1, 2, 2), strides=(1, 2, 2)),
            L.Conv3D(6, 3, activation="relu"),
            L.ZeroPadding3D((0, 1, 1)),
            L.AveragePooling3D((2, 2, 2)),
            L.Flatten(),
            L.Dense(8, activation="relu"),
            L.Dense(5, activation="softmax"),
        ]
    )
