"""Sensors, stock prices, music, genomes and heartbeats: steps in a row."""

from . import architecture

SPARSE = "sparse_categorical_crossentropy"
ONE_HOT = "categorical_crossentropy"


@architecture(ONE_HOT, "adam")
def activity_lstm(k):
    L = k.layers
    return k.Sequential(
        [
            L.LSTM(12, input_shape=(16, 9)),
            L.Dropout(0.5),
            L.Dense(12, activation="relu"),
            L.Dense(6, activation="softmax"),
        ]
    )


@architecture(ONE_HOT, "adam")
def activity_cnn(k):
    L = k.layers
    model = k.Sequential()
    model.add(L.Conv1D(filters=8, kernel_size=3, activation="relu", input_shape=(24, 9)))
    model.add(L.Conv1D(filters=8, kernel_size=3, activation="relu"))
    model.add(L.Dropout(0.5))
    model.add(L.MaxPooling1D(pool_size=2))
    model.add(L.Flatten())
    model.add(L.Dense(16, activation="relu"))
    model.add(L.Dense(6, activation="softmax"))
    return model


@architecture(ONE_HOT, "adam")
def activity_cnn_lstm(k):
    """Windows of a window: the convolutions are applied to each of them."""
    L = k.layers
    model = k.Sequential()
    model.add(
        L.TimeDistributed(
            L.Conv1D(filters=8, kernel_size=3, activation="relu"), input_shape=(None, 8, 9)
        )
    )
    model.add(L.TimeDistributed(L.Conv1D(filters=8, kernel_size=3, activation="relu")))
    model.add(L.TimeDistributed(L.Dropout(0.5)))
    model.add(L.TimeDistributed(L.MaxPooling1D(pool_size=2)))
    model.add(L.TimeDistributed(L.Flatten()))
    model.add(L.LSTM(10))
    model.add(L.Dropout(0.5))
    model.add(L.Dense(6, activation="softmax"))
    return model


@architecture(ONE_HOT, "rmsprop", batch=3, lost="weights of the layer .*, which are multiplied")
def activity_conv_lstm(k):
    L = k.layers
    model = k.Sequential()
    model.add(
        L.ConvLSTM2D(filters=4, kernel_size=(1, 3), activation="relu", input_shape=(4, 1, 8, 9))
    )
    model.add(L.Dropout(0.5))
    model.add(L.Flatten())
    model.add(L.Dense(8, activation="relu"))
    model.add(L.Dense(6, activation="softmax"))
    return model


@architecture(ONE_HOT, "adam")
def activity_bidirectional(k):
    L = k.layers
    return k.Sequential(
        [
            k.Input((16, 3)),
            L.Bidirectional(L.LSTM(8, return_sequences=True, dropout=0.2)),
            L.Bidirectional(L.LSTM(6)),
            L.Dense(5, activation="softmax"),
        ]
    )


@architecture(ONE_HOT, "rmsprop")
def deep_conv_lstm(k):
    L = k.layers
    return k.Sequential(
        [
            L.BatchNormalization(input_shape=(16, 6)),
            L.Reshape(target_shape=(16, 6, 1)),
            L.Conv2D(4, (5, 1), padding="same", kernel_regularizer=k.regularizers.l2(0.001)),
            L.BatchNormalization(),
            L.Activation("relu"),
            L.Reshape(target_shape=(16, 24)),
            L.Dropout(0.5),
            L.LSTM(8, return_sequences=True),
            L.LSTM(8),
            L.Dense(4, kernel_regularizer=k.regularizers.L1L2(l1=0.001, l2=0.001)),
            L.Activation("softmax"),
        ]
    )


@architecture("mse", "adam")
def stock_stacked_lstm(k):
    L = k.layers
    model = k.Sequential()
    model.add(L.LSTM(units=10, return_sequences=True, input_shape=(20, 1)))
    model.add(L.Dropout(0.2))
    for _ in range(2):
        model.add(L.LSTM(units=10, return_sequences=True))
        model.add(L.Dropout(0.2))
    model.add(L.LSTM(units=10))
    model.add(L.Dropout(0.2))
    model.add(L.Dense(units=1))
    return model


