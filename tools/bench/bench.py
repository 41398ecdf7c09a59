"""Lets Cairn and its peers take turns at the same work, and prints medians and ratios.

A claim is a ratio of medians of runs that alternate in one sitting: machines are noisy, and what
slows one run down slows its neighbours down as well. Every worker is a process of its own that
stays warm (see peers/worker.py); only one works at a time. Run it with tools/bench/bench.
"""

import argparse
import atexit
import json
import os
import pathlib
import platform
import signal
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
BIN = ROOT / ".build" / "release"
# Each peer's script and what it is given after the number of threads. PyTorch as it comes computes
# with subnormal numbers; training is also measured with what its experts can switch on, and all
# else only so.
PEERS = {
    "jax": ["jax_peer.py"],
    "pytorch": ["pytorch_peer.py"],
    "pytorch_flushing": ["pytorch_peer.py", "--flush-denormal"],
    "tensorflow": ["tensorflow_peer.py"],
}
AT_THEIR_BEST = ("cairn", "jax", "pytorch_flushing", "tensorflow")
STEPS_IN_EPOCH = 60_000 // 32


# The peers of `networks`: what networks.py is given, and the backend of Keras.
NETWORK_PEERS = {
    "pytorch": ("torch", ""),
    "compiled": ("torch-compiled", ""),
    "keras_tensorflow": ("keras", "tensorflow"),
    "keras_jax": ("keras", "jax"),
    "onnx": ("onnx", ""),
    "openvino": ("openvino", ""),
}


# Models of keras.applications, and the side of their images.
APPLICATIONS = {
    "MobileNet": 224,
    "MobileNetV2": 224,
    "MobileNetV3Small": 224,
    "MobileNetV3Large": 224,
    "ResNet50": 224,
    "ResNet50V2": 224,
    "VGG16": 224,
    "DenseNet121": 224,
    "Xception": 299,
    "EfficientNetB0": 224,
    "EfficientNetV2B0": 224,
    "NASNetMobile": 224,
    "InceptionV3": 299,
    "ConvNeXtTiny": 224,
}


class Worker:
    """A process that takes orders.

    It is stopped between them: threads of ONNX Runtime and of others keep a processor for a while
    after they have answered, in case there is more to do, which would halve the speed of the next
    worker.
    """

    def __init__(self, name, threads, command=None, environment=None):
        command = command or (
            [BIN / "benchmark", "worker", str(threads), ROOT / "samples" / "mnist"]
            if name == "cairn"
            else [sys.executable, HERE / "peers" / PEERS[name][0], str(threads), *PEERS[name][1:]]
        )
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={**os.environ, **(environment or {})},
        )
        self.title = self.process.stdout.readline().strip()
        if not self.title:
            sys.exit(f"bench: {name} did not start: {' '.join(map(str, command))}")
        # A stopped process does not see that nobody gives it orders any more.
        atexit.register(self.process.kill)
        self.process.send_signal(signal.SIGSTOP)

    def __call__(self, order):
        *_, answer = self.lines(order)
        return json.loads(answer)

    def lines(self, order):
        """Gives an order; yields the lines of text, if there are any, and the answer."""
        self.process.send_signal(signal.SIGCONT)
        self.process.stdin.write(order + "\n")
        self.process.stdin.flush()
        line = ""
        while not line.startswith("{"):
            line = self.process.stdout.readline()
            if not line:
                sys.exit(f"bench: {self.title} ended during '{order}'")
            yield line
        self.process.send_signal(signal.SIGSTOP)

    def close(self):
        self.process.send_signal(signal.SIGCONT)
        self.process.stdin.close()
        self.process.wait()


def start(threads, names=AT_THEIR_BEST):
    return {name: Worker(name, threads) for name in names}


def alternate(workers, orders, rounds, warm_ups=1):
    """Gives each worker its order in turn; returns the seconds of each, without the warm-ups."""
    seconds = {name: [] for name in workers}
    for round in range(rounds + warm_ups):
        for name, worker in workers.items():
            answer = worker(orders[name] if isinstance(orders, dict) else orders)
            if round >= warm_ups:
                seconds[name].append(answer["seconds"])
    return seconds


