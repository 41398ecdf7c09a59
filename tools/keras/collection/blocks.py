"""The blocks of well-known networks for images, in small networks of their own."""

from . import architecture

SPARSE = "sparse_categorical_crossentropy"
ONE_HOT = "categorical_crossentropy"


def head(k, inputs, x, classes=5):
    return k.Model(inputs, k.layers.Dense(classes, activation="softmax")(x))


@architecture(SPARSE, "adam")
def inception_blocks(k):
    L = k.layers

    def block(x, a, b, c, d):
        one = L.Conv2D(a, 1, activation="relu")(x)
        three = L.Conv2D(b, 3, padding="same", activation="relu")(L.Conv2D(4, 1)(x))
        five = L.Conv2D(c, 5, padding="same", activation="relu")(L.Conv2D(4, 1)(x))
        pool = L.Conv2D(d, 1, activation="relu")(L.MaxPooling2D(3, 1, padding="same")(x))
        return L.concatenate([one, three, five, pool], axis=-1)

    inputs = k.Input((20, 20, 3))
    x = L.MaxPooling2D(2)(L.Conv2D(6, 3, padding="same", activation="relu")(inputs))
    x = block(block(x, 2, 3, 2, 2), 3, 3, 2, 1)
    return head(k, inputs, L.GlobalAveragePooling2D()(x))


@architecture(ONE_HOT, "adam")
def resnet20_v1(k):
    """The example for CIFAR-10, with two blocks in each stack."""
    L = k.layers

    def layer(x, filters, size=3, strides=1, activation="relu", normalized=True):
        x = L.Conv2D(
            filters,
            kernel_size=size,
            strides=strides,
            padding="same",
            kernel_initializer="he_normal",
            kernel_regularizer=k.regularizers.l2(1e-4),
        )(x)
        x = L.BatchNormalization()(x) if normalized else x
        return L.Activation(activation)(x) if activation else x

    inputs = k.Input((16, 16, 3))
    x = layer(inputs, 4)
    for stack, filters in enumerate([4, 8]):
        for block in range(2):
            strides = 2 if stack and not block else 1
            y = layer(layer(x, filters, strides=strides), filters, activation=None)
            if strides == 2:
                x = layer(x, filters, 1, 2, activation=None, normalized=False)
            x = L.Activation("relu")(L.add([x, y]))
    x = L.Flatten()(L.AveragePooling2D(pool_size=8)(x))
    return head(k, inputs, x)


@architecture(SPARSE, "nesterov")
def resnet_v2_bottlenecks(k):
    L = k.layers
    inputs = k.Input((16, 16, 3))
    x = L.Conv2D(8, 3, padding="same")(L.ZeroPadding2D(1)(inputs))
    for filters, strides in [(4, 2), (4, 1), (6, 2)]:
        y = L.Activation("relu")(L.BatchNormalization(epsilon=1.001e-5)(x))
        widened = strides > 1
        shortcut = L.Conv2D(4 * filters, 1, strides=strides)(y) if widened else x
        y = L.Conv2D(filters, 1, use_bias=False)(y)
        y = L.Activation("relu")(L.BatchNormalization(epsilon=1.001e-5)(y))
        y = L.ZeroPadding2D(((1, 1), (1, 1)))(y)
        y = L.Conv2D(filters, 3, strides=strides, use_bias=False)(y)
        y = L.Activation("relu")(L.BatchNormalization(epsilon=1.001e-5)(y))
        x = L.Add()([shortcut, L.Conv2D(4 * filters, 1)(y)])
    return head(k, inputs, L.GlobalAveragePooling2D(name="avg_pool")(x))


@architecture(ONE_HOT, "momentum")
def densenet_blocks(k):
    L = k.layers
    inputs = k.Input((16, 16, 3))
    x = L.Conv2D(8, 3, padding="same", use_bias=False)(inputs)
    for block in range(2):
        for _ in range(3):
            y = L.Activation("relu")(L.BatchNormalization(axis=3, epsilon=1.001e-5)(x))
            y = L.Conv2D(8, 1, use_bias=False)(y)
            y = L.Activation("relu")(L.BatchNormalization(axis=3, epsilon=1.001e-5)(y))
            y = L.Dropout(0.2)(L.Conv2D(4, 3, padding="same", use_bias=False)(y))
            x = L.Concatenate(axis=3)([x, y])
        if block == 0:
            x = L.Activation("relu")(L.BatchNormalization()(x))
            x = L.AveragePooling2D(2, strides=2)(L.Conv2D(10, 1, use_bias=False)(x))
    return head(k, inputs, L.GlobalAveragePooling2D()(x))


