#!/usr/bin/env python3
"""Writes what real Keras computes with optimizers, schedules, losses and metrics.

* Tests/NeuralNetworkTests/Fixtures/optimizers.h5: optimizers with all their options step by step,
  schedules, losses with their reductions and gradients, metrics after each batch, and what
  `compile` writes into files.
* Tests/NeuralNetworkTests/Fixtures/optimizers/*.h5: 20 optimizers, each stopped after three steps
  of a small model and resumed for three more; compile_configs.json has their configurations.
"""

import itertools
import json
import tempfile
import zipfile

import golden
import h5py
import keras
import numpy as np
import tensorflow as tf

STEPS = 7
schedules = keras.optimizers.schedules

SCHEDULES = {
    "exponential": lambda: schedules.ExponentialDecay(0.1, 3, 0.9),
    "exponential_staircase": lambda: schedules.ExponentialDecay(0.1, 3, 0.8, staircase=True),
    "piecewise": lambda: schedules.PiecewiseConstantDecay([2, 5], [0.1, 0.05, 0.02]),
    "piecewise_four": lambda: schedules.PiecewiseConstantDecay([1, 3, 30], [1.0, 0.5, 0.25, 0.1]),
    "polynomial": lambda: schedules.PolynomialDecay(0.1, 10),
    "polynomial_root": lambda: schedules.PolynomialDecay(0.1, 10, 0.01, power=0.5),
    "polynomial_cycle": lambda: schedules.PolynomialDecay(0.1, 7, 0.01, power=2.0, cycle=True),
    "inverse_time": lambda: schedules.InverseTimeDecay(0.1, 4, 0.5),
    "inverse_time_staircase": lambda: schedules.InverseTimeDecay(0.1, 4, 0.5, staircase=True),
    "cosine": lambda: schedules.CosineDecay(0.1, 20),
    "cosine_alpha": lambda: schedules.CosineDecay(0.1, 20, alpha=0.1),
    "cosine_warmup": lambda: schedules.CosineDecay(0.0, 20, warmup_target=0.1, warmup_steps=6),
    "restarts": lambda: schedules.CosineDecayRestarts(0.1, 5),
    "restarts_longer": lambda: schedules.CosineDecayRestarts(
        0.1, 4, t_mul=1.5, m_mul=0.8, alpha=0.1
    ),
    "restarts_even": lambda: schedules.CosineDecayRestarts(0.1, 6, t_mul=1.0, m_mul=0.5),
}

# What is done beside the rule, in ways that act on each other.
COMMON = {
    "plain": {},
    "decay": {"weight_decay": 0.05},
    "clipnorm": {"clipnorm": 0.6},
    "clipvalue": {"clipvalue": 0.3},
    "global_clipnorm": {"global_clipnorm": 1.0},
    "global_clipnorm_beyond": {"global_clipnorm": 100.0},
    "ema": {"use_ema": True, "ema_momentum": 0.9},
    "ema_overwrite": {"use_ema": True, "ema_momentum": 0.8, "ema_overwrite_frequency": 2},
    "accumulate": {"gradient_accumulation_steps": 3},
    "accumulate_clip_decay": {
        "gradient_accumulation_steps": 2,
        "clipnorm": 0.4,
        "weight_decay": 0.02,
    },
    "ema_accumulate": {
        "use_ema": True,
        "ema_momentum": 0.7,
        "ema_overwrite_frequency": 2,
        "gradient_accumulation_steps": 2,
        "global_clipnorm": 0.8,
    },
}

RULES = {
    "sgd": ("SGD", {"learning_rate": 0.1}),
    "sgd_nesterov": ("SGD", {"learning_rate": 0.1, "momentum": 0.9, "nesterov": True}),
    "rmsprop": (
        "RMSprop",
        {"learning_rate": 0.02, "rho": 0.8, "momentum": 0.5, "centered": True},
    ),
    "adam": ("Adam", {"learning_rate": 0.05}),
    "adamw_amsgrad": ("AdamW", {"learning_rate": 0.05, "amsgrad": True}),
    "adamax": ("Adamax", {"learning_rate": 0.05, "beta_2": 0.9}),
    "nadam": ("Nadam", {"learning_rate": 0.05, "epsilon": 1e-4}),
    "adadelta": ("Adadelta", {"learning_rate": 0.5, "rho": 0.8, "epsilon": 1e-4}),
    "adagrad": ("Adagrad", {"learning_rate": 0.1, "initial_accumulator_value": 0.3}),
}


