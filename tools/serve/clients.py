"""What `serve` must survive: many, slow, broken and hostile clients."""

import atexit
import concurrent.futures
import glob
import json
import os
import re
import socket
import struct
import subprocess
import threading
import time

MIB = 1 << 20


class Server:
    """A running `serve`, at a free port."""

    def __init__(self, program, model, *options, files=None):
        command = [program, "--model", model, "--port", "0", *options]
        if files:
            command = ["prlimit", f"--nofile={files}", *command]
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        atexit.register(self.process.kill)
        self.address = self.process.stdout.readline().strip()
        if not self.address:
            raise SystemExit(f"{program} does not start with {model}")
        self.port = int(re.search(r":(\d+)/", self.address)[1])

    def memory(self):
        """The largest memory so far, in MiB."""
        with open(f"/proc/{self.process.pid}/status") as status:
            return int(re.search(r"VmHWM:\s+(\d+)", status.read())[1]) // 1024

    def connect(self, timeout=30):
        return socket.create_connection(("127.0.0.1", self.port), timeout=timeout)

    def stop(self):
        self.process.terminate()
        return self.process.wait(20)


def head(path, *fields, method="POST", version="1.1"):
    lines = [f"{method} {path} HTTP/{version}", *fields]
    if version == "1.1" and not any(field.startswith("Host:") for field in fields):
        lines.insert(1, "Host: localhost")
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def post(body, *fields, path="/predict"):
    return head(path, f"Content-Length: {len(body)}", *fields) + body


def read_answer(connection):
    """The status and the body of the next answer; None if there is none."""
    data = b""
    while b"\r\n\r\n" not in data:
        part = connection.recv(65536)
        if not part:
            return None, data
        data += part
    header, _, body = data.partition(b"\r\n\r\n")
    status = int(header.split()[1])
    if status == 100:
        return status, body
    length = int(re.search(rb"(?i)content-length: *(\d+)", header)[1])
    while len(body) < length:
        part = connection.recv(65536)
        if not part:
            break
        body += part
    return status, body[:length]


def ask(server, data, timeout=30):
    """Sends bytes, and returns the status and the body of the answer."""
    with server.connect(timeout) as connection:
        try:
            connection.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            pass
        return read_answer(connection)