@architecture("mean_squared_error", "momentum")
def stock_gru(k):
    L = k.layers
    model = k.Sequential()
    model.add(L.GRU(units=10, return_sequences=True, input_shape=(20, 1), activation="tanh"))
    model.add(L.Dropout(0.2))
    model.add(L.GRU(units=10, activation="tanh"))
    model.add(L.Dropout(0.2))
    model.add(L.Dense(units=1))
    return model


@architecture(
    "mean_squared_error", "rmsprop", lost="weights of the layer .*, which are multiplied")
def stock_gru_of_keras_1(k):
    """Gates as before reset_after, with the hard sigmoid of old files."""
    L = k.layers
    return k.Sequential(
        [
            k.Input((15, 4)),
            L.GRU(8, reset_after=False, recurrent_activation="hard_sigmoid", return_sequences=True),
            L.GRU(6, reset_after=False, use_bias=False, go_backwards=True),
            L.Dense(1, activation="linear"),
        ]
    )


@architecture(("Huber", {}), "momentum")
def sunspots(k):
    """Convolution, recurrent layers and a scale at the end, as in the course on time series."""
    L = k.layers
    return k.Sequential(
        [
            k.Input((24, 1)),
            L.Conv1D(filters=8, kernel_size=5, strides=1, padding="causal", activation="relu"),
            L.LSTM(8, return_sequences=True),
            L.LSTM(8),
            L.Dense(10, activation="relu"),
            L.Dense(1),
            L.Rescaling(40.0),
        ]
    )


@architecture("mae", "adam")
def stock_conv_lstm(k):
    L = k.layers
    x = inputs = k.Input((20, 5))
    x = L.Conv1D(8, 3, padding="same", activation="relu")(x)
    x = L.MaxPooling1D(2, padding="same")(x)
    x = L.Bidirectional(L.GRU(6, return_sequences=True), merge_mode="ave")(x)
    x = L.LSTM(6, recurrent_dropout=0.1, unroll=False)(x)
    return k.Model(inputs, L.Dense(3)(x))


@architecture("mape", "sgd")
def stock_of_fixed_batches(k):
    """Stateful, with the size of the batch in the file."""
    L = k.layers
    return k.Sequential(
        [
            k.Input(batch_shape=(4, 6, 2)) if k.__name__ == "keras" and k.__version__ > "3" else
            k.Input(batch_size=4, shape=(6, 2)),
            L.LSTM(8, stateful=True, return_sequences=True),
            L.LSTM(6, stateful=True),
            L.Dense(1),
        ]
    )


@architecture("mse", "adam")
def weather_multistep(k):
    """One dense output of all steps, in a shape of its own."""
    L = k.layers
    return k.Sequential(
        [
            k.Input((12, 5)),
            L.LSTM(8, return_sequences=False),
            L.Dense(6 * 5, kernel_initializer=k.initializers.Zeros()),
            L.Reshape([6, 5]),
        ]
    )


@architecture("mse", "adam")
def energy_encoder_decoder(k):
    L = k.layers
    model = k.Sequential()
    model.add(L.LSTM(10, activation="relu", input_shape=(14, 2)))
    model.add(L.RepeatVector(7))
    model.add(L.LSTM(10, activation="relu", return_sequences=True))
    model.add(L.TimeDistributed(L.Dense(8, activation="relu")))
    model.add(L.TimeDistributed(L.Dense(1)))
    return model


@architecture("mse", "adam", inputs="gaps")
def sensors_with_gaps(k):
    L = k.layers
    return k.Sequential(
        [
            L.Masking(mask_value=0.0, input_shape=(10, 4)),
            L.LSTM(8, return_sequences=True),
            L.Dropout(0.2),
            L.GRU(6),
            L.Dense(1),
        ]
    )


@architecture(ONE_HOT, "rmsprop")
def music_lstm(k):
    """The generator of piano notes."""
    L = k.layers
    model = k.Sequential()
    model.add(L.LSTM(12, input_shape=(10, 1), recurrent_dropout=0.3, return_sequences=True))
    model.add(L.LSTM(12, return_sequences=True, recurrent_dropout=0.3))
    model.add(L.LSTM(12))
    model.add(L.BatchNormalization())
    model.add(L.Dropout(0.3))
    model.add(L.Dense(16))
    model.add(L.Activation("relu"))
    model.add(L.BatchNormalization())
    model.add(L.Dropout(0.3))
    model.add(L.Dense(20))
    model.add(L.Activation("softmax"))
    return model