def values(random, shape):
    """Multiples of 1/64, which are exact in float32."""
    return (np.round(random.normal(size=shape) * 64) / 64).astype(np.float32)


def write_optimizer(fixture, name, optimizer, excluded=None):
    random = np.random.RandomState(len(name))
    initial = [values(random, (3, 4)), values(random, (4,))]
    gradients = [[values(random, v.shape) for v in initial] for _ in range(STEPS)]
    variables = [keras.Variable(v, name=n) for v, n in zip(initial, ["kernel", "bias"])]
    group = f"optimizers/{name}"
    fixture.json(group, "config", keras.optimizers.serialize(optimizer))
    if excluded:
        optimizer.exclude_from_weight_decay(var_names=[excluded])
        fixture.text(group, "excluded", excluded)
    optimizer.build(variables)
    fixture.array(f"{group}/initial", flat(initial))
    fixture.json(group, "variable_names", [v.path for v in optimizer.variables])
    weights, states = [], []
    for gradient in gradients:
        optimizer.apply([tf.constant(g) for g in gradient], variables)
        weights.append(flat(v.numpy() for v in variables))
        states.append(flat(v.numpy() for v in optimizer.variables))
    optimizer.finalize_variable_values(variables)
    fixture.array(f"{group}/gradients", np.array([flat(gradient) for gradient in gradients]))
    fixture.array(f"{group}/weights", np.array(weights))
    fixture.array(f"{group}/states", np.array(states))
    fixture.array(f"{group}/final", flat(v.numpy() for v in variables))


def flat(arrays):
    """Returns the elements of arrays one after another: each dataset costs half a kilobyte."""
    return np.concatenate([np.ravel(array).astype(np.float32) for array in arrays])


def write_optimizers(fixture):
    for (rule, (class_name, own)), (option, common) in itertools.product(
        RULES.items(), COMMON.items()
    ):
        # Every rule with the options that act on its state; every option with Adam.
        if rule != "adam" and option not in ["plain", "ema_accumulate"]:
            continue
        optimizer = getattr(keras.optimizers, class_name)(**own, **common)
        write_optimizer(fixture, f"{rule}_{option}", optimizer)
    for name in ["cosine_warmup", "piecewise", "restarts_longer"]:
        optimizer = keras.optimizers.Adam(SCHEDULES[name](), gradient_accumulation_steps=2)
        write_optimizer(fixture, f"adam_{name}", optimizer)
    optimizer = keras.optimizers.SGD(SCHEDULES["exponential"](), weight_decay=0.1, momentum=0.5)
    write_optimizer(fixture, "sgd_exponential_decay", optimizer)
    optimizer = keras.optimizers.AdamW(0.05, weight_decay=0.2)
    write_optimizer(fixture, "adamw_excluded", optimizer, excluded="bias")


def write_schedules(fixture):
    steps = np.concatenate([np.arange(64), [100, 1000, 123456]]).astype(np.int64)
    for name, make in SCHEDULES.items():
        schedule = make()
        fixture.json(f"schedules/{name}", "config", schedules.serialize(schedule))
        fixture.array(f"schedules/{name}/steps", steps)
        rates = [float(schedule(tf.constant(step, tf.int64))) for step in steps]
        fixture.array(f"schedules/{name}/rates", np.array(rates, np.float32))


