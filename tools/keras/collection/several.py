"""Several inputs or outputs: pairs, tables beside images, recommendations, driving."""

from . import architecture

SPARSE = "sparse_categorical_crossentropy"


@architecture("binary_crossentropy", "adam", inputs="unit")
def siamese_subtracting(k):
    L = k.layers
    encoder = k.Sequential(
        [
            k.Input((16, 16, 1)),
            L.Conv2D(4, 3, activation="relu", kernel_regularizer=k.regularizers.l2(2e-4)),
            L.MaxPooling2D(2),
            L.Conv2D(6, 3, activation="relu"),
            L.Flatten(),
            L.Dense(8, activation="sigmoid"),
        ],
        name="encoder",
    )
    left, right = k.Input((16, 16, 1), name="left"), k.Input((16, 16, 1), name="right")
    difference = L.Subtract()([encoder(left), encoder(right)])
    x = L.Multiply()([difference, difference])
    return k.Model([left, right], L.Dense(1, activation="sigmoid")(x))


@architecture("binary_crossentropy", "rmsprop", inputs=[30, 30])
def siamese_of_questions(k):
    L = k.layers
    embedding, recurrent = L.Embedding(30, 6, mask_zero=True), L.LSTM(6)
    a, b = k.Input((8,), name="question1"), k.Input((8,), name="question2")
    x, y = recurrent(embedding(a)), recurrent(embedding(b))
    x = L.concatenate([x, y, L.multiply([x, y])])
    x = L.BatchNormalization()(L.Dense(8, activation="relu")(x))
    return k.Model([a, b], L.Dense(1, activation="sigmoid")(x))


@architecture("mse", "adam", inputs=[20, 30])
def recommender_of_dot_products(k):
    L = k.layers
    user, item = k.Input((1,), name="user"), k.Input((1,), name="item")
    options = dict(
        embeddings_initializer="he_normal", embeddings_regularizer=k.regularizers.l2(1e-6)
    )
    x = L.Flatten()(L.Embedding(20, 5, name="user_embedding", **options)(user))
    y = L.Flatten()(L.Embedding(30, 5, name="item_embedding", **options)(item))
    return k.Model([user, item], L.Dot(axes=1)([x, y]))


@architecture("binary_crossentropy", "adam", inputs=[20, 30])
def recommender_neural(k):
    """Neural collaborative filtering."""
    L = k.layers
    user, item = k.Input((1,), name="user_input"), k.Input((1,), name="item_input")

    def embedded(x, count, size, name):
        return L.Flatten()(L.Embedding(count, size, name=name)(x))

    product = L.Multiply()([embedded(user, 20, 4, "mf_user"), embedded(item, 30, 4, "mf_item")])
    x = L.Concatenate()([embedded(user, 20, 6, "mlp_user"), embedded(item, 30, 6, "mlp_item")])
    for units in [8, 4]:
        x = L.Dropout(0.2)(L.Dense(units, activation="relu")(x))
    x = L.Concatenate()([product, x])
    return k.Model([user, item], L.Dense(1, activation="sigmoid", name="prediction")(x))


@architecture("binary_crossentropy", "adam", inputs=[20, 30])
def recommender_with_biases(k):
    L = k.layers
    user, item = k.Input((1,), name="user"), k.Input((1,), name="item")
    x, y = L.Embedding(20, 5)(user), L.Embedding(30, 5)(item)
    dot = L.Dot(axes=2, normalize=True)([x, y])
    x = L.Add()([L.Flatten()(dot), L.Flatten()(L.Embedding(20, 1)(user))])
    return k.Model([user, item], L.Activation("sigmoid")(x))


@architecture(["mse", "mse"], "adam", inputs="unit", loss_weights=[0.5, 0.5])
def donkey_linear(k):
    L = k.layers
    x = inputs = k.Input((60, 80, 3), name="img_in")
    for index, (filters, size, strides) in enumerate([(6, 5, 2), (8, 5, 2), (8, 3, 2)], 1):
        x = L.Conv2D(
            filters, size, strides=strides, activation="relu", name=f"conv2d_{index}"
        )(x)
        x = L.Dropout(0.2)(x)
    x = L.Flatten(name="flattened")(x)
    x = L.Dropout(0.2)(L.Dense(16, activation="relu", name="dense_1")(x))
    outputs = [L.Dense(1, activation="linear", name=f"n_outputs{index}")(x) for index in range(2)]
    return k.Model(inputs, outputs, name="linear")


