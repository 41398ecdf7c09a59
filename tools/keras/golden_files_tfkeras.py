#!/usr/bin/env python
"""Files of tf_keras, the last Keras 2, and what it computes from them.

    golden_files_tfkeras.py FOLDER

FOLDER is that of golden_files.py, which has to run first: initial weights and batches are those of
its tiny_expected.npz.
"""

import os
import sys

from golden_arrays import expected  # Before TensorFlow: it fixes threads and kernels.
import numpy as np
import tf_keras as keras

import small_models

OUT = sys.argv[1]
os.chdir(OUT)
os.makedirs("tfkeras", exist_ok=True)
E = np.load("tiny_expected.npz")
X, Y, XT = E["x"], E["y"], E["x_test"]
init = [E[f"w_init/{i}"] for i in range(6)]
TINY = small_models.TINY
MyModel = small_models.model_class(keras, filters=TINY["filters"], units=TINY["units"])
KINDS = {
    "seq": lambda: small_models.sequential(keras, **TINY),
    "fun": lambda: small_models.functional(keras, **TINY),
    "sub": lambda: small_models.subclassed(MyModel, side=TINY["side"]),
}
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

for on, mo in OPTS.items():
    for nm, mk in KINDS.items():
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