def table(title, seconds, titles, scale=1.0, unit="s"):
    """Prints a line for each worker: median, spread, and how long Cairn takes in comparison."""
    print(f"\n{title}")
    ours = statistics.median(seconds["cairn"])
    for name, values in seconds.items():
        median = statistics.median(values)
        ratio = "" if name == "cairn" else f"   Cairn takes {ours / median:.2f} of it"
        print(
            f"  {titles[name]:24} {median * scale:8.2f} {unit}"
            f"   ({min(values) * scale:.2f} to {max(values) * scale:.2f}, "
            f"{len(values)} runs){ratio}",
            flush=True,
        )


def titles_of(workers):
    return {name: worker.title for name, worker in workers.items()}


def train(rounds):
    workers = start(os.cpu_count(), ("cairn", *PEERS))
    titles = titles_of(workers)
    alternate(workers, "train 32 100", rounds=0)
    # Whole epochs, one after another: what slows down as a model is trained is part of training it.
    seconds = alternate(workers, f"train 32 {STEPS_IN_EPOCH}", rounds, warm_ups=0)
    table(
        f"Training, batches of 32, {os.cpu_count()} threads: "
        f"seconds for an epoch of {STEPS_IN_EPOCH} steps",
        seconds,
        titles,
    )
    print(
        "  peak memory: "
        + ", ".join(
            f"{titles[name]} {worker('memory')['peak_rss'] / 1e6:.0f} MB"
            for name, worker in workers.items()
        )
    )
    for worker in workers.values():
        worker.close()


