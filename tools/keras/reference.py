"""The network of golden_training.py in NumPy, in any precision: how exact are Keras's numbers?

It shares no code with Keras and none with Cairn. Run in float64 it says how far float32 training
strays from the exact result, which is the smallest tolerance a test against Keras can ask for.
"""

import numpy as np


class Network:
    """Conv2D(3 x 3, relu), MaxPooling2D(2), Flatten, Dense(relu), Dense; NHWC, HWIO, [in, out]."""

    def __init__(self, weights, dtype):
        self.weights = [np.array(weight, dtype) for weight in weights]
        self.dtype = dtype
        self.kink = self.tie = np.inf

    def gradients(self, images, targets):
        """Returns the mean cross-entropy of a batch and its gradient for every weight.

        Keeps in `kink` and `tie` the smallest distance seen from a point where the gradient jumps:
        a pre-activation at zero, and two equal positive maxima in one pooling window.
        """
        kernel, bias, kernel1, bias1, kernel2, bias2 = self.weights
        x = images.astype(self.dtype)
        batch, size = x.shape[0], x.shape[1] - 2
        half, filters = size // 2, kernel.shape[3]

        patches = np.stack(
            [x[:, i : i + size, j : j + size, :] for i in range(3) for j in range(3)], axis=3
        )
        before = np.einsum("bhwpc,pcf->bhwf", patches, kernel.reshape(9, -1, filters)) + bias
        after = np.maximum(before, 0)
        windows = after.reshape(batch, half, 2, half, 2, filters).transpose(0, 1, 3, 5, 2, 4)
        windows = windows.reshape(batch, half, half, filters, 4)
        choice = windows.argmax(-1)
        flat = windows.max(-1).reshape(batch, -1)
        before1 = flat @ kernel1 + bias1
        after1 = np.maximum(before1, 0)
        logits = after1 @ kernel2 + bias2

        self.kink = min(self.kink, np.abs(before).min(), np.abs(before1).min())
        ordered = np.sort(windows, -1)
        gaps = (ordered[..., 3] - ordered[..., 2])[ordered[..., 2] > 0]
        self.tie = min(self.tie, gaps.min(initial=np.inf))

        shifted = logits - logits.max(-1, keepdims=True)
        log_softmax = shifted - np.log(np.exp(shifted).sum(-1, keepdims=True))
        targets = targets.astype(self.dtype)
        loss = -(targets * log_softmax).sum(-1).mean()

        d_logits = (np.exp(log_softmax) - targets) / batch
        d_before1 = (d_logits @ kernel2.T) * (before1 > 0)
        d_pooled = (d_before1 @ kernel1.T).reshape(batch, half, half, filters)
        d_windows = (np.arange(4) == choice[..., None]) * d_pooled[..., None]
        d_after = d_windows.reshape(batch, half, half, filters, 2, 2).transpose(0, 1, 4, 2, 5, 3)
        d_before = d_after.reshape(batch, size, size, filters) * (before > 0)
        d_kernel = np.einsum("bhwpc,bhwf->pcf", patches, d_before).reshape(kernel.shape)
        return loss, [
            d_kernel,
            d_before.sum((0, 1, 2)),
            flat.T @ d_before1,
            d_before1.sum(0),
            after1.T @ d_logits,
            d_logits.sum(0),
        ]


class Optimizer:
    """SGD, RMSprop and Adam in Keras's forms; `variables()` is in the order that Keras has.

    `scalars` is the precision of what Keras computes once per step: the learning rate and Adam's
    bias correction. Keras uses float32; 1 - 0.999**t loses up to five digits there, which is the
    same loss in every element, so an implementation that computes it as Keras does is not hurt.
    """

    def __init__(self, class_name, config, weights, dtype, scalars=np.float32):
        self.class_name, self.config, self.dtype, self.scalars = class_name, config, dtype, scalars
        self.step = 0
        slots = 3 if class_name == "RMSprop" or config.get("amsgrad") else 2
        self.slots = [[np.zeros_like(weight) for weight in weights] for _ in range(slots)]

    def constant(self, value):
        """A hyper-parameter as Keras holds it: rounded to float32 if that is asked for."""
        return self.dtype(self.scalars(value))

    def apply(self, weights, gradients):
        self.step += 1
        update = getattr(self, self.class_name.lower())
        for index, (weight, gradient) in enumerate(zip(weights, gradients)):
            weight -= update(gradient, *[slot[index] for slot in self.slots])

    def sgd(self, g, m, _):
        rate, momentum = self.constant(self.config["learning_rate"]), self.config["momentum"]
        if momentum == 0:
            return rate * g
        momentum = self.constant(momentum)
        m[...] = momentum * m - rate * g
        return rate * g - momentum * m if self.config["nesterov"] else -m

    def rmsprop(self, g, v, m, a):
        rate, epsilon = self.constant(self.config["learning_rate"]), self.config["epsilon"]
        rho, rest = self.constant(self.config["rho"]), self.constant(1 - self.config["rho"])
        v[...] = rho * v + rest * g**2
        denominator = v + self.constant(epsilon)
        if self.config["centered"]:
            a[...] = rho * a + rest * g
            denominator = v - a**2 + self.constant(epsilon)
        increment = rate * g / np.sqrt(denominator)
        if self.config["momentum"] == 0:
            return increment
        m[...] = self.constant(self.config["momentum"]) * m + increment
        return m

    def adam(self, g, m, v, *maximum):
        one, step = self.scalars(1), self.scalars(self.step)
        beta1, beta2 = self.scalars(self.config["beta_1"]), self.scalars(self.config["beta_2"])
        rate = self.scalars(self.config["learning_rate"])
        alpha = self.dtype(rate * np.sqrt(one - beta2**step) / (one - beta1**step))
        m += (g - m) * self.constant(1 - self.config["beta_1"])
        v += (g**2 - v) * self.constant(1 - self.config["beta_2"])
        if self.config["amsgrad"]:
            maximum[0][...] = np.maximum(maximum[0], v)
            v = maximum[0]
        return m * alpha / (np.sqrt(v) + self.constant(self.config["epsilon"]))

    def variables(self):
        """Returns the slot variables, without the iteration and the learning rate before them."""
        config = self.config
        if self.class_name == "SGD":
            return self.slots[0] if config["momentum"] else []
        if self.class_name == "RMSprop":
            kept = [True, config["momentum"] > 0, config["centered"]]
            return [v for slot, keep in zip(self.slots, kept) if keep for v in slot]
        pairs = [v for pair in zip(self.slots[0], self.slots[1]) for v in pair]
        return pairs + (self.slots[2] if config["amsgrad"] else [])


def train(images, labels, initial, optimizer, classes, smoothing, dtype, scalars=np.float32):
    """Trains on the batches in order; returns the losses, the network and the optimizer."""
    network = Network(initial, dtype)
    optimizer = Optimizer(*optimizer, network.weights, dtype, scalars)
    losses = []
    for batch, answers in zip(images, labels):
        targets = np.eye(classes)[answers] * (1 - smoothing) + smoothing / classes
        loss, gradients = network.gradients(batch, targets)
        optimizer.apply(network.weights, gradients)
        losses.append(loss)
    return np.array(losses), network, optimizer
