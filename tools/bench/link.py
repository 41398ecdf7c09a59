"""Two network namespaces of this machine as hosts, with a link of a chosen bandwidth between them.

The kernel's token bucket filter limits both directions, so that a message takes as long as between
two machines of a cluster. The latency is that of the kernel (and cannot be chosen: for this, Linux
has netem, which many kernels of virtual machines leave out); it is measured.
"""

import os
import pathlib
import subprocess
import sys
import tempfile

ADDRESSES = ["10.187.0.1", "10.187.0.2"]
NETWORK = "10.187.0.0/24"
PORT = 18711

# Answers each message of a size with a byte.
SERVER = """
import socket
listener = socket.create_server(("0.0.0.0", {port}))
print("ready", flush=True)
connection, _ = listener.accept()
connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
buffer = bytearray(1 << 20)
while header := connection.recv(8, socket.MSG_WAITALL):
    left = int.from_bytes(header, "little")
    while left:
        left -= connection.recv_into(buffer, min(left, len(buffer)))
    connection.sendall(b".")
"""

# Prints the median of the seconds that messages of a size take there, with the answer.
CLIENT = """
import socket, statistics, time
connection = socket.create_connection(("{address}", {port}))
connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
for size, count in [(0, 2000), ({bytes}, 9)]:
    message = size.to_bytes(8, "little") + bytes(size)
    seconds = []
    for _ in range(count):
        start = time.perf_counter()
        connection.sendall(message)
        connection.recv(1)
        seconds.append(time.perf_counter() - start)
    print(statistics.median(seconds), flush=True)
"""


class Link:
    """The namespaces and the link; removed at the end of `with`. Needs root."""

    def __init__(self, gigabits):
        if os.geteuid():
            sys.exit("link: network namespaces need root")
        self.gigabits = gigabits
        self.names = [f"cairn-{os.getpid()}-{address}" for address in ADDRESSES]

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory()
        try:
            for name in self.names:
                run("ip", "netns", "add", name)
            ends = [f"rank{place}" for place in range(len(self.names))]
            pair = [word for end, name in zip(ends, self.names) for word in (end, "netns", name)]
            run("ip", "link", "add", *pair[:3], "type", "veth", "peer", "name", *pair[3:])
            for name, address, end in zip(self.names, ADDRESSES, ends):
                run("ip", "-n", name, "address", "add", f"{address}/24", "dev", end)
                for device in ["lo", end]:
                    run("ip", "-n", name, "link", "set", device, "up")
                rate = f"{self.gigabits:g}gbit"
                run("tc", "-n", name, "qdisc", "add", "dev", end, "root",
                    "tbf", "rate", rate, "burst", "256kb", "latency", "10ms")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for name in self.names:
            subprocess.run(["ip", "netns", "delete", name], stderr=subprocess.DEVNULL)
        self.folder.cleanup()

    def measured(self):
        """Returns the latency in seconds, half a round trip, and the bytes of a second."""
        size = 64 << 20
        server = subprocess.Popen(
            self.inside(1, sys.executable, "-c", SERVER.format(port=PORT)),
            stdout=subprocess.PIPE, text=True)
        server.stdout.readline()
        client = CLIENT.format(address=ADDRESSES[1], port=PORT, bytes=size)
        command = self.inside(0, sys.executable, "-c", client)
        result = subprocess.run(command, capture_output=True, text=True, check=True)
        server.wait()
        there_and_back, large = map(float, result.stdout.split())
        return there_and_back / 2, size / (large - there_and_back)

    def inside(self, place, *words):
        """Returns the command that runs words in a namespace."""
        return ["ip", "netns", "exec", self.names[place], *map(str, words)]

    def job(self):
        """Returns the words that start a command with a rank in each namespace."""
        agent = pathlib.Path(self.folder.name) / "agent"
        prefix = self.names[1].removesuffix(ADDRESSES[1])
        agent.write_text(
            f'#!/bin/sh\nhost=$1\nshift\nexec ip netns exec "{prefix}$host" sh -c "$*"\n')
        agent.chmod(0o755)
        options = {
            "plm_rsh_agent": agent, "oob_tcp_if_include": NETWORK, "btl": "tcp,self",
            "btl_tcp_if_include": NETWORK,
        }
        words = [word for option in options.items() for word in ("--mca", *option)]
        hosts = ",".join(f"{address}:1" for address in ADDRESSES)
        return self.inside(
            0, "mpirun", "--allow-run-as-root", "--bind-to", "none", "-np", len(ADDRESSES),
            "--host", hosts, *words)


def run(*words):
    subprocess.run(words, check=True)