def loss_cases():
    """Yields (name, loss, labels, predictions)."""
    losses = keras.losses
    random = np.random.RandomState(5)
    real, other = values(random, (5, 4)), values(random, (5, 4))
    probabilities = random.uniform(0.02, 0.98, (5, 4)).astype(np.float32)
    # At the edges, where logarithms are cut off and slopes are 0.
    probabilities[0] = [0, 1, 1e-9, 0.5]
    binary = random.randint(0, 2, (5, 4)).astype(np.float32)
    classes = random.randint(0, 4, 5)
    one_hot = np.eye(4, dtype=np.float32)[classes]
    distribution = tf.nn.softmax(real).numpy()
    predicted = tf.nn.softmax(other).numpy()
    image = (values(random, (2, 3, 3, 2)), values(random, (2, 3, 3, 2)))

    for reduction in ["sum_over_batch_size", "sum", "none", None, "mean"]:
        loss = losses.MeanSquaredError(reduction=reduction)
        yield f"squared_{reduction}", loss, real, other
    yield "squared_images", losses.MeanSquaredError(), *image
    yield "squared_columns", losses.MeanSquaredError(), real[:, 0], other[:, :1]
    yield "squared_flat", losses.MeanSquaredError(), real[:, :1], other[:, 0]
    yield "absolute", losses.MeanAbsoluteError(), real, other
    yield "absolute_equal", losses.MeanAbsoluteError(), real, np.where(binary, real, other)
    yield "percentage", losses.MeanAbsolutePercentageError(), real, other
    yield "logarithmic", losses.MeanSquaredLogarithmicError(), np.abs(real), other
    yield "huber", losses.Huber(), real, other
    yield "huber_sum", losses.Huber(delta=0.5, reduction="sum"), real, other
    yield "log_cosh", losses.LogCosh(), real, 3 * other
    yield "binary", losses.BinaryCrossentropy(), binary, probabilities
    yield "binary_smoothed", losses.BinaryCrossentropy(label_smoothing=0.2), binary, probabilities
    yield "binary_logits", losses.BinaryCrossentropy(from_logits=True), binary, 20 * other
    for gamma, balanced, logits in [(2.0, False, False), (1.5, True, False), (3.0, True, True)]:
        loss = losses.BinaryFocalCrossentropy(
            apply_class_balancing=balanced, alpha=0.3, gamma=gamma, from_logits=logits
        )
        outputs = other if logits else probabilities[1:]
        yield f"focal_{gamma}", loss, binary if logits else binary[1:], outputs
    yield "divergence", losses.KLDivergence(), distribution, predicted
    yield "divergence_edges", losses.KLDivergence(), one_hot, probabilities
    yield "poisson", losses.Poisson(), np.abs(real), np.abs(other) + 0.25
    yield "hinge", losses.Hinge(), 2 * binary - 1, other
    yield "hinge_binary", losses.Hinge(), binary, other
    yield "hinge_real", losses.Hinge(), real, other
    yield "squared_hinge", losses.SquaredHinge(), binary, other
    yield "categorical_hinge", losses.CategoricalHinge(), one_hot, other
    yield "cosine", losses.CosineSimilarity(), real, other
    yield "categorical_sum", losses.CategoricalCrossentropy(True, reduction="sum"), one_hot, other
    loss = losses.SparseCategoricalCrossentropy(True, reduction="sum")
    yield "sparse_sum", loss, classes, other
    loss = losses.SparseCategoricalCrossentropy(True)
    yield "sparse_images", loss, random.randint(0, 2, (2, 3, 3)), image[0]


def write_losses(fixture):
    for name, loss, labels, predictions in loss_cases():
        predictions = tf.constant(predictions, tf.float32)
        with tf.GradientTape() as tape:
            tape.watch(predictions)
            value = loss(labels, predictions)
        group = f"losses/{name}"
        config = keras.losses.serialize(loss)
        if isinstance(loss, keras.losses.Huber):
            config["config"]["delta"] = loss._fn_kwargs["delta"]  # Keras forgets it.
        fixture.json(group, "config", config)
        fixture.array(f"{group}/labels", labels)
        fixture.array(f"{group}/predictions", predictions.numpy())
        fixture.array(f"{group}/loss", value.numpy())
        fixture.array(f"{group}/gradient", tape.gradient(value, predictions).numpy())


