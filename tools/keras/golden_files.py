#!/usr/bin/env python
"""Files of real Keras 3 and what Keras computes from them: golden_files.py FOLDER.

Tests/CheckpointsTests/Fixtures/keras has a choice of them; with CAIRN_KERAS_FIXTURES=FOLDER the
tests go through all.

Every expected-value file is written twice with the same content: NAME.npz (np.savez, members
stored, not deflated) and NAME.expected.h5 (flat HDF5 datasets), so a reader can use either.
"""

import json
import os
import sys

from golden_arrays import expected  # Before TensorFlow: it fixes threads and kernels.
import h5py
import keras
import numpy as np
import tensorflow as tf
from keras import layers

import small_models

OUT = sys.argv[1]
os.chdir(OUT)
CE = lambda: keras.losses.SparseCategoricalCrossentropy(from_logits=True)


# ---------------------------------------------------------------- A. tiny quickstart CNN, 3 model
# kinds
TINY = small_models.TINY
# The class of TensorFlow's quickstart for experts.
MyModel = small_models.model_class(keras, filters=TINY["filters"], units=TINY["units"])
MyModel = keras.saving.register_keras_serializable(package="quickstart")(MyModel)


def tiny_seq():
    return small_models.sequential(keras, **TINY)


def tiny_fun():
    return small_models.functional(keras, **TINY)


def tiny_sub():
    model = MyModel()
    model.build((None, 12, 12, 1))
    model(np.zeros((1, 12, 12, 1), "float32"))
    return model


rng = np.random.RandomState(1234)


def proto_batches(n, bs, hw, classes=10):
    """Learnable toy images: class prototype + noise, already scaled to [0,1] float32."""
    protos = rng.rand(classes, hw, hw, 1)
    y = rng.randint(0, classes, (n, bs))
    x = np.clip(protos[y] * 0.7 + rng.rand(n, bs, hw, hw, 1) * 0.3, 0, 1)
    return x.astype("float32"), y.astype("int64")


def grads_of(m, x, y, loss):
    with tf.GradientTape() as t:
        l = loss(y, m(x, training=True))
    return float(l), [g.numpy() for g in t.gradient(l, [v.value for v in m.trainable_variables])]


def run(m, X, Y, steps):
    out = []
    for i in steps:
        out.append(float(m.train_on_batch(X[i], Y[i], return_dict=True)["loss"]))
        m.reset_metrics()
    return np.array(out, "float32")


W = lambda m: [np.array(v) for v in m.variables if "seed_generator" not in v.path]


def pack(prefix, arrs):
    return {f"{prefix}/{i}": a for i, a in enumerate(arrs)}


