#!/usr/bin/env python3
"""Loads a model of keras.applications and predicts, as `benchmark file` does with Cairn.

    python applications.py THREADS PATH          takes orders
    python applications.py make NAME SIDE PATH   writes a model with random weights

Orders, each answered with a line of JSON that has the seconds:

    load                 loads the model; the first batch of a size compiles, too
    predict BATCH SIDE   predicts a batch of square RGB images
    memory               answers with the peak memory
"""

import json
import os
import resource
import sys
import time

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"


def make(name, side, path):
    import keras

    keras.utils.set_random_seed(1)
    getattr(keras.applications, name)(weights=None, input_shape=(side, side, 3)).save(path)


def serve(threads, path):
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:threads])
    import keras
    import numpy as np
    import tensorflow as tf

    model = forward = None
    batches = {}
    print("Keras-TF", flush=True)
    for line in sys.stdin:
        order, *numbers = line.split()
        numbers = tuple(map(int, numbers))
        if order == "predict" and numbers not in batches:
            count, side = numbers
            random = np.random.default_rng(1)
            batches[numbers] = random.uniform(0, 255, (count, side, side, 3)).astype(np.float32)
        start = time.perf_counter()
        answer = {}
        if order == "load":
            model = keras.models.load_model(path, compile=False)
            forward = tf.function(lambda x: model(x, training=False))
            answer["weights"] = model.count_params()
        elif order == "predict":
            answer["sum"] = float(forward(tf.constant(batches[numbers])).numpy().sum())
        answer["seconds"] = time.perf_counter() - start
        if order == "memory":
            answer["peak_rss"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    if sys.argv[1] == "make":
        make(sys.argv[2], int(sys.argv[3]), sys.argv[4])
    else:
        serve(int(sys.argv[1]), sys.argv[2])