def metric_cases():
    """Yields (name, what `compile` is given, labels, predictions) for three batches."""
    metrics = keras.metrics
    random = np.random.RandomState(8)
    real, other = values(random, (3, 6, 7)), values(random, (3, 6, 7))
    classes = random.randint(0, 7, (3, 6))
    one_hot = np.eye(7, dtype=np.float32)[classes]
    binary = random.randint(0, 2, (3, 6, 7)).astype(np.float32)
    probabilities = random.uniform(0.02, 0.98, (3, 6, 7)).astype(np.float32)
    distribution = tf.nn.softmax(real).numpy()
    ties = np.round(other)

    yield "accuracy_sparse", "accuracy", classes, other
    yield "accuracy_sparse_column", "acc", classes[..., None], other
    yield "accuracy_categorical", "accuracy", one_hot, other
    yield "accuracy_binary", "accuracy", binary[..., :1], probabilities[..., :1]
    yield "accuracy_binary_flat", "accuracy", binary[..., 0], probabilities[..., :1]
    yield "binary_accuracy", metrics.BinaryAccuracy(threshold=0.3), binary, probabilities
    yield "binary_accuracy_name", "binary_accuracy", binary, probabilities
    yield "top5", metrics.TopKCategoricalAccuracy(), one_hot, other
    yield "top2_ties", metrics.TopKCategoricalAccuracy(k=2), one_hot, ties
    yield "sparse_top3", metrics.SparseTopKCategoricalAccuracy(k=3, name="top"), classes, ties
    yield "sparse_categorical_accuracy", metrics.SparseCategoricalAccuracy(), classes, other
    yield "categorical_accuracy", metrics.CategoricalAccuracy(name="right"), one_hot, other
    yield "mse", "mse", real, other
    yield "mae", metrics.MeanAbsoluteError(), real, other
    yield "mape", "mape", real + 10, other
    yield "msle", "MSLE", np.abs(real), np.abs(other)
    yield "rmse", metrics.RootMeanSquaredError(), real, other
    yield "logcosh", metrics.LogCoshError(), real, other
    yield "cosine", metrics.CosineSimilarity(), real, other
    yield "hinge", "hinge", binary, other
    yield "squared_hinge", metrics.SquaredHinge(), binary, other
    yield "categorical_hinge", metrics.CategoricalHinge(), one_hot, other
    yield "kld", metrics.KLDivergence(), distribution, probabilities
    yield "poisson", "poisson", np.abs(real), np.abs(other) + 0.25
    yield "bce", "bce", binary, probabilities
    loss = metrics.BinaryCrossentropy(from_logits=True, label_smoothing=0.1)
    yield "bce_logits", loss, binary, other
    loss = metrics.CategoricalCrossentropy(from_logits=True, label_smoothing=0.1)
    yield "cce", loss, one_hot, other
    loss = metrics.SparseCategoricalCrossentropy(from_logits=True)
    yield "scce", loss, classes, other


def write_metrics(fixture):
    from keras.src.trainers.compile_utils import get_metric

    for name, given, labels, predictions in metric_cases():
        metric = get_metric(given, labels[0], predictions[0])
        group = f"metrics/{name}"
        config = given if isinstance(given, str) else keras.metrics.serialize(given)
        fixture.json(group, "config", config)
        fixture.text(group, "name", metric.name)
        fixture.text(group, "class", type(metric).__name__)
        fixture.array(f"{group}/labels", labels)
        fixture.array(f"{group}/predictions", predictions)
        results = []
        for answers, outputs in zip(labels, predictions):
            metric.update_state(answers, outputs)
            results.append(float(metric.result()))
        fixture.array(f"{group}/results", np.array(results, np.float32))


def compilations():
    """Yields (name, arguments of `compile`)."""
    optimizers, losses, metrics = keras.optimizers, keras.losses, keras.metrics
    yield "strings", ("adam", "mse", ["accuracy", "mae"])
    yield "classes", ("RMSprop", "MeanSquaredError", ["mse"])
    yield (
        "functions",
        (optimizers.SGD(0.1), losses.mean_absolute_error, [metrics.mean_squared_error]),
    )
    yield (
        "objects",
        (
            optimizers.AdamW(SCHEDULES["cosine_warmup"](), clipvalue=0.5, weight_decay=0.1),
            losses.Huber(),
            [metrics.RootMeanSquaredError(name="error"), metrics.TopKCategoricalAccuracy(k=3)],
        ),
    )
    yield (
        "categorical",
        (
            optimizers.Nadam(0.01, use_ema=True, ema_overwrite_frequency=5),
            losses.CategoricalCrossentropy(from_logits=True, label_smoothing=0.1, reduction="sum"),
            [["acc"]],
        ),
    )
    yield "none", ("adagrad", "binary_crossentropy", None)


def write_compilations(fixture):
    for name, (optimizer, loss, metrics) in compilations():
        keras.backend.clear_session()
        model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(4)])
        model.compile(optimizer=optimizer, loss=loss, metrics=metrics)
        group = f"compilations/{name}"
        archive, legacy = saved_configs(model)
        fixture.json(group, "compile_config", archive)
        fixture.json(group, "training_config", legacy)
        fixture.json(group, "optimizer", keras.optimizers.serialize(model.optimizer))