@architecture(ONE_HOT, "adam")
def squeezenet(k):
    L = k.layers
    inputs = k.Input((33, 33, 3))
    x = L.Conv2D(8, (3, 3), strides=(2, 2), padding="valid", activation="relu")(inputs)
    x = L.MaxPooling2D(pool_size=(3, 3), strides=(2, 2), name="pool1")(x)
    for fire in [2, 3]:
        x = L.Conv2D(4, 1, activation="relu", name=f"fire{fire}_squeeze1x1")(x)
        left = L.Conv2D(6, 1, activation="relu", name=f"fire{fire}_expand1x1")(x)
        right = L.Conv2D(6, 3, padding="same", activation="relu", name=f"fire{fire}_expand3x3")(x)
        x = L.concatenate([left, right], axis=3, name=f"fire{fire}_concat")
    x = L.Dropout(0.5, name="drop9")(x)
    x = L.Conv2D(5, (1, 1), activation="relu", name="conv10")(x)
    x = L.GlobalAveragePooling2D()(x)
    return k.Model(inputs, L.Activation("softmax", name="loss")(x), name="squeezenet")


@architecture(SPARSE, "rmsprop")
def mobilenet_blocks(k):
    L = k.layers
    inputs = k.Input((20, 20, 3))
    x = L.Conv2D(6, 3, strides=2, padding="same", use_bias=False)(inputs)
    for strides in [1, 2]:
        x = L.ReLU(6.0)(L.BatchNormalization()(x))
        if strides == 2:
            x = L.ZeroPadding2D(((0, 1), (0, 1)))(x)
        padding = "same" if strides == 1 else "valid"
        x = L.DepthwiseConv2D(3, strides=strides, padding=padding, use_bias=False)(x)
        x = L.ReLU(6.0)(L.BatchNormalization()(x))
        x = L.Conv2D(10, 1, padding="same", use_bias=False)(x)
    x = L.GlobalAveragePooling2D(keepdims=True)(x)
    x = L.Conv2D(5, 1, padding="same")(L.Dropout(0.001)(x))
    return k.Model(inputs, L.Activation("softmax")(L.Reshape((5,))(x)))


@architecture(SPARSE, "adam")
def inverted_residuals(k):
    L = k.layers
    x = inputs = k.Input((16, 16, 6))
    for _ in range(2):
        y = L.Conv2D(18, 1, padding="same", use_bias=False, activation=None)(x)
        y = L.ReLU(max_value=6)(L.BatchNormalization(epsilon=1e-3, momentum=0.999)(y))
        y = L.DepthwiseConv2D(3, padding="same", use_bias=False)(y)
        y = L.ReLU(max_value=6)(L.BatchNormalization(epsilon=1e-3, momentum=0.999)(y))
        y = L.BatchNormalization()(L.Conv2D(6, 1, use_bias=False)(y))
        x = L.Add()([x, y])
    return head(k, inputs, L.Flatten()(x))


@architecture(ONE_HOT, "adamw")
def squeeze_and_excitation(k):
    L = k.layers
    x = inputs = k.Input((16, 16, 3))
    x = L.Conv2D(8, 3, padding="same", activation="swish")(x)
    for _ in range(2):
        weights = L.GlobalAveragePooling2D()(x)
        weights = L.Reshape((1, 1, 8))(weights)
        weights = L.Dense(2, activation="swish", use_bias=False)(weights)
        weights = L.Dense(8, activation="sigmoid", use_bias=False)(weights)
        x = L.multiply([x, weights])
        x = L.Conv2D(8, 3, padding="same", activation="swish")(x)
    return head(k, inputs, L.GlobalMaxPooling2D()(x))


@architecture(ONE_HOT, "adam")
def attention_of_channels_and_places(k):
    """The convolutional block attention of CBAM, without Lambda."""
    L = k.layers
    inputs = k.Input((12, 12, 3))
    x = L.Conv2D(8, 3, padding="same", activation="relu")(inputs)
    first = L.Dense(4, activation="relu", kernel_initializer="he_normal")
    second = L.Dense(8, kernel_initializer="he_normal")
    average = second(first(L.Reshape((1, 1, 8))(L.GlobalAveragePooling2D()(x))))
    greatest = second(first(L.Reshape((1, 1, 8))(L.GlobalMaxPooling2D()(x))))
    x = L.multiply([x, L.Activation("sigmoid")(L.Add()([average, greatest]))])
    place = L.Conv2D(1, 7, padding="same", activation="sigmoid", use_bias=False)(x)
    x = L.multiply([x, place])
    return head(k, inputs, L.Flatten()(x))