@architecture(("SparseCategoricalCrossentropy", {"from_logits": True}), "adam", inputs=24)
def music_gru_by_characters(k):
    """ABC notation by characters, at every step the next one."""
    L = k.layers
    return k.Sequential(
        [
            k.Input((None,)),
            L.Embedding(24, 8),
            L.GRU(12, return_sequences=True, recurrent_initializer="glorot_uniform"),
            L.Dense(24),
        ]
    )


@architecture(SPARSE, "adam", inputs=24)
def music_wavenet(k):
    L = k.layers
    model = k.Sequential()
    model.add(L.Embedding(24, 8, input_length=16) if not is_3(k) else L.Embedding(24, 8))
    if is_3(k):
        model.build((None, 16))
    for filters, rate in [(6, 1), (8, 2), (10, 4)]:
        model.add(
            L.Conv1D(filters, 3, padding="causal", dilation_rate=rate, activation="relu")
        )
        model.add(L.Dropout(0.2))
        model.add(L.MaxPooling1D(2))
    model.add(L.GlobalMaxPooling1D())
    model.add(L.Dense(12, activation="relu"))
    model.add(L.Dense(24, activation="softmax"))
    return model


@architecture(SPARSE, "adam")
def genres_of_spectrograms(k):
    L = k.layers
    model = k.Sequential()
    model.add(L.Conv2D(6, (3, 3), activation="relu", input_shape=(40, 13, 1)))
    model.add(L.MaxPooling2D((3, 3), strides=(2, 2), padding="same"))
    model.add(L.BatchNormalization())
    model.add(L.Conv2D(6, (3, 3), activation="relu"))
    model.add(L.MaxPooling2D((3, 3), strides=(2, 2), padding="same"))
    model.add(L.BatchNormalization())
    model.add(L.Conv2D(6, (2, 2), activation="relu"))
    model.add(L.MaxPooling2D((2, 2), strides=(2, 2), padding="same"))
    model.add(L.BatchNormalization())
    model.add(L.Flatten())
    model.add(L.Dense(12, activation="relu"))
    model.add(L.Dropout(0.3))
    model.add(L.Dense(10, activation="softmax"))
    return model


@architecture(ONE_HOT, "adam")
def genres_crnn(k):
    """Convolutions on a spectrogram, then recurrent layers along its time."""
    L = k.layers
    x = inputs = k.Input((24, 16, 1), name="melspectrogram")
    x = L.BatchNormalization(axis=2, name="bn_0_freq")(x)
    for filters, pool in [(4, (2, 2)), (6, (4, 2))]:
        x = L.Conv2D(filters, 3, padding="same")(x)
        x = L.Activation("elu")(L.BatchNormalization(axis=3)(x))
        x = L.Dropout(0.1)(L.MaxPooling2D(pool, strides=pool)(x))
    x = L.Permute((2, 1, 3))(x)
    x = L.Reshape((4, 18))(x)
    x = L.GRU(6, return_sequences=True, name="gru1")(x)
    x = L.GRU(6, return_sequences=False, name="gru2")(x)
    return k.Model(inputs, L.Dense(10, activation="softmax", name="output")(x))


@architecture(SPARSE, "adam")
def speech_commands(k):
    L = k.layers
    return k.Sequential(
        [
            k.Input((31, 20, 1)),
            L.Resizing(16, 16),
            L.Normalization(axis=None, mean=0.1, variance=1.3),
            L.Conv2D(6, 3, activation="relu"),
            L.Conv2D(8, 3, activation="relu"),
            L.MaxPooling2D(2),
            L.Dropout(0.25),
            L.Flatten(),
            L.Dense(12, activation="relu"),
            L.Dropout(0.5),
            L.Dense(8, activation="softmax"),
        ]
    )


@architecture("binary_crossentropy", "momentum", inputs="unit")
def deepbind(k):
    L = k.layers
    return k.Sequential(
        [
            k.Input((40, 4)),
            L.Conv1D(8, 11, activation="relu", padding="same"),
            L.GlobalMaxPooling1D(),
            L.Dense(12, activation="relu"),
            L.Dropout(0.5),
            L.Dense(1, activation="sigmoid"),
        ]
    )


