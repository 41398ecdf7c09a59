#!/usr/bin/env python
"""Keras-2 line fixtures (tf_keras). Run: PYTHONPATH=<dir with tf_keras> python
gen_fixtures_tfkeras.py (pip install --no-deps --target DIR tf_keras). Uses the SAME initial weights
and batches as tiny_expected.npz."""

import sys, os, logging, warnings

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["OMP_NUM_THREADS"] = "1"
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"
import numpy as np, h5py, tensorflow as tf

tf.config.threading.set_intra_op_parallelism_threads(1)
tf.config.threading.set_inter_op_parallelism_threads(1)
import tf_keras as keras
from tf_keras import layers

warnings.filterwarnings("ignore")
tf.get_logger().setLevel("ERROR")
OUT = sys.argv[1]
os.chdir(OUT)
os.makedirs("tfkeras", exist_ok=True)
E = np.load("tiny_expected.npz")
X, Y, XT = E["x"], E["y"], E["x_test"]
init = [E[f"w_init/{i}"] for i in range(6)]
mkL = lambda: dict(
    conv1=layers.Conv2D(4, 3, activation="relu"),
    flatten=layers.Flatten(),
    d1=layers.Dense(8, activation="relu"),
    d2=layers.Dense(10),
)


def seq():
    return keras.Sequential([keras.Input((12, 12, 1)), *mkL().values()])


def fun():
    i = h = keras.Input((12, 12, 1))
    for l in mkL().values():
        h = l(h)
    return keras.Model(i, h)


class MyModel(keras.Model):
    def __init__(self, **kw):
        super().__init__(**kw)
        for k, l in mkL().items():
            setattr(self, k, l)

    def call(self, x):
        return self.d2(self.d1(self.flatten(self.conv1(x))))


def sub():
    m = MyModel()
    m(np.zeros((1, 12, 12, 1), "float32"))
    return m


O, L = keras.optimizers, keras.optimizers.legacy
OPTS = {
    "adam": lambda: O.Adam(),
    "sgd": lambda: O.SGD(0.05),
    "sgd_momentum": lambda: O.SGD(0.05, momentum=0.9),
    "rmsprop": lambda: O.RMSprop(),
    "rmsprop_centered_momentum": lambda: O.RMSprop(momentum=0.9, centered=True),
    "legacy_adam": lambda: L.Adam(),
    "legacy_sgd_momentum": lambda: L.SGD(0.05, momentum=0.9),
    "legacy_rmsprop": lambda: L.RMSprop(),
}


def expected(name, **arrs):
    np.savez(f"{name}.npz", **arrs)
    with h5py.File(f"{name}.expected.h5", "w") as f:
        for k, v in arrs.items():
            v = np.asarray(v)
            if v.dtype.kind in "US":
                f.create_dataset(k, data=[str(s) for s in v.ravel()], dtype=h5py.string_dtype())
            else:
                f.create_dataset(k, data=v)


for on, mo in OPTS.items():
    for nm, mk in [("seq", seq), ("fun", fun), ("sub", sub)]:
        if on != "adam" and nm != "seq":
            continue
        keras.backend.clear_session()
        m = mk()
        m.set_weights(init)
        m.compile(
            mo(), keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"]
        )
        for i in range(5):
            m.train_on_batch(X[i], Y[i])
        b = f"tfkeras/{nm}_{on}_step5"
        m.save_weights(b + ".weights.h5")
        m.save_weights(b + "_weightsonly.h5")
        m.save(b + ".keras")
        if nm != "sub":
            m.save(b + ".h5")
        ov = m.optimizer.variables
        ov = ov() if callable(ov) else ov
        d = {
            "opt_var_names": np.array([v.name for v in ov]),
            "logits_step5": m.predict(XT, verbose=0),
        }
        d |= {f"w_step5/{i}": w for i, w in enumerate(m.get_weights())} | {
            f"opt_step5/{i}": v.numpy() for i, v in enumerate(ov)
        }
        for i in range(5, 10):
            m.train_on_batch(X[i], Y[i])
        d |= {f"w_step10/{i}": w for i, w in enumerate(m.get_weights())}
        expected(f"tfkeras/{nm}_{on}_expected", **d)
        if on == "adam":
            print(
                nm,
                "max |w - keras3| step10:",
                max(np.abs(w - E[f"w_step10/{i}"]).max() for i, w in enumerate(m.get_weights())),
            )
        if nm == "seq":
            print(on, [v.name + str(tuple(v.shape)) for v in ov])
print(keras.__version__)