@architecture(
    ["categorical_crossentropy", "mse"], "adam", inputs="unit", loss_weights=[0.9, 0.01]
)
def donkey_categorical(k):
    L = k.layers
    x = inputs = k.Input((48, 64, 3), name="img_in")
    x = L.Cropping2D(((8, 0), (0, 0)))(x)
    x = L.BatchNormalization()(x)
    for filters in [4, 6]:
        x = L.Conv2D(filters, 5, strides=2, activation="relu")(x)
    x = L.Flatten()(x)
    x = L.Dropout(0.1)(L.Dense(12, activation="relu")(x))
    angle = L.Dense(15, activation="softmax", name="angle_out")(x)
    throttle = L.Dense(1, activation="relu", name="throttle_out")(x)
    return k.Model(inputs, [angle, throttle])


@architecture("mse", "adam", inputs=["unit", "values"])
def driving_with_speed(k):
    L = k.layers
    image, speed = k.Input((24, 40, 3), name="image"), k.Input((1,), name="speed")
    x = L.Conv2D(6, 5, strides=3, activation="elu")(image)
    x = L.Flatten()(L.Conv2D(6, 3, strides=2, activation="elu")(x))
    x = L.concatenate([L.Dense(8, activation="elu")(x), L.Dense(3)(speed)])
    return k.Model([image, speed], L.Dense(2)(x))


@architecture(
    {"age": "mae", "gender": "binary_crossentropy"},
    "adam",
    inputs="unit",
    loss_weights={"age": 0.25, "gender": 10.0},
)
def age_and_gender(k):
    L = k.layers
    x = inputs = k.Input((32, 32, 1))
    for filters in [4, 6, 8]:
        x = L.MaxPooling2D(2)(L.Conv2D(filters, 3, activation="relu")(x))
    x = L.Flatten()(x)
    gender = L.Dropout(0.4)(L.Dense(8, activation="relu")(x))
    age = L.Dropout(0.4)(L.Dense(8, activation="relu")(x))
    outputs = [
        L.Dense(1, activation="sigmoid", name="gender")(gender),
        L.Dense(1, activation="relu", name="age")(age),
    ]
    return k.Model(inputs, outputs)


@architecture([SPARSE, "mse"], "sgd", inputs="unit", loss_weights=[1.0, 5.0])
def class_and_box(k):
    L = k.layers
    x = inputs = k.Input((32, 32, 3))
    for filters in [4, 8]:
        x = L.Conv2D(filters, 3, strides=2, padding="same", use_bias=False)(x)
        x = L.LeakyReLU(0.1)(L.BatchNormalization()(x))
    x = L.GlobalAveragePooling2D()(x)
    label = L.Dense(5, activation="softmax", name="class_label")(x)
    box = L.Dense(4, activation="sigmoid", name="bounding_box")(L.Dense(8, activation="relu")(x))
    return k.Model(inputs, [label, box])


@architecture(["categorical_crossentropy"] * 4, "adam", inputs="unit")
def captcha(k):
    """One output for each character."""
    L = k.layers
    x = inputs = k.Input((20, 40, 1))
    for filters in [4, 6]:
        x = L.Conv2D(filters, 3, padding="same", activation="relu")(x)
        x = L.MaxPooling2D(padding="same")(x)
    x = L.Flatten()(L.BatchNormalization()(x))
    outputs = []
    for index in range(4):
        y = L.Dropout(0.5)(L.Dense(8, activation="relu")(x))
        outputs.append(L.Dense(12, activation="sigmoid", name=f"digit{index + 1}")(y))
    return k.Model(inputs, outputs)


@architecture(["mse", "categorical_crossentropy"], "momentum", inputs="values")
def board_with_policy_and_value(k):
    L = k.layers
    inputs = k.Input((6, 7))
    x = L.Reshape((6, 7, 1))(inputs)
    x = L.Activation("relu")(L.BatchNormalization(axis=3)(L.Conv2D(6, 3, padding="same")(x)))
    x = L.Activation("relu")(L.BatchNormalization(axis=3)(L.Conv2D(6, 3, padding="valid")(x)))
    x = L.Flatten()(x)
    x = L.Dropout(0.3)(L.Activation("relu")(L.BatchNormalization(axis=1)(L.Dense(12)(x))))
    policy = L.Dense(7, activation="softmax", name="pi")(x)
    return k.Model(inputs=inputs, outputs=[L.Dense(1, activation="tanh", name="v")(x), policy])