@architecture("binary_crossentropy", "momentum", inputs="unit")
def deepsea(k):
    L, C = k.layers, k.constraints
    x = inputs = k.Input((60, 4))
    for filters, pool, rate in [(8, 4, 0.2), (10, 4, 0.2), (12, None, 0.5)]:
        x = L.Conv1D(
            filters,
            8,
            padding="same",
            kernel_constraint=C.MaxNorm(0.9),
            kernel_regularizer=k.regularizers.l2(5e-7),
        )(x)
        x = L.Activation("relu")(x)
        x = L.MaxPooling1D(pool)(x) if pool else x
        x = L.Dropout(rate)(x)
    x = L.Dense(16, activity_regularizer=k.regularizers.l1(1e-8))(L.Flatten()(x))
    x = L.Dense(9, activation="sigmoid")(L.Activation("relu")(x))
    return k.Model(inputs, x)


@architecture("binary_crossentropy", "rmsprop", inputs="unit")
def danq(k):
    L = k.layers
    model = k.Sequential()
    model.add(L.Conv1D(8, 13, activation="relu", padding="valid", input_shape=(60, 4)))
    model.add(L.MaxPooling1D(pool_size=6, strides=6))
    model.add(L.Dropout(0.2))
    model.add(L.Bidirectional(L.LSTM(6, return_sequences=True)))
    model.add(L.Dropout(0.5))
    model.add(L.Flatten())
    model.add(L.Dense(12, activation="relu"))
    model.add(L.Dense(9, activation="sigmoid"))
    return model


@architecture("binary_crossentropy", "adam", inputs="unit")
def basset(k):
    L = k.layers
    model = k.Sequential([k.Input((80, 4))])
    for filters, size, pool in [(8, 19, 3), (10, 11, 4), (10, 7, 4)]:
        model.add(L.Conv1D(filters, size, padding="same", use_bias=False))
        model.add(L.BatchNormalization())
        model.add(L.ReLU())
        model.add(L.MaxPooling1D(pool))
    model.add(L.Flatten())
    model.add(L.Dense(12))
    model.add(L.BatchNormalization())
    model.add(L.Activation("relu"))
    model.add(L.Dropout(0.3))
    model.add(L.Dense(16, activation="sigmoid"))
    return model


@architecture("binary_crossentropy", "adam", inputs="unit")
def splice_sites(k):
    """Residual and dilated, with Cropping1D at the end."""
    L = k.layers
    inputs = k.Input((60, 4))
    x = L.Conv1D(8, 1)(inputs)
    skip = L.Conv1D(8, 1)(x)
    for rate in [1, 4]:
        y = x
        for _ in range(2):
            y = L.Activation("relu")(L.BatchNormalization()(y))
            y = L.Conv1D(8, 5, dilation_rate=rate, padding="same")(y)
        x = L.add([y, x])
        skip = L.add([skip, L.Conv1D(8, 1)(x)])
    skip = L.Cropping1D(20)(skip)
    return k.Model(inputs, L.Conv1D(3, 1, activation="softmax")(skip))


@architecture(("Poisson", {}), "adam", inputs="unit")
def regulatory_profile(k):
    L = k.layers
    inputs = k.Input((48, 4))
    x = L.Conv1D(8, 15, padding="same", activation="gelu")(inputs)
    for rate in [1, 2, 4]:
        y = L.Conv1D(8, 3, padding="same", dilation_rate=rate, activation="relu")(x)
        x = L.Add()([x, L.Dropout(0.3)(L.Conv1D(8, 1)(y))])
    x = L.AveragePooling1D(4)(x)
    return k.Model(inputs, L.Dense(2, activation="softplus")(x))


