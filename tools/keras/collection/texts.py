"""Words: reviews, headlines, tags, translations."""

from . import architecture

SPARSE = "sparse_categorical_crossentropy"


@architecture(("BinaryCrossentropy", {"from_logits": True}), "adam", inputs=50)
def reviews_of_mean_embeddings(k):
    L = k.layers
    return k.Sequential(
        [
            k.Input((None,)),
            L.Embedding(50, 8),
            L.Dropout(0.2),
            L.GlobalAveragePooling1D(),
            L.Dropout(0.2),
            L.Dense(1),
        ]
    )


@architecture("binary_crossentropy", "adam", inputs=50)
def reviews_of_masked_means(k):
    L = k.layers
    return k.Sequential(
        [
            k.Input((14,)),
            L.Embedding(50, 8, mask_zero=True),
            L.GlobalAveragePooling1D(),
            L.Dense(6, activation="relu"),
            L.Dense(1, activation="sigmoid"),
        ]
    )


@architecture("categorical_crossentropy", "adam", inputs=50)
def text_cnn(k):
    L = k.layers
    inputs = k.Input((16,), name="input_text")
    embedded = L.SpatialDropout1D(0.2)(L.Embedding(50, 8)(inputs))
    pooled = []
    for size in [3, 4, 5]:
        x = L.Conv1D(6, size, activation="relu", name=f"conv_{size}")(embedded)
        pooled.append(L.GlobalMaxPooling1D(name=f"pool_{size}")(x))
    x = L.Dropout(0.5)(L.Concatenate()(pooled))
    return k.Model(inputs, L.Dense(4, activation="softmax")(x))


@architecture("categorical_crossentropy", "adam", inputs=50)
def text_cnn_in_two_dimensions(k):
    """As in the code of the paper: the kernels are as wide as the words' vectors."""
    L = k.layers
    inputs = k.Input((16,))
    x = L.Reshape((16, 8, 1))(L.Embedding(50, 8)(inputs))
    pooled = []
    for size in [3, 4]:
        options = dict(kernel_initializer="normal", activation="relu")
        y = L.Conv2D(6, (size, 8), padding="valid", **options)(x)
        pooled.append(L.MaxPooling2D((17 - size, 1), strides=(1, 1), padding="valid")(y))
    x = L.Dropout(0.5)(L.Flatten()(L.Concatenate(axis=1)(pooled)))
    return k.Model(inputs, L.Dense(2, activation="softmax")(x))


@architecture("binary_crossentropy", "adam", inputs=50)
def sentiment_lstm(k):
    L = k.layers
    return k.Sequential(
        [
            k.Input((12,)),
            L.Embedding(50, 8),
            L.SpatialDropout1D(0.4),
            L.LSTM(8, dropout=0.2, recurrent_dropout=0.2),
            L.Dense(1, activation="sigmoid"),
        ]
    )


@architecture("binary_crossentropy", "adam", inputs=50)
def sentiment_bidirectional(k):
    L = k.layers
    inputs = k.Input((None,))
    x = L.Embedding(50, 8)(inputs)
    x = L.Bidirectional(L.LSTM(6, return_sequences=True))(x)
    x = L.Bidirectional(L.LSTM(6))(x)
    return k.Model(inputs, L.Dense(1, activation="sigmoid")(x))


@architecture("binary_crossentropy", "adam", inputs=50)
def sentiment_masked(k):
    L = k.layers
    return k.Sequential(
        [
            k.Input((None,)),
            L.Embedding(input_dim=50, output_dim=8, mask_zero=True),
            L.Bidirectional(L.LSTM(6, return_sequences=True)),
            L.Bidirectional(L.GRU(5)),
            L.Dense(8, activation="relu"),
            L.Dense(1, activation="sigmoid"),
        ]
    )


@architecture("binary_crossentropy", "rmsprop", inputs=50)
def sentiment_cnn_lstm(k):
    L = k.layers
    return k.Sequential(
        [
            k.Input((20,)),
            L.Embedding(50, 8),
            L.Dropout(0.25),
            L.Conv1D(8, 5, padding="valid", activation="relu", strides=1),
            L.MaxPooling1D(pool_size=4),
            L.LSTM(7),
            L.Dense(1),
            L.Activation("sigmoid"),
        ]
    )


@architecture(SPARSE, "adam", inputs=50)
def tags_of_words(k):
    """Entities: one class for each word."""
    L = k.layers
    inputs = k.Input((10,))
    x = L.Embedding(50, 8)(inputs)
    x = L.SpatialDropout1D(0.1)(x)
    x = L.Bidirectional(L.LSTM(6, return_sequences=True, recurrent_dropout=0.1))(x)
    return k.Model(inputs, L.TimeDistributed(L.Dense(5, activation="softmax"))(x))


@architecture(SPARSE, "adam", inputs=50)
def tags_of_masked_words(k):
    L = k.layers
    return k.Sequential(
        [
            k.Input((10,)),
            L.Embedding(50, 8, mask_zero=True),
            L.Bidirectional(L.LSTM(6, return_sequences=True)),
            L.TimeDistributed(L.Dense(8, activation="relu")),
            L.Dense(5, activation="softmax"),
        ]
    )