@architecture("mse", "adam")
def critic_of_states_and_actions(k):
    L = k.layers
    state, action = k.Input((3,)), k.Input((1,))
    x = L.Dense(12, activation="relu")(L.Dense(8, activation="relu")(state))
    x = L.Concatenate()([x, L.Dense(12, activation="relu")(action)])
    return k.Model([state, action], L.Dense(1)(L.Dense(12, activation="relu")(x)))


@architecture([SPARSE, "mse"], "rmsprop")
def actor_and_critic(k):
    L = k.layers
    inputs = k.Input(shape=(4,))
    common = L.Dense(16, activation="relu")(inputs)
    return k.Model(inputs, [L.Dense(2, activation="softmax")(common), L.Dense(1)(common)])


@architecture("binary_crossentropy", "adagrad", inputs=["values", 6, 9])
def wide_and_deep(k):
    """A table of numbers and categories."""
    L = k.layers
    numbers = k.Input((5,), name="numbers")
    kind, city = k.Input((1,), name="kind"), k.Input((1,), name="city")
    one_hot = L.CategoryEncoding(num_tokens=6, output_mode="one_hot")(kind)
    embedded = L.Flatten()(L.Embedding(9, 3)(city))
    deep = L.Dense(8, activation="relu")(L.concatenate([L.BatchNormalization()(numbers), embedded]))
    x = L.concatenate([L.Dropout(0.3)(deep), one_hot])
    return k.Model([numbers, kind, city], L.Dense(1, activation="sigmoid")(x))


@architecture(["binary_crossentropy", "mse"], "adam", inputs=["gaps", "values"])
def prices_with_an_auxiliary_output(k):
    L = k.layers
    steps, others = k.Input((10, 3), name="history"), k.Input((4,), name="others")
    x = L.LSTM(6, name="lstm_0")(steps)
    x = L.Dropout(0.2, name="lstm_dropout_0")(x)
    early = L.Dense(1, activation="sigmoid", name="aux_output")(x)
    x = L.concatenate([x, others], name="concatenate")
    x = L.Activation("sigmoid")(L.Dense(8)(x))
    return k.Model([steps, others], [early, L.Dense(1, activation="linear", name="main_output")(x)])


@architecture(SPARSE, "adam", inputs=[40, "unit"])
def captions_by_merging(k):
    """A photo's features and the words so far give the next word."""
    L = k.layers
    features, words = k.Input((24,), name="features"), k.Input((9,), name="words")
    x = L.Dense(8, activation="relu")(L.Dropout(0.5)(features))
    y = L.LSTM(8)(L.Dropout(0.5)(L.Embedding(40, 8, mask_zero=True)(words)))
    x = L.Dense(8, activation="relu")(L.add([x, y]))
    # The order of the inputs is not that in which they were made.
    return k.Model([words, features], L.Dense(40, activation="softmax")(x))


@architecture("mse", "adam", inputs=["values", "values"])
def attention_of_two_sequences(k):
    L = k.layers
    query, value = k.Input((6, 4), name="query"), k.Input((9, 4), name="value")
    x = L.MultiHeadAttention(num_heads=2, key_dim=3, output_shape=5)(query, value)
    y = L.Attention(use_scale=True)([query, value])
    x = L.Concatenate()([L.Flatten()(x), L.Flatten()(y)])
    return k.Model([query, value], L.Dense(2)(x))


@architecture(["binary_crossentropy", "binary_crossentropy"], "adam", inputs="unit")
def unet_with_deep_supervision(k):
    L = k.layers
    inputs = k.Input((16, 16, 3))
    x = L.Conv2D(4, 3, activation="relu", padding="same")(inputs)
    y = L.Conv2D(6, 3, activation="relu", padding="same")(L.MaxPooling2D(2)(x))
    coarse = L.Conv2D(1, 1, activation="sigmoid", name="coarse")(y)
    y = L.Conv2DTranspose(4, 2, strides=2)(y)
    # The gate of an attention U-Net.
    gate = L.Conv2D(1, 1, activation="sigmoid")(L.Activation("relu")(L.add([x, y])))
    y = L.concatenate([y, L.multiply([x, gate])])
    return k.Model(inputs, [L.Conv2D(1, 1, activation="sigmoid", name="fine")(y), coarse])