@architecture(ONE_HOT, "adam")
def heartbeat_resnet(k):
    L = k.layers
    x = inputs = k.Input((64, 1))
    x = L.Conv1D(filters=8, kernel_size=5, strides=1)(x)
    for _ in range(3):
        y = L.Activation("relu")(L.Conv1D(8, 5, padding="same")(x))
        y = L.Conv1D(8, 5, padding="same")(y)
        x = L.Activation("relu")(L.Add()([y, x]))
        x = L.MaxPooling1D(pool_size=5, strides=2)(x)
    x = L.Dense(8, activation="relu")(L.Flatten()(x))
    return k.Model(inputs, L.Dense(5, activation="softmax")(x))


@architecture(SPARSE, "adam")
def time_series_fcn(k):
    L = k.layers
    x = inputs = k.Input((40, 1))
    for filters, size in [(8, 8), (12, 5), (8, 3)]:
        x = L.Conv1D(filters=filters, kernel_size=size, padding="same")(x)
        x = L.ReLU()(L.BatchNormalization()(x))
    return k.Model(inputs, L.Dense(4, activation="softmax")(L.GlobalAveragePooling1D()(x)))


@architecture(ONE_HOT, "adam")
def inception_time(k):
    L = k.layers
    inputs = k.Input((32, 2))
    x = shortcut = inputs
    for depth in range(3):
        narrow = L.Conv1D(4, 1, padding="same", use_bias=False)(x)
        branches = [
            L.Conv1D(4, size, padding="same", use_bias=False)(narrow) for size in [20, 10, 5]
        ]
        pooled = L.MaxPooling1D(pool_size=3, strides=1, padding="same")(x)
        branches.append(L.Conv1D(4, 1, padding="same", use_bias=False)(pooled))
        x = L.Activation("relu")(L.BatchNormalization()(L.Concatenate(axis=2)(branches)))
        if depth == 2:
            shortcut = L.Conv1D(16, 1, padding="same", use_bias=False)(shortcut)
            x = L.Activation("relu")(L.Add()([L.BatchNormalization()(shortcut), x]))
    return k.Model(inputs, L.Dense(5, activation="softmax")(L.GlobalAveragePooling1D()(x)))


@architecture("mse", "adam")
def wavenet(k):
    """Gated and dilated, with skips."""
    L = k.layers
    x = inputs = k.Input((32, 1))
    x = L.Conv1D(8, 2, padding="causal")(x)
    skips = []
    for rate in [1, 2, 4, 8]:
        gate = L.Conv1D(8, 2, padding="causal", dilation_rate=rate, activation="sigmoid")(x)
        value = L.Conv1D(8, 2, padding="causal", dilation_rate=rate, activation="tanh")(x)
        z = L.Conv1D(8, 1)(L.Multiply()([value, gate]))
        skips.append(z)
        x = L.Add()([x, z])
    x = L.Activation("relu")(L.Add()(skips))
    return k.Model(inputs, L.Conv1D(1, 1)(L.Conv1D(8, 1, activation="relu")(x)))


@architecture("mse", "adam")
def temporal_convolutional_network(k):
    L = k.layers
    x = inputs = k.Input((24, 3))
    for filters, rate in [(6, 1), (6, 2), (8, 4)]:
        y = x
        for _ in range(2):
            y = L.Conv1D(
                filters, 3, padding="causal", dilation_rate=rate, kernel_initializer="he_normal"
            )(y)
            y = L.LayerNormalization()(y)
            y = L.SpatialDropout1D(0.1)(L.Activation("relu")(y))
        if x.shape[-1] != filters:
            x = L.Conv1D(filters, 1, padding="same")(x)
        x = L.Activation("relu")(L.add([x, y]))
    return k.Model(inputs, L.Dense(1)(L.GlobalMaxPooling1D()(x)))


@architecture(SPARSE, "adam")
def lstm_fcn(k):
    """The recurrent half sees the series as one step with many features."""
    L = k.layers
    inputs = k.Input((1, 24))
    x = L.Dropout(0.8)(L.LSTM(6)(inputs))
    y = L.Permute((2, 1))(inputs)
    for filters, size in [(8, 8), (8, 5), (6, 3)]:
        y = L.Conv1D(filters, size, padding="same", kernel_initializer="he_uniform")(y)
        y = L.Activation("relu")(L.BatchNormalization()(y))
    x = L.concatenate([x, L.GlobalAveragePooling1D()(y)])
    return k.Model(inputs, L.Dense(4, activation="softmax")(x))