keras.utils.set_random_seed(7)
X, Y = proto_batches(15, 8, 12)
XT = proto_batches(1, 6, 12)[0][0]
init = W(tiny_seq())
ref = None
for nm, mk in [("tiny_seq", tiny_seq), ("tiny_fun", tiny_fun), ("tiny_sub", tiny_sub)]:
    keras.backend.clear_session()
    m = mk()
    m.set_weights(init)
    m.save_weights(f"{nm}_init_uncompiled.weights.h5")
    m.compile(keras.optimizers.Adam(), CE(), metrics=["accuracy"])
    l0, g0 = grads_of(m, X[0], Y[0], CE())
    d = {
        "x": X,
        "y": Y,
        "x_test": XT,
        "logits_init": m.predict(XT, verbose=0),
        "loss_step0": np.float32(l0),
    }
    d |= pack("w_init", init) | pack("grad_step0", g0)
    losses = [run(m, X, Y, range(0, 5))]
    d |= pack("w_step5", W(m)) | pack("opt_step5", [np.array(v) for v in m.optimizer.variables])
    d["opt_var_paths"] = np.array([v.path for v in m.optimizer.variables])
    d["var_paths"] = np.array([v.path for v in m.variables])
    d["logits_step5"] = m.predict(XT, verbose=0)
    m.save_weights(f"{nm}_step5.weights.h5")
    m.save(f"{nm}_step5.keras")
    m.save(f"{nm}_step5.h5")
    m.save(f"{nm}_step5_noopt.h5", include_optimizer=False)
    if nm == "tiny_seq":
        m.save_weights(
            f"{nm}_step5_sharded.weights.json", max_shard_size=20 / 1024 / 1024
        )  # 20 KiB shards
    losses.append(run(m, X, Y, range(5, 10)))
    d |= pack("w_step10", W(m)) | pack("opt_step10", [np.array(v) for v in m.optimizer.variables])
    d["logits_step10"] = m.predict(XT, verbose=0)
    m.save_weights(f"{nm}_step10.weights.h5")
    losses.append(run(m, X, Y, range(10, 15)))
    d |= pack("w_step15", W(m)) | pack("opt_step15", [np.array(v) for v in m.optimizer.variables])
    d["logits_step15"] = m.predict(XT, verbose=0)
    d["losses"] = np.concatenate(losses)
    if nm == "tiny_seq":
        expected("tiny_expected", **d)
        ref = d
    else:
        for k in d:
            if not k.endswith("paths"):
                assert np.array_equal(d[k], ref[k]), (nm, k)  # all 3 kinds are bit-identical
print("tiny ok; losses", ref["losses"])


# ---------------------------------------------------------------- B. variety: BN, MaxPool, Dropout,
# no-bias conv, softmax head
def variety(drop=0.25):
    return keras.Sequential(
        [
            keras.Input((12, 12, 1)),
            layers.Conv2D(4, 3, padding="same", activation="relu", name="stem"),
            layers.BatchNormalization(name="bn_a"),
            layers.MaxPooling2D(2),
            layers.Dropout(drop, seed=5),
            layers.Conv2D(6, 3, strides=2, padding="same", use_bias=False),
            layers.BatchNormalization(scale=False, epsilon=1e-5, momentum=0.9),
            layers.Activation("relu"),
            layers.AveragePooling2D(3, strides=1),
            layers.Flatten(),
            layers.Dense(8, activation="tanh"),
            layers.Dropout(drop),
            layers.Dense(10, activation="softmax", name="out"),
        ],
        name="variety",
    )


for nm, drop in [("variety_dropout", 0.25), ("variety_bn", 0.0)]:
    keras.backend.clear_session()
    keras.utils.set_random_seed(11)
    m = variety(drop)
    m.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy", metrics=["accuracy"])
    d = {"x": X, "y": Y, "x_test": XT} | pack("w_init", W(m))
    l1 = run(m, X, Y, range(5))
    d |= pack("w_step5", W(m)) | pack("opt_step5", [np.array(v) for v in m.optimizer.variables])
    d["probs_step5"] = m.predict(XT, verbose=0)
    d["var_paths"] = np.array([v.path for v in m.variables if "seed_generator" not in v.path])
    m.save_weights(f"{nm}_step5.weights.h5")
    m.save(f"{nm}_step5.keras")
    m.save(f"{nm}_step5.h5")
    if drop == 0.0:  # deterministic: resume is checkable
        d["losses"] = np.concatenate([l1, run(m, X, Y, range(5, 10))])
        d |= pack("w_step10", W(m))
        d["probs_step10"] = m.predict(XT, verbose=0)
    expected(f"{nm}_expected", **d)
print("variety ok")

