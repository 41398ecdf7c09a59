"""Trains the quickstart model with real Keras, once for each seed, and prints the test accuracies.

    accuracy.py SEEDS     e.g. 10: the seeds 0 to 9

The judge of Cairn's own accuracy after 5 epochs: same model, optimizer, batches of 32 and epochs;
the weights and the order of the images are drawn by Keras. Runs on the JAX backend, Keras's fastest
here.
"""

import os
import statistics
import sys

os.environ["KERAS_BACKEND"] = "jax"

import keras

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "peers"))
import worker

(x_train, y_train), (x_test, y_test) = worker.load_mnist()
accuracies = []
for seed in range(int(sys.argv[1])):
    keras.utils.set_random_seed(seed)
    model = keras.Sequential(
        [
            keras.layers.Input((28, 28, 1)),
            keras.layers.Conv2D(32, 3, activation="relu"),
            keras.layers.Flatten(),
            keras.layers.Dense(128, activation="relu"),
            keras.layers.Dense(10),
        ]
    )
    model.compile(
        optimizer="adam",
        metrics=["accuracy"],
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    model.fit(x_train, y_train, batch_size=32, epochs=5, verbose=0)
    accuracy = model.evaluate(x_test, y_test, batch_size=250, verbose=0)[1] * 100
    accuracies.append(accuracy)
    print(f"seed {seed}: {accuracy:.2f} %", flush=True)
print(
    f"Keras {keras.__version__}: mean {statistics.mean(accuracies):.2f} %, "
    f"standard deviation {statistics.stdev(accuracies):.2f}, {len(accuracies)} seeds"
)