def batches(rounds):
    for batch_size in (1, 8, 16, 32, 64, 128, 256, 512):
        steps = max(8, min(200, 3200 // batch_size))
        workers = start(threads=os.cpu_count())
        seconds = alternate(workers, f"train {batch_size} {steps}", rounds, warm_ups=2)
        table(
            f"Training, batches of {batch_size}: milliseconds for a step",
            seconds,
            titles_of(workers),
            scale=1000 / steps,
            unit="ms",
        )
        best = min(statistics.median(values) for name, values in seconds.items() if name != "cairn")
        print(f"  Cairn takes {statistics.median(seconds['cairn']) / best:.2f} of the fastest peer")
        for worker in workers.values():
            worker.close()


def threads(rounds):
    workers = {count: Worker("cairn", count) for count in range(1, os.cpu_count() + 1)}
    seconds = alternate(workers, "train 32 100", rounds)
    print("\nCairn's threads, batches of 32: milliseconds for a step")
    one = statistics.median(seconds[1])
    for count, values in seconds.items():
        median = statistics.median(values)
        print(f"  {count}: {median * 10:.2f} ms   {one / median:.2f} times as fast as one")
    for worker in workers.values():
        worker.close()


def networks(rounds):
    """Steps of six networks at several batch sizes, predictions of 512 inputs, and memory."""
    threads = os.cpu_count()
    peers = HERE / "peers" / "networks.py"
    for network in ("convnet", "vgg", "bn", "mobile", "resnet", "mlp"):
        workers = {
            "cairn": Worker("cairn", threads, [BIN / "benchmark", "network", network, str(threads)])
        }
        for name, (kind, backend) in NETWORK_PEERS.items():
            command = [sys.executable, peers, str(threads), network, kind]
            environment = {"KERAS_BACKEND": backend} if backend else None
            workers[name] = Worker(name, threads, command, environment)
        titles = titles_of(workers)
        trainers = {k: v for k, v in workers.items() if k not in ("onnx", "openvino")}
        for batch_size in (16, 32, 128):
            steps = max(4, 640 // batch_size)
            seconds = alternate(trainers, f"train {batch_size} {steps}", rounds, warm_ups=2)
            table(
                f"{network}, batches of {batch_size}: milliseconds for a step",
                seconds,
                titles,
                scale=1000 / steps,
                unit="ms",
            )
        memory_of = {k: v("memory")["peak_rss"] / 1e6 for k, v in trainers.items()}
        peaks = ", ".join(f"{titles[k]} {v:.0f} MB" for k, v in memory_of.items())
        print(f"  peak memory: {peaks}")
        # Each at the better of two batch sizes.
        orders = {
            name: f"predict {min((64, 512), key=lambda size: best_of_two(worker, size))}"
            for name, worker in workers.items()
        }
        table(
            f"{network}, predictions of 512 inputs: milliseconds",
            alternate(workers, orders, rounds),
            titles,
            scale=1000,
            unit="ms",
        )
        print("", flush=True)
        *text, _ = workers["cairn"].lines("profile 32 20")
        print("".join(text), end="", flush=True)
        for worker in workers.values():
            worker.close()


def applications(rounds):
    """Loading the models of keras.applications from .h5 and .keras, and predicting with them."""
    peer = HERE / "peers" / "applications.py"
    threads = str(os.cpu_count())
    for name, side in APPLICATIONS.items():
        with tempfile.TemporaryDirectory() as folder:
            # Keras cannot load each of its own .h5 files.
            for suffix in (".h5", ".keras"):
                path = pathlib.Path(folder) / f"{name}{suffix}"
                made = [sys.executable, peer, "make", name, str(side), path]
                subprocess.run(made, check=True, stderr=subprocess.DEVNULL)
                workers = {
                    "cairn": Worker("cairn", threads, [BIN / "benchmark", "file", path, threads])
                }
                if suffix == ".keras":
                    command = [sys.executable, peer, threads, path]
                    workers["keras"] = Worker("keras", threads, command)
                titles = titles_of(workers)
                size = path.stat().st_size
                loading = {key: [worker("load")["seconds"]] for key, worker in workers.items()}
                table(f"{path.name}, {size / 1e6:.1f} MB, loading", loading, titles, 1000, "ms")
                peak = workers["cairn"]("memory")["peak_rss"]
                print(f"  peak memory: {peak / 1e6:.0f} MB, {peak / size:.2f} times the file")
                # What is computed does not depend on the form of the file.
                for count in (1, 8) if suffix == ".keras" else ():
                    table(
                        f"{name}, images of {side} x {side}, batches of {count}",
                        alternate(workers, f"predict {count} {side}", rounds),
                        titles,
                        1000,
                        "ms",
                    )
                for worker in workers.values():
                    worker.close()


def best_of_two(worker, size):
    worker(f"predict {size}")
    return min(worker(f"predict {size}")["seconds"] for _ in range(2))


def evaluate(rounds):
    workers = start(threads=os.cpu_count())
    titles = titles_of(workers)
    chosen = {}
    for name, worker in workers.items():
        # Each at its best batch size, by the better of two runs after a warm-up.
        def best_of_two(size):
            worker(f"evaluate {size}")
            return min(worker(f"evaluate {size}")["seconds"] for _ in range(2))

        size = min((32, 50, 100, 250, 500, 1000, 2000), key=best_of_two)
        chosen[name] = f"evaluate {size}"
        titles[name] += f", {size}"
    seconds = alternate(workers, chosen, rounds)
    table(
        "Evaluation of 10,000 images, each at its best batch size: milliseconds",
        seconds,
        titles,
        scale=1000,
        unit="ms",
    )
    for worker in workers.values():
        worker.close()


def predict(rounds):
    """One picture in a cold process."""
    with tempfile.TemporaryDirectory() as folder:
        model = pathlib.Path(folder) / "quickstart.onnx"
        subprocess.run([sys.executable, HERE / "peers" / "make_onnx.py", model], check=True)
        picture = ROOT / "samples" / "7.png"
        commands = {
            "cairn": [BIN / "predict", picture, "--model", ROOT / "models" / "quickstart.h5"],
            "onnx": [sys.executable, HERE / "peers" / "onnx_predict.py", picture, model],
        }
        seconds = {name: [] for name in commands}
        for round in range(rounds + 1):
            for name, command in commands.items():
                begin = time.perf_counter()
                subprocess.run(
                    command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
                )
                if round > 0:
                    seconds[name].append(time.perf_counter() - begin)
    table(
        "predict, one PNG, from the start of the process to its end: milliseconds",
        seconds,
        {"cairn": "predict", "onnx": "ONNX Runtime, Python"},
        scale=1000,
        unit="ms",
    )


def memory(_):
    """Peak memory of `train`, after one epoch and after three."""
    print("\nPeak memory of train")
    with tempfile.TemporaryDirectory() as folder:
        for epochs in (1, 3):
            process = subprocess.Popen(
                [BIN / "train", "--save", f"{folder}/{epochs}.h5", "--epochs", str(epochs)],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            _, _, usage = os.wait4(process.pid, 0)
            print(f"  {epochs} epochs: {usage.ru_maxrss * 1024 / 1e6:.1f} MB", flush=True)


def saves(rounds):
    """What saving costs a training: 20 saves for each round."""
    print("\nSaving a checkpoint of 33 MB while training", flush=True)
    with tempfile.TemporaryDirectory(dir=ROOT / ".build") as folder:
        subprocess.run(
            [BIN / "benchmark", "saves", ROOT / "samples" / "mnist", folder, str(20 * rounds)],
            check=True,
        )


def load(_):
    """Loading the weights of the quickstart's checkpoint, against reading their bytes."""
    print("\nLoading", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/ckpt.h5"
        subprocess.run(
            [BIN / "train", "--save", path, "--max-steps", "1"],
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        subprocess.run([BIN / "benchmark", "load", path], check=True)


def convert(_):
    """Peak memory of `convert`, from each form into each, against the size of the file."""
    print("\nPeak memory of convert, in sizes of the file that is read")
    with tempfile.TemporaryDirectory() as folder:
        names = ["ckpt.weights.h5", "ckpt.keras", "ckpt.h5"]
        subprocess.run(
            [BIN / "train", "--save", f"{folder}/{names[0]}", "--max-steps", "1"],
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for name in names[1:]:
            subprocess.run(
                [BIN / "convert", "-q", f"{folder}/{names[0]}", f"{folder}/{name}"], check=True
            )
        for source in names:
            size = os.path.getsize(f"{folder}/{source}")
            for target in names:
                process = subprocess.Popen(
                    [
                        BIN / "convert",
                        "-q",
                        f"{folder}/{source}",
                        f"{folder}/to-{target}",
                        "--overwrite",
                    ]
                )
                _, status, usage = os.wait4(process.pid, 0)
                assert status == 0, "convert failed"
                peak = usage.ru_maxrss * 1024
                print(
                    f"  {source} to {target}: {peak / 1e6:.1f} MB, "
                    f"{peak / size:.2f} times {size / 1e6:.1f} MB",
                    flush=True,
                )


def parts(_):
    print("\nKernels", flush=True)
    subprocess.run([BIN / "benchmark", "parts"], check=True)


def machine():
    with open("/proc/cpuinfo") as file:
        model = next(
            (line.split(":")[1].strip() for line in file if line.startswith("model name")), "?"
        )
    print(f"{model}, {os.cpu_count()} processors, {platform.system()} {platform.release()}")


SECTIONS = {
    "train": train,
    "batches": batches,
    "threads": threads,
    "networks": networks,
    "applications": applications,
    "evaluate": evaluate,
    "predict": predict,
    "saves": saves,
    "memory": memory,
    "load": load,
    "convert": convert,
    "parts": parts,
}

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Compares Cairn with TensorFlow, PyTorch and JAX.")
    parser.add_argument("--rounds", type=int, default=9, help="runs of each, in turn (default: 9)")
    parser.add_argument(
        "--only", action="append", choices=SECTIONS, help="a section; may be repeated"
    )
    arguments = parser.parse_args()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, _: sys.exit(128 + number))
    machine()
    for section in arguments.only or SECTIONS:
        SECTIONS[section](arguments.rounds)