def saved_configs(model):
    """Returns what is in the files: `compile_config` of `.keras`, `training_config` of `.h5`."""
    with tempfile.TemporaryDirectory() as folder:
        model.save(f"{folder}/a.keras")
        model.save(f"{folder}/a.h5")
        archive = json.loads(zipfile.ZipFile(f"{folder}/a.keras").read("config.json"))
        with h5py.File(f"{folder}/a.h5") as file:
            return archive["compile_config"], json.loads(file.attrs["training_config"])


def resumed():
    """The optimizers of the files that a run can be resumed from."""
    optimizers = keras.optimizers
    return {
        "sgd": optimizers.SGD(0.05),
        "sgd_momentum": optimizers.SGD(0.05, momentum=0.9),
        "sgd_nesterov": optimizers.SGD(0.05, momentum=0.9, nesterov=True),
        "rmsprop": optimizers.RMSprop(0.01),
        "rmsprop_momentum": optimizers.RMSprop(0.01, momentum=0.9),
        "rmsprop_centered": optimizers.RMSprop(0.01, centered=True),
        "rmsprop_centered_momentum": optimizers.RMSprop(0.01, centered=True, momentum=0.9),
        "adam": optimizers.Adam(0.01),
        "adam_amsgrad": optimizers.Adam(0.01, amsgrad=True),
        "adam_clipnorm": optimizers.Adam(0.01, clipnorm=0.1),
        "adam_globalclip": optimizers.Adam(0.01, global_clipnorm=0.1),
        "adam_wd": optimizers.Adam(0.01, weight_decay=0.05),
        "adamw": optimizers.AdamW(0.01, weight_decay=0.05),
        "adam_ema": optimizers.Adam(0.01, use_ema=True, ema_momentum=0.9),
        "adam_accum2": optimizers.Adam(0.01, gradient_accumulation_steps=2),
        "adam_schedule": optimizers.Adam(schedules.ExponentialDecay(0.01, 2, 0.9)),
        "adadelta": optimizers.Adadelta(0.5),
        "adagrad": optimizers.Adagrad(0.05),
        "nadam": optimizers.Nadam(0.01),
        "adamax": optimizers.Adamax(0.01),
    }


def write_resumed():
    random = np.random.RandomState(1234)

    def batches(count, size, side):
        prototypes = random.rand(10, side, side, 1)
        y = random.randint(0, 10, (count, size))
        x = prototypes[y] * 0.7 + random.rand(count, size, side, side, 1) * 0.3
        return np.clip(x, 0, 1).astype(np.float32), y.astype(np.int64)

    # The first two were for other fixtures of the same origin.
    batches(15, 8, 12), batches(1, 6, 12)
    x, y = batches(6, 8, 4)
    configs = {}
    for name, optimizer in resumed().items():
        keras.utils.set_random_seed(21)
        model = keras.Sequential(
            [
                keras.Input((4, 4, 1)),
                keras.layers.Flatten(),
                keras.layers.Dense(5, activation="relu"),
                keras.layers.Dense(10),
            ]
        )
        model.compile(optimizer, keras.losses.SparseCategoricalCrossentropy(from_logits=True))
        path = golden.FIXTURES / "optimizers" / f"{name}.h5"
        fixture = golden.Fixture(path, "tools/keras/golden_optimizers.py")
        fixture.array("x", x)
        fixture.array("y", y)
        for step in range(6):
            if step == 3:
                fixture.arrays("w_step3", [v.numpy() for v in model.variables])
                fixture.arrays("opt_step3", [v.numpy() for v in optimizer.variables])
            model.train_on_batch(x[step], y[step])
        fixture.arrays("w_step6", [v.numpy() for v in model.variables])
        fixture.arrays("opt_step6", [v.numpy() for v in optimizer.variables])
        fixture.close()
        archive, legacy = saved_configs(model)
        configs[name] = {"compile_config": archive, "training_config": legacy}
    path = golden.FIXTURES / "optimizers" / "compile_configs.json"
    path.write_text(json.dumps(golden.plain(configs), indent=0, sort_keys=True))


def main():
    fixture = golden.Fixture(golden.FIXTURES / "optimizers.h5", "tools/keras/golden_optimizers.py")
    write_optimizers(fixture)
    write_schedules(fixture)
    write_losses(fixture)
    write_metrics(fixture)
    write_compilations(fixture)
    fixture.close()
    write_resumed()


if __name__ == "__main__":
    main()
