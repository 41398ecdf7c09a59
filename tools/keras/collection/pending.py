"""What Cairn does not read. The files are expected to be refused, with a reason.

That of the network with a Lambda is read, but Keras does not open it without safe_mode=False.
"""

from . import architecture


@architecture("binary_crossentropy", "adam", inputs="unit", pending="Lambda")
def siamese_with_lambda(k):
    L = k.layers
    encoder = k.Sequential([k.Input((12,)), L.Dense(6, activation="relu"), L.Dense(4)])
    left, right = k.Input((12,)), k.Input((12,))
    absolute = k.ops.abs if k.__version__.startswith("3.") else k.backend.abs
    x = L.Lambda(lambda ends: absolute(ends[0] - ends[1]))([encoder(left), encoder(right)])
    return k.Model([left, right], L.Dense(1, activation="sigmoid")(x))


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