# nested model + functional branch + same-class counters
keras.backend.clear_session()
keras.utils.set_random_seed(3)
inner = keras.Sequential(
    [
        keras.Input((10, 10, 4)),
        layers.MaxPooling2D(),
        layers.Flatten(),
        layers.Dense(6, activation="relu"),
    ],
    name="inner",
)
i = keras.Input((12, 12, 1), name="img")
h = layers.Conv2D(4, 3, activation="relu", name="zeta")(i)
a = inner(h)
b = layers.GlobalAveragePooling2D()(h)
h = layers.Concatenate()([a, b])
o = layers.Dense(10, name="alpha")(h)
m = keras.Model(i, o, name="nested")
m.compile(keras.optimizers.Adam(), CE())
run(m, X, Y, range(3))
m.save_weights("nested_step3.weights.h5")
m.save("nested_step3.keras")
m.save("nested_step3.h5")
expected(
    "nested_expected",
    x_test=XT,
    logits=m.predict(XT, verbose=0),
    var_paths=np.array([v.path for v in m.variables]),
    **pack("w", W(m)),
    **pack("opt", [np.array(v) for v in m.optimizer.variables]),
)

# ---------------------------------------------------------------- C. optimizer zoo on a 2-layer
# dense net
XO, YO = proto_batches(6, 8, 4)


def optimizer_net(dtype=None):
    return keras.Sequential(
        [
            keras.Input((4, 4, 1)),
            layers.Flatten(dtype=dtype),
            layers.Dense(5, activation="relu", dtype=dtype),
            layers.Dense(10, dtype=dtype),
        ],
        name="onet",
    )


OPTS = {
    "sgd": lambda: keras.optimizers.SGD(0.05),
    "sgd_momentum": lambda: keras.optimizers.SGD(0.05, momentum=0.9),
    "sgd_nesterov": lambda: keras.optimizers.SGD(0.05, momentum=0.9, nesterov=True),
    "rmsprop": lambda: keras.optimizers.RMSprop(0.01),
    "rmsprop_momentum": lambda: keras.optimizers.RMSprop(0.01, momentum=0.9),
    "rmsprop_centered": lambda: keras.optimizers.RMSprop(0.01, centered=True),
    "rmsprop_centered_momentum": lambda: keras.optimizers.RMSprop(
        0.01, centered=True, momentum=0.9
    ),
    "adam": lambda: keras.optimizers.Adam(0.01),
    "adam_amsgrad": lambda: keras.optimizers.Adam(0.01, amsgrad=True),
    "adam_clipnorm": lambda: keras.optimizers.Adam(0.01, clipnorm=0.1),
    "adam_globalclip": lambda: keras.optimizers.Adam(0.01, global_clipnorm=0.1),
    "adam_wd": lambda: keras.optimizers.Adam(0.01, weight_decay=0.05),
    "adamw": lambda: keras.optimizers.AdamW(0.01, weight_decay=0.05),
    "adam_ema": lambda: keras.optimizers.Adam(0.01, use_ema=True, ema_momentum=0.9),
    "adam_accum2": lambda: keras.optimizers.Adam(0.01, gradient_accumulation_steps=2),
    "adam_schedule": lambda: keras.optimizers.Adam(
        keras.optimizers.schedules.ExponentialDecay(0.01, 2, 0.9)
    ),
    "adadelta": lambda: keras.optimizers.Adadelta(0.5),
    "adagrad": lambda: keras.optimizers.Adagrad(0.05),
    "nadam": lambda: keras.optimizers.Nadam(0.01),
    "adamax": lambda: keras.optimizers.Adamax(0.01),
}
table = {}
os.makedirs("optimizers", exist_ok=True)
for on, mk in OPTS.items():
    keras.backend.clear_session()
    keras.utils.set_random_seed(21)
    m = optimizer_net()
    m.compile(mk(), CE())
    d = {"x": XO, "y": YO} | pack("w_init", W(m))
    run(m, XO, YO, range(3))
    d |= pack("w_step3", W(m)) | pack("opt_step3", [np.array(v) for v in m.optimizer.variables])
    table[on] = [
        dict(i=i, path=v.path, shape=list(v.shape), dtype=v.dtype)
        for i, v in enumerate(m.optimizer.variables)
    ]
    d["opt_var_paths"] = np.array([v.path for v in m.optimizer.variables])
    m.save_weights(f"optimizers/{on}_step3.weights.h5")
    m.save(f"optimizers/{on}_step3.keras")
    m.save(f"optimizers/{on}_step3.h5")
    run(m, XO, YO, range(3, 6))
    d |= pack("w_step6", W(m)) | pack("opt_step6", [np.array(v) for v in m.optimizer.variables])
    expected(f"optimizers/{on}_expected", **d)
