"""Architectures as people publish them, by field, small enough to run all of them in minutes.

Every architecture is a function that takes a Keras (`keras` or `tf_keras`) and returns a model. The
decorator says how the model is compiled and what it is fed.
"""

import dataclasses
import typing

ARCHITECTURES = {}

# The small numbers of Adam and its kind are larger than usual: where a gradient is 0 but for
# rounding, as of a bias before BatchNormalization, they would otherwise turn it into a whole step.
OPTIMIZERS = {
    "sgd": lambda o: o.SGD(0.05),
    "momentum": lambda o: o.SGD(0.02, momentum=0.9),
    "nesterov": lambda o: o.SGD(0.02, momentum=0.9, nesterov=True),
    "clipped": lambda o: o.SGD(0.05, clipvalue=0.5),
    "adam": lambda o: o.Adam(0.01, epsilon=1e-2),
    "clipnorm": lambda o: o.Adam(0.01, epsilon=1e-2, clipnorm=1.0),
    "amsgrad": lambda o: o.Adam(0.01, epsilon=1e-2, amsgrad=True),
    "decaying": lambda o: o.Adam(
        o.schedules.ExponentialDecay(0.01, decay_steps=1, decay_rate=0.5), epsilon=1e-2
    ),
    "adamw": lambda o: o.AdamW(0.01, epsilon=1e-2, weight_decay=0.01),
    "adamax": lambda o: o.Adamax(0.01, epsilon=1e-2),
    "nadam": lambda o: o.Nadam(0.01, epsilon=1e-2),
    "rmsprop": lambda o: o.RMSprop(0.005, epsilon=1e-2),
    "centered": lambda o: o.RMSprop(0.005, epsilon=1e-1, momentum=0.5, centered=True),
    "adagrad": lambda o: o.Adagrad(0.02, epsilon=1e-2),
    "adadelta": lambda o: o.Adadelta(1.0, epsilon=1e-2),
    "ftrl": lambda o: o.Ftrl(0.02),
}


@dataclasses.dataclass
class Architecture:
    """How a model is made, compiled and fed."""

    make: typing.Callable
    field: str
    # A name or a class of keras.losses with its options; for several outputs, one for each.
    loss: object
    optimizer: str
    # For each input "values", "unit" (0 to 1), "pixels" (0 to 255), "gaps" (some steps are 0), or
    # a number of words; one for all if it is no list.
    inputs: object = "values"
    # What takes the place of a free extent in a shape.
    extent: int = 12
    batch: int = 4
    loss_weights: object = None
    # Whether Keras is too far away from what it computes in 64 bits, which is expected then.
    exact: bool = False
    # What the other Keras cannot express: a part of the warning of `convert`.
    lost: str = ""
    # What Cairn still has to learn for it, or why one of the two kinds of Keras cannot have it.
    pending: str = ""
    only: str = ""


def architecture(loss, optimizer, **options):
    """Registers the function below it under its name, and under that of its module as field."""

    def register(make):
        name, field = make.__name__, make.__module__.split(".")[-1]
        assert name not in ARCHITECTURES, name
        ARCHITECTURES[name] = Architecture(make, field, loss, optimizer, **options)
        return make

    return register


from . import autoencoders, blocks, digits, pending, photos, reinforcement  # noqa: E402,F401
from . import sequences, several, texts  # noqa: E402,F401