class Checks:
    def __init__(self, program, model, root):
        self.program, self.model, self.root = program, model, root
        self.failures = []
        with open(f"{root}/samples/7.png", "rb") as file:
            self.digit = file.read()

    def expect(self, name, condition, detail=""):
        separator = ": " if detail else ""
        print(f"{'ok  ' if condition else 'FAIL'} {name}{separator}{detail}", flush=True)
        if not condition:
            self.failures.append(name)

    def run(self):
        server = Server(self.program, self.model)
        self.server = server
        memory = server.memory()
        started = time.time()
        for check in [
            self.requests, self.refusals, self.broken, self.pipelined, self.half_closed, self.many,
            self.hostile_pictures, self.floods, self.huge_upload, self.many_uploads, self.slow,
        ]:
            check()
            status, body = ask(server, post(self.digit))
            self.expect(
                f"{check.__name__}: the server answers afterwards",
                status == 200 and json.loads(body)["digit"] == 7,
                f"memory {server.memory()} MiB, {time.time() - started:.0f} s",
            )
        self.expect("memory", server.memory() < 1000, f"{memory} to {server.memory()} MiB")
        self.stopping(server)
        self.few_files()
        return self.failures

    def requests(self):
        server, digit = self.server, self.digit
        for path in ["/", "/health", "/model"]:
            status, body = ask(server, head(path, method="GET"))
            self.expect(f"GET {path}", status == 200 and len(body) > 10)
        status, body = ask(server, post(digit, path="/predict?seen=1&explain=gradcam"))
        answer = json.loads(body)
        self.expect("POST /predict", status == 200 and answer["seen"]["png"] != "")
        boundary = "----x"
        form = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n'
            f'--{boundary}\r\nContent-Disposition: form-data; name="p"; filename="7.png"\r\n'
            "Content-Type: image/png\r\n\r\n"
        ).encode() + digit + f"\r\n--{boundary}--\r\n".encode()
        status, body = ask(
            server, post(form, f"Content-Type: multipart/form-data; boundary={boundary}")
        )
        self.expect("a form", status == 200 and json.loads(body)["file"] == "7.png", body[:80])
        chunks = b"".join(
            f"{len(digit[i:i + 100]):x}\r\n".encode() + digit[i:i + 100] + b"\r\n"
            for i in range(0, len(digit), 100)
        ) + b"0\r\n\r\n"
        status, body = ask(server, head("/predict", "Transfer-Encoding: chunked") + chunks)
        self.expect("chunks", status == 200)
        status, _ = ask(server, head("/health", method="GET", version="1.0"))
        self.expect("HTTP/1.0", status == 200)
        with server.connect() as connection:
            connection.sendall(
                head("/predict", "Expect: 100-continue", f"Content-Length: {len(digit)}"))
            status, _ = read_answer(connection)
            connection.sendall(digit)
            self.expect("100-continue", status == 100 and read_answer(connection)[0] == 200)
        statuses = []
        with server.connect() as connection:
            for _ in range(50):
                connection.sendall(post(digit))
                statuses.append(read_answer(connection)[0])
        self.expect("50 requests on one connection", statuses == [200] * 50)

    def refusals(self):
        for name, wanted, data in [
            ("no such path", 404, head("/x", method="GET")),
            ("a path upwards", 404, head("/../etc/passwd", method="GET")),
            ("wrong method", 405, head("/predict", method="GET")),
            ("OPTIONS", 405, head("/predict", "Origin: http://localhost", method="OPTIONS")),
            ("CONNECT", 404, head("localhost:1", method="CONNECT")),
            ("no host", 400, b"GET / HTTP/1.1\r\n\r\n"),
            ("two hosts", 400, head("/", "Host: localhost", "Host: localhost", method="GET")),
            ("foreign host", 403, head("/", "Host: evil.example", method="GET")),
            ("foreign origin", 403, post(self.digit, "Origin: http://evil.example")),
            ("null origin", 403, post(self.digit, "Origin: null")),
            ("empty body", 400, post(b"")),
            ("no length", 400, head("/predict")),
            ("text", 415, post(b"hello", "Content-Type: text/plain")),
            ("no picture", 415, post(b"hello")),
            ("half a picture", 400, post(self.digit[:120])),
            ("JSON", 415, post(b"{}", "Content-Type: application/json")),
            ("compressed", 415, post(self.digit, "Content-Encoding: gzip")),
            ("a form without file", 400,
             post(b"--x\r\n\r\n\r\n--x--", "Content-Type: multipart/form-data; boundary=x")),
            ("a form without boundary", 400, post(b"x", "Content-Type: multipart/form-data")),
            ("unknown query", 400, post(self.digit, path="/predict?x=1")),
            ("unknown method", 400, post(self.digit, path="/predict?explain=magic")),
            ("too large", 413, head("/predict", "Content-Length: 1000000000")),
            ("larger than numbers", 413, head("/predict", "Content-Length: 9000000000000000000")),
            ("a body for a page", 400, post(b"x" * 9, path="/").replace(b"POST", b"GET")),
        ]:
            status, body = ask(self.server, data)
            self.expect(name, status == wanted and b'"error"' in body, f"{status} {body[:90]}")

    def broken(self):
        for name, wanted, data in [
            ("garbage", {400}, b"\x00\xff\x80garbage\r\n\r\n"),
            ("TLS", {400}, bytes.fromhex("160301020001000 1fc0303".replace(" ", ""))),
            ("HTTP/2", {400}, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
            ("HTTP/0.9", {400, 408}, b"GET /\r\n"),
            ("two lengths", {400}, head("/predict", "Content-Length: 5", "Content-Length: 6")),
            ("length and chunks", {400},
             head("/predict", "Content-Length: 5", "Transfer-Encoding: chunked")),
            ("negative length", {400}, head("/predict", "Content-Length: -5")),
            ("overflowing length", {400, 413}, head("/predict", "Content-Length: " + "9" * 40)),
            ("bad chunk", {400}, head("/predict", "Transfer-Encoding: chunked") + b"zz\r\n"),
            ("huge chunk", {400, 408, 413},
             head("/predict", "Transfer-Encoding: chunked") + b"f" * 16 + b"\r\nxxxx"),
            ("unknown coding", {400}, head("/predict", "Transfer-Encoding: gzip") + b"x"),
            ("long line", {400, 431}, b"GET /" + b"a" * 200_000 + b" HTTP/1.1\r\n\r\n"),
            ("long field", {400, 431}, head("/", "X: " + "a" * 200_000, method="GET")),
            ("many fields", {400, 431}, head("/", *["X: a"] * 3000, method="GET")),
            ("a field without name", {400}, head("/", ": x", method="GET")),
            ("a space before the colon", {400}, head("/", "Host : x", method="GET")),
            ("a folded field", {200, 400}, head("/health", "X: a\r\n b", method="GET")),
        ]:
            status, body = ask(self.server, data, timeout=25)
            self.expect(name, status in wanted, f"{status} {body[:60]}")
        for _ in range(200):
            connection = self.server.connect()
            connection.sendall(post(self.digit)[:150])
            # A reset instead of a close.
            connection.setsockopt(
                socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            connection.close()
        for _ in range(200):
            connection = self.server.connect()
            connection.sendall(post(self.digit, path="/predict?explain=occlusion"))
            connection.close()

    def pipelined(self):
        with self.server.connect() as connection:
            connection.sendall((head("/health", method="GET") + post(self.digit)) * 20)
            file = connection.makefile("rb")
            statuses = []
            for _ in range(40):
                statuses.append(int(file.readline().split()[1]))
                length = 0
                while (line := file.readline()) != b"\r\n":
                    if line.lower().startswith(b"content-length:"):
                        length = int(line.split(b":")[1])
                file.read(length)
            self.expect("40 pipelined requests", statuses == [200] * 40)

    def half_closed(self):
        with self.server.connect() as connection:
            connection.sendall(post(self.digit))
            connection.shutdown(socket.SHUT_WR)
            self.expect("a client that has closed its side", read_answer(connection)[0] == 200)

    def many(self):
        def one(_):
            barrier.wait()
            return ask(self.server, post(self.digit, path="/predict?seen=1"), timeout=60)[0]

        for count in [200, 256]:
            barrier = threading.Barrier(count)
            started = time.time()
            with concurrent.futures.ThreadPoolExecutor(count) as pool:
                statuses = list(pool.map(one, range(count)))
            self.expect(
                f"{count} connections at once", statuses == [200] * count,
                f"{time.time() - started:.2f} s, {sorted(set(statuses))}")
        connections = [self.server.connect() for _ in range(256)]
        time.sleep(0.2)
        status, _ = ask(self.server, head("/health", method="GET"))
        self.expect("one connection too much", status == 503, f"{status}")
        for connection in connections:
            connection.close()
        time.sleep(0.2)
        connections = [self.server.connect() for _ in range(2000)]
        time.sleep(0.5)
        for connection in connections:
            connection.close()
        time.sleep(0.5)

    def hostile_pictures(self):
        folder = f"{self.root}/Tests"
        paths = sorted(
            path for ending in ["png", "jpg", "jpeg"]
            for path in glob.glob(f"{folder}/*/Fixtures/**/*.{ending}", recursive=True))
        answers = {}
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            bodies = []
            for path in paths:
                with open(path, "rb") as file:
                    bodies.append(file.read() or b"x")
            for status, _ in pool.map(lambda body: ask(self.server, post(body), 120), bodies):
                answers[status] = answers.get(status, 0) + 1
        self.expect(
            "pictures of the tests, damaged ones too",
            len(paths) > 100 and not set(answers) - {200, 400, 413, 415, 422},
            f"{len(paths)}: {answers}")
        damaged = []
        for place in range(8, len(self.digit), 5):
            damaged.append(
                self.digit[:place] + bytes([self.digit[place] ^ 0xFF]) + self.digit[place + 1:])
        statuses = {ask(self.server, post(body))[0] for body in damaged}
        self.expect("a byte changed", statuses <= {200, 400, 413, 415, 422}, f"{statuses}")

    def floods(self):
        """Large pictures, eight at a time."""
        import zlib

        def chunk(kind, data):
            return (struct.pack(">I", len(data)) + kind + data
                    + struct.pack(">I", zlib.crc32(kind + data)))

        def png(width, height):
            packer = zlib.compressobj(1)
            row = b"\0" + bytes(width)
            data = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
            return (b"\x89PNG\r\n\x1a\n"
                    + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
                    + chunk(b"IDAT", data) + chunk(b"IEND", b""))

        for side, wanted in [(4096, 422), (16000, 422), (100_000, 413)]:
            body = png(side, side if side < 20_000 else 3000)
            started = time.time()
            with concurrent.futures.ThreadPoolExecutor(8) as pool:
                statuses = list(
                    pool.map(lambda _: ask(self.server, post(body), 120)[0], range(8)))
            self.expect(
                f"8 pictures {side} pixels wide", set(statuses) == {wanted},
                f"{set(statuses)} in {time.time() - started:.1f} s, "
                f"memory {self.server.memory()} MiB")

    def huge_upload(self):
        block = b"x" * MIB
        for name, fields in [
            ("1 GB with its length", ["Content-Length: 1000000000"]),
            ("1 GB in chunks", ["Transfer-Encoding: chunked"]),
            ("1 GB as lie", ["Content-Length: 30000000"]),
        ]:
            sent, started = 0, time.time()
            with self.server.connect(60) as connection:
                connection.sendall(head("/predict", *fields))
                try:
                    for _ in range(954):
                        connection.sendall(
                            b"100000\r\n" + block + b"\r\n" if "chunks" in name else block)
                        sent += MIB
                except OSError:
                    pass
                try:
                    status, _ = read_answer(connection)
                except OSError as error:
                    status = error
            self.expect(
                name, status in (413, 415),
                f"{status} after {sent >> 20} MiB in {time.time() - started:.1f} s, "
                f"memory {self.server.memory()} MiB")

    def many_uploads(self):
        """More than fits: some are refused, but memory stays bounded."""
        body = os.urandom(MIB) * 30

        def one(_):
            try:
                return ask(self.server, post(body), 120)[0]
            except OSError:
                return "reset"

        with concurrent.futures.ThreadPoolExecutor(40) as pool:
            statuses = list(pool.map(one, range(40)))
        counts = {status: statuses.count(status) for status in set(statuses)}
        self.expect(
            "40 uploads of 30 MiB", set(counts) <= {415, 503},
            f"{counts}, memory {self.server.memory()} MiB")

    def slow(self):
        """Clients that send, or read, nearly nothing."""
        outcomes = {}

        def drip(name, first, rest, wanted):
            started = time.time()
            with self.server.connect(60) as connection:
                connection.sendall(first)
                connection.settimeout(0.5)
                status = "still open"
                for byte in rest:
                    try:
                        connection.sendall(bytes([byte]))
                        status, _ = read_answer(connection)
                        break
                    except socket.timeout:
                        continue
                    except OSError as error:
                        status = type(error).__name__
                        break
            outcomes[name] = (status, time.time() - started, wanted)

        def unread(name):
            started = time.time()
            with self.server.connect(60) as connection:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
                try:
                    for _ in range(100_000):
                        connection.sendall(head("/", method="GET"))
                    status = "all sent"
                except OSError as error:
                    status = type(error).__name__
            outcomes[name] = (status, time.time() - started, None)

        endless = b"a" * 200
        threads = [
            threading.Thread(target=drip, args=arguments) for arguments in [
                ("slow header", b"GET / HTTP/1.1\r\nHost: localhost\r\nX: ", endless, 408),
                ("slow body", head("/predict", "Content-Length: 100000"), endless, 408),
                ("slow chunks", head("/predict", "Transfer-Encoding: chunked") + b"ffff\r\n",
                 endless, 408),
                ("says nothing", b"", b"", None),
            ]
        ] + [threading.Thread(target=unread, args=("never reads",))]
        for _ in range(100):
            threads.append(threading.Thread(target=drip, args=(
                "one of 100", head("/predict", "Content-Length: 1000"), endless, 408)))
        for thread in threads:
            thread.start()
        time.sleep(2)
        started = time.time()
        status, _ = ask(self.server, post(self.digit))
        self.expect(
            "an answer beside 100 slow clients", status == 200, f"{time.time() - started:.2f} s")
        for thread in threads:
            thread.join()
        for name, (status, seconds, wanted) in outcomes.items():
            if wanted:
                self.expect(name, status == wanted and seconds < 40, f"{status}, {seconds:.0f} s")
            elif name == "never reads":
                self.expect(
                    name, status != "all sent" and seconds < 70, f"{status}, {seconds:.0f} s")

    def stopping(self, server):
        connection = server.connect()
        idle = server.connect()
        body = post(self.digit, path="/predict?explain=occlusion")
        connection.sendall(body[:200])
        time.sleep(0.3)
        server.process.terminate()
        time.sleep(0.3)
        try:
            server.connect(2)
            refused = False
        except ConnectionRefusedError:
            refused = True
        connection.sendall(body[200:])
        status, _ = read_answer(connection)
        code = server.process.wait(20)
        idle.close()
        self.expect(
            "SIGTERM lets a request end", status == 200 and refused and code == 0,
            f"{status}, refused {refused}, code {code}")

    def few_files(self):
        server = Server(self.program, self.model, files=100)
        connections = []
        for _ in range(150):
            try:
                connections.append(server.connect(2))
            except OSError:
                break
        time.sleep(0.5)
        for connection in connections:
            connection.close()
        time.sleep(0.5)
        status, _ = ask(server, post(self.digit))
        self.expect(
            "more connections than files", status == 200 and server.stop() == 0,
            f"{len(connections)} connections, {status}")