@architecture(ONE_HOT, "adamw")
def convnext_blocks(k):
    L = k.layers
    inputs = k.Input((16, 16, 3))
    x = L.LayerNormalization(epsilon=1e-6)(L.Conv2D(8, 4, strides=4)(inputs))
    for _ in range(2):
        y = L.Conv2D(8, 3, padding="same", groups=8)(x)
        y = L.LayerNormalization(epsilon=1e-6)(y)
        y = L.Dense(16)(y)
        y = L.Activation("gelu")(y)
        x = L.Add()([x, L.Dense(8)(y)])
    return head(k, inputs, L.LayerNormalization(epsilon=1e-6)(L.GlobalAveragePooling2D()(x)))


@architecture(ONE_HOT, "adam")
def group_normalized(k):
    L = k.layers
    x = inputs = k.Input((16, 16, 3))
    for filters, groups in [(8, 4), (12, 12), (12, 1)]:
        x = L.Conv2D(filters, 3, strides=2, padding="same")(x)
        x = L.GroupNormalization(groups=groups)(x)
        x = L.PReLU(shared_axes=[1, 2])(x)
    x = L.UnitNormalization()(L.GlobalAveragePooling2D()(x))
    return head(k, inputs, x)


@architecture(ONE_HOT, "adam")
def conv_mixer(k):
    L = k.layers
    inputs = k.Input((16, 16, 3))

    def activated(x):
        return L.BatchNormalization()(L.Activation("gelu")(x))

    x = activated(L.Conv2D(8, kernel_size=2, strides=2)(inputs))
    for _ in range(2):
        x = L.Add()([activated(L.DepthwiseConv2D(kernel_size=5, padding="same")(x)), x])
        x = activated(L.Conv2D(8, kernel_size=1)(x))
    return head(k, inputs, L.GlobalAveragePooling2D()(x))


@architecture(ONE_HOT, "adamw")
def mlp_mixer(k):
    L = k.layers
    inputs = k.Input((16, 16, 3))
    x = L.Reshape((16, 8))(L.Conv2D(8, 4, strides=4)(inputs))
    for _ in range(2):
        y = L.Permute((2, 1))(L.LayerNormalization(epsilon=1e-6)(x))
        y = L.Dense(16)(L.Dense(12, activation="gelu")(y))
        x = L.Add()([L.Permute((2, 1))(y), x])
        y = L.LayerNormalization(epsilon=1e-6)(x)
        x = L.Add()([L.Dense(8)(L.Dense(12, activation="gelu")(y)), x])
    return head(k, inputs, L.GlobalAveragePooling1D()(x))


@architecture(ONE_HOT, "adamw")
def vision_transformer(k):
    """Patches by a strided convolution, without places."""
    L = k.layers
    inputs = k.Input((16, 16, 3))
    x = L.Reshape((16, 8))(L.Conv2D(8, 4, strides=4)(inputs))
    for _ in range(2):
        y = L.LayerNormalization(epsilon=1e-6)(x)
        y = L.MultiHeadAttention(num_heads=2, key_dim=4, dropout=0.1)(y, y)
        x = L.Add()([y, x])
        y = L.LayerNormalization(epsilon=1e-6)(x)
        y = L.Dropout(0.1)(L.Dense(8)(L.Dense(16, activation="gelu")(y)))
        x = L.Add()([y, x])
    x = L.Flatten()(L.LayerNormalization(epsilon=1e-6)(x))
    return head(k, inputs, L.Dropout(0.5)(x))


@architecture(ONE_HOT, "adam")
def dilated_context(k):
    """Atrous spatial pyramid pooling as in DeepLab."""
    L = k.layers
    inputs = k.Input((24, 24, 3))
    x = L.Conv2D(8, 3, strides=2, padding="same", activation="relu")(inputs)
    branches = [L.Conv2D(4, 1, padding="same", use_bias=False)(x)]
    for rate in [2, 4]:
        branches.append(L.Conv2D(4, 3, dilation_rate=rate, padding="same", use_bias=False)(x))
    pooled = L.Conv2D(4, 1)(L.AveragePooling2D(pool_size=(12, 12))(x))
    branches.append(L.UpSampling2D(size=(12, 12), interpolation="bilinear")(pooled))
    x = L.BatchNormalization()(L.Concatenate()(branches))
    x = L.Conv2D(3, 1, activation="softmax")(L.UpSampling2D(2, interpolation="bilinear")(x))
    return k.Model(inputs, x)


@architecture(ONE_HOT, "adam")
def capsule_free_maxout(k):
    """Two branches of which the greater counts, and the mean and the product of others."""
    L = k.layers
    inputs = k.Input((14, 14, 2))
    a, b = (L.Conv2D(4, 3, activation="linear")(inputs) for _ in range(2))
    x = L.Maximum()([a, b])
    y = L.Average()([a, L.Minimum()([a, b])])
    x = L.Concatenate()([L.Subtract()([x, y]), L.Multiply()([x, b])])
    return head(k, inputs, L.Flatten()(L.MaxPooling2D(2, padding="same")(x)))
