"""What the benchmark's workers share: the data, and the loop that takes orders.

A worker is a process that prepares itself, prints a line with its name and version, and then, for
each line that it reads, does what the line says and answers with one line of JSON. So the driver
can let workers take turns while their code and data stay warm.

    train BATCH STEPS      trains; answers {"seconds": …, "loss": …}
    evaluate BATCH         looks at the 10,000 test images; answers {"seconds": …, "accuracy": …}
    memory                 answers {"peak_rss": bytes}
"""

import gzip
import json
import pathlib
import resource
import sys
import time

import numpy as np

DATA = pathlib.Path(__file__).resolve().parents[3] / "samples" / "mnist"


def load_mnist():
    """Returns (train images, train labels), (test images, test labels): float32 NHWC in 0…1,
    int32."""

    def read(name, offset):
        with gzip.open(DATA / name) as file:
            return np.frombuffer(file.read(), np.uint8, offset=offset)

    def split(prefix):
        images = read(f"{prefix}-images-idx3-ubyte.gz", 16).reshape(-1, 28, 28, 1)
        labels = read(f"{prefix}-labels-idx1-ubyte.gz", 8)
        return images.astype(np.float32) / 255, labels.astype(np.int32)

    return split("train"), split("t10k")


def serve(name, train, evaluate):
    """Takes orders until the input ends.

    train(batch_size, steps) and evaluate(batch_size) return when all is computed; they return the
    last loss and the accuracy. Batches are drawn without replacement from a shuffled data set,
    epoch after epoch, and what comes before the first step (shuffling included) is not part of the
    time of a step.
    """
    print(name, flush=True)
    for line in sys.stdin:
        order, *numbers = line.split()
        numbers = [int(number) for number in numbers]
        start = time.perf_counter()
        if order == "train":
            answer = {"loss": float(train(*numbers))}
        elif order == "evaluate":
            answer = {"accuracy": float(evaluate(*numbers))}
        elif order == "memory":
            answer = {"peak_rss": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}
        else:
            sys.exit(f"{name}: no such order: {line!r}")
        answer["seconds"] = time.perf_counter() - start
        print(json.dumps(answer), flush=True)