@architecture("categorical_crossentropy", "adam", inputs=50)
def next_word(k):
    L = k.layers
    model = k.Sequential([k.Input((7,)), L.Embedding(50, 8)])
    model.add(L.Bidirectional(L.LSTM(8, return_sequences=True)))
    model.add(L.Dropout(0.2))
    model.add(L.LSTM(8))
    model.add(L.Dense(25, activation="relu", kernel_regularizer=k.regularizers.l2(0.01)))
    model.add(L.Dense(50, activation="softmax"))
    return model


@architecture("categorical_crossentropy", "rmsprop", inputs="unit")
def next_character(k):
    L = k.layers
    return k.Sequential(
        [k.Input((12, 20)), L.LSTM(12), L.Dense(20, activation="softmax")]
    )


@architecture("categorical_crossentropy", "adam", inputs="unit")
def reuters_topics(k):
    L = k.layers
    model = k.Sequential()
    model.add(L.Dense(32, input_shape=(100,)))
    model.add(L.Activation("relu"))
    model.add(L.Dropout(0.5))
    model.add(L.Dense(12))
    model.add(L.Activation("softmax"))
    return model


@architecture("categorical_crossentropy", "nesterov", inputs="unit")
def chatbot_intents(k):
    L = k.layers
    model = k.Sequential()
    model.add(L.Dense(24, input_shape=(30,), activation="relu"))
    model.add(L.Dropout(0.5))
    model.add(L.Dense(16, activation="relu"))
    model.add(L.Dropout(0.5))
    model.add(L.Dense(8, activation="softmax"))
    return model


@architecture(SPARSE, "adam", inputs=50)
def transformer_encoder(k):
    L = k.layers
    inputs = k.Input((12,))
    x = L.Embedding(50, 8)(inputs)
    y = L.MultiHeadAttention(num_heads=2, key_dim=8)(x, x)
    x = L.LayerNormalization(epsilon=1e-6)(L.Add()([x, L.Dropout(0.1)(y)]))
    y = k.Sequential([k.Input((12, 8)), L.Dense(12, activation="relu"), L.Dense(8)])(x)
    x = L.LayerNormalization(epsilon=1e-6)(L.Add()([x, L.Dropout(0.1)(y)]))
    x = L.Dropout(0.1)(L.GlobalAveragePooling1D()(x))
    x = L.Dropout(0.1)(L.Dense(8, activation="relu")(x))
    return k.Model(inputs, L.Dense(2, activation="softmax")(x))


@architecture("binary_crossentropy", "adam", inputs=50)
def attention_over_steps(k):
    """Attention by hand: a weight for each step by Dense, Softmax and Dot."""
    L = k.layers
    inputs = k.Input((10,))
    x = L.Bidirectional(L.GRU(5, return_sequences=True))(L.Embedding(50, 8)(inputs))
    weights = L.Flatten()(L.Dense(1, activation="tanh")(x))
    weights = L.Activation("softmax")(weights)
    weights = L.Permute([2, 1])(L.RepeatVector(10)(weights))
    x = L.GlobalAveragePooling1D()(L.multiply([x, weights]))
    return k.Model(inputs, L.Dense(1, activation="sigmoid")(x))


@architecture("binary_crossentropy", "adam", inputs=50)
def attention_layer(k):
    """The layer Attention of an LSTM's steps with themselves, and AdditiveAttention."""
    L = k.layers
    inputs = k.Input((10,))
    x = L.LSTM(8, return_sequences=True)(L.Embedding(50, 8)(inputs))
    y = L.Attention()([x, x])
    z = L.AdditiveAttention()([x, y])
    x = L.Concatenate()([L.GlobalAveragePooling1D()(y), L.GlobalMaxPooling1D()(z)])
    return k.Model(inputs, L.Dense(1, activation="sigmoid")(x))


@architecture("binary_crossentropy", "adam", inputs=50)
def characters_cnn(k):
    """Several convolutions of characters, deep, with thresholds."""
    L = k.layers
    model = k.Sequential([k.Input((40,)), L.Embedding(50, 6)])
    for size, pool in [(7, 3), (3, 3)]:
        model.add(L.Conv1D(8, size))
        model.add(L.ReLU(threshold=0.01))
        model.add(L.MaxPooling1D(pool))
    model.add(L.Flatten())
    model.add(L.Dense(8, activation="relu"))
    model.add(L.Dropout(0.5))
    model.add(L.Dense(1, activation="sigmoid"))
    return model


@architecture(
    SPARSE, "rmsprop", inputs=[20, 25], lost="the mask of the input|does not use the mask"
)
def translation_with_states(k):
    """Sequence to sequence, teacher forced."""
    L = k.layers
    source, target = k.Input((None,)), k.Input((None,))
    _, hidden, cell = L.LSTM(6, return_state=True)(L.Embedding(20, 5, mask_zero=True)(source))
    x = L.Embedding(25, 5, mask_zero=True)(target)
    x, _, _ = L.LSTM(6, return_sequences=True, return_state=True)(x, initial_state=[hidden, cell])
    return k.Model([source, target], L.Dense(25, activation="softmax")(x))