@architecture(SPARSE, "adam", exact=True)
def time_series_transformer(k):
    L = k.layers
    x = inputs = k.Input((20, 1))
    for _ in range(2):
        y = L.MultiHeadAttention(key_dim=8, num_heads=2, dropout=0.25)(x, x)
        y = L.Dropout(0.25)(y)
        x = L.Add()([L.LayerNormalization(epsilon=1e-6)(y), x])
        y = L.Conv1D(filters=4, kernel_size=1, activation="relu")(x)
        y = L.Conv1D(filters=1, kernel_size=1)(L.Dropout(0.25)(y))
        x = L.Add()([L.LayerNormalization(epsilon=1e-6)(y), x])
    x = L.GlobalAveragePooling1D(data_format="channels_last")(x)
    x = L.Dropout(0.4)(L.Dense(8, activation="relu")(x))
    return k.Model(inputs, L.Dense(2, activation="softmax")(x))


@architecture(ONE_HOT, "adam")
def eegnet(k):
    L, C = k.layers, k.constraints
    x = inputs = k.Input((8, 64, 1))
    x = L.Conv2D(4, (1, 16), padding="same", use_bias=False)(x)
    x = L.BatchNormalization()(x)
    x = L.DepthwiseConv2D(
        (8, 1), use_bias=False, depth_multiplier=2, depthwise_constraint=C.MaxNorm(1.0)
    )(x)
    x = L.Activation("elu")(L.BatchNormalization()(x))
    x = L.Dropout(0.5)(L.AveragePooling2D((1, 4))(x))
    x = L.SeparableConv2D(8, (1, 8), use_bias=False, padding="same")(x)
    x = L.Activation("elu")(L.BatchNormalization()(x))
    x = L.Dropout(0.5)(L.AveragePooling2D((1, 8))(x))
    x = L.Dense(4, name="dense", kernel_constraint=C.MaxNorm(0.25))(L.Flatten(name="flatten")(x))
    return k.Model(inputs, L.Activation("softmax", name="softmax")(x))


@architecture("mse", "rmsprop")
def remaining_useful_life(k):
    """Engines: stacked, each time step with its own convolution first."""
    L = k.layers
    return k.Sequential(
        [
            k.Input((15, 6)),
            L.DepthwiseConv1D(3, padding="same", activation="tanh"),
            L.SeparableConv1D(8, 3, padding="same", activation="relu"),
            L.ZeroPadding1D(1),
            L.UpSampling1D(2),
            L.AveragePooling1D(3, 2),
            L.Bidirectional(L.SimpleRNN(5, return_sequences=True), merge_mode="sum"),
            L.LSTM(6),
            L.Dense(1),
        ]
    )


@architecture(("LogCosh", {}), "adagrad")
def house_prices(k):
    """A table with its own Normalization."""
    L = k.layers
    return k.Sequential(
        [
            k.Input((9,)),
            L.Normalization(mean=[0.5 * i for i in range(9)], variance=[1.0 + i for i in range(9)]),
            L.Dense(16, activation="relu"),
            L.Dense(16, activation="leaky_relu") if is_3(k) else L.Dense(16, activation="softsign"),
            L.Dense(1),
        ]
    )


@architecture("binary_crossentropy", "adam")
def diabetes(k):
    L = k.layers
    model = k.Sequential()
    model.add(L.Dense(12, input_dim=8, kernel_initializer="uniform", activation="relu"))
    model.add(L.Dense(8, kernel_initializer="uniform", activation="relu"))
    model.add(L.Dense(1, kernel_initializer="uniform", activation="sigmoid"))
    return model


def is_3(k):
    return k.__version__.startswith("3.")


@architecture("binary_crossentropy", "adam", inputs="unit")
def video_by_frames(k):
    L = k.layers
    frame = k.Sequential(
        [
            k.Input((12, 12, 3)),
            L.Conv2D(4, 3, activation="relu"),
            L.BatchNormalization(),
            L.MaxPooling2D(2),
            L.Flatten(),
        ]
    )
    inputs = k.Input((5, 12, 12, 3))
    x = L.GRU(6)(L.TimeDistributed(frame)(inputs))
    return k.Model(inputs, L.Dense(1, activation="sigmoid")(x))
