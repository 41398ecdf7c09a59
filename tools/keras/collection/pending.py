"""What Cairn does not read yet. The files are expected to be refused, with a reason."""

from . import architecture

SPARSE = "sparse_categorical_crossentropy"


@architecture("mse", "adam", inputs="pixels", pending="Lambda")
def pilotnet_with_lambda(k):
    L = k.layers
    return k.Sequential(
        [
            L.Lambda(lambda x: x / 127.5 - 1.0, input_shape=(66, 100, 3)),
            L.Conv2D(6, 5, strides=2, activation="elu"),
            L.Conv2D(6, 5, strides=2, activation="elu"),
            L.Flatten(),
            L.Dense(1),
        ]
    )


@architecture("binary_crossentropy", "adam", inputs="unit", pending="Lambda")
def siamese_with_lambda(k):
    L = k.layers
    encoder = k.Sequential([k.Input((12,)), L.Dense(6, activation="relu"), L.Dense(4)])
    left, right = k.Input((12,)), k.Input((12,))
    absolute = k.ops.abs if k.__version__.startswith("3.") else k.backend.abs
    x = L.Lambda(lambda ends: absolute(ends[0] - ends[1]))([encoder(left), encoder(right)])
    return k.Model([left, right], L.Dense(1, activation="sigmoid")(x))


@architecture(SPARSE, "rmsprop", inputs=[20, 25], pending="return_state")
def translation_with_states(k):
    """Sequence to sequence, teacher forced."""
    L = k.layers
    source, target = k.Input((None,)), k.Input((None,))
    _, hidden, cell = L.LSTM(6, return_state=True)(L.Embedding(20, 5, mask_zero=True)(source))
    x = L.Embedding(25, 5, mask_zero=True)(target)
    x, _, _ = L.LSTM(6, return_sequences=True, return_state=True)(x, initial_state=[hidden, cell])
    return k.Model([source, target], L.Dense(25, activation="softmax")(x))


@architecture("binary_crossentropy", "adam", inputs="unit", pending="TimeDistributed of a model")
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