json.dump(table, open("optimizers/variable_order.json", "w"), indent=1)
print("optimizers ok")

# ---------------------------------------------------------------- D. dtype policies
os.makedirs("dtypes", exist_ok=True)
for pol in ["float16", "bfloat16", "float64", "mixed_float16", "mixed_bfloat16"]:
    keras.backend.clear_session()
    keras.utils.set_random_seed(21)
    m = optimizer_net(pol)
    m.compile(keras.optimizers.Adam(0.01), CE(), auto_scale_loss=True)
    run(m, XO, YO, range(3))
    m.save_weights(f"dtypes/{pol}_step3.weights.h5")
    try:
        m.save(f"dtypes/{pol}_step3.h5")
    except Exception as e:
        print("dtype", pol, "legacy .h5 save:", type(e).__name__, str(e)[:200])
    expected(
        f"dtypes/{pol}_expected",
        x=XO,
        y=YO,
        logits=m.predict(XO[0], verbose=0).astype("float32"),
        **pack("w", [w.astype("float64") for w in W(m)]),
        opt_var_paths=np.array(
            [f"{v.path}|{v.dtype}|{tuple(v.shape)}" for v in m.optimizer.variables]
        ),
    )
# global mixed_float16 -> compile() wraps the optimizer in LossScaleOptimizer (nested optimizer
# groups)
keras.backend.clear_session()
keras.utils.set_random_seed(21)
keras.mixed_precision.set_global_policy("mixed_float16")
m = optimizer_net()
m.compile(keras.optimizers.Adam(0.01), CE())
run(m, XO, YO, range(3))
m.save_weights("dtypes/lossscale_mixed_float16_step3.weights.h5")
m.save("dtypes/lossscale_mixed_float16_step3.keras")
expected(
    "dtypes/lossscale_mixed_float16_expected",
    opt_var_paths=np.array([f"{v.path}|{v.dtype}|{tuple(v.shape)}" for v in m.optimizer.variables]),
    **pack("w", W(m)),
    **pack("opt", [np.array(v) for v in m.optimizer.variables]),
)
keras.mixed_precision.set_global_policy("float32")
# ---------------------------------------------------------------- E. chunked attributes (> 64512
# bytes of names) Keras measures numpy "S<maxlen>" nbytes = count * LONGEST name, so one long name
# is enough to trigger chunking.
for nm, nshort, opt in [("chunked_layer_names", 21, "sgd"), ("chunked_optimizer_names", 5, "adam")]:
    keras.backend.clear_session()
    keras.utils.set_random_seed(2)
    m = keras.Sequential(
        [keras.Input((2,)), layers.Dense(1, name="long_" + "x" * 2995)]
        + [layers.Dense(1, name=f"s{i:02d}") for i in range(nshort)],
        name="chunky",
    )
    m.compile(opt, "mse")
    m.train_on_batch(np.ones((1, 2), "float32"), np.ones((1, 1), "float32"))
    m.save(f"{nm}.h5")
    expected(
        f"{nm}_expected",
        x=np.array([[0.5, -1.0]], "float32"),
        y=m.predict(np.array([[0.5, -1.0]], "float32"), verbose=0),
        **pack("w", W(m)),
        **pack("opt", [np.array(v) for v in m.optimizer.variables]),
    )
print(
    "done",
    keras.__version__,
    h5py.__version__,
    h5py.version.hdf5_version,
    np.__version__,
    tf.__version__,
)
