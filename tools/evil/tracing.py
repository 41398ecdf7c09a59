"""What a run did with files, from the lines of strace."""

import os
import pathlib
import re

# Files that every program may open: libraries, and what the runtime and the kernel tell.
SYSTEM = re.compile(
    r"/(lib|lib64|usr|opt|sys)/|/etc/(ld\.so\.|localtime$)|/dev/(null|urandom|shm/)"
    r"|/proc/(self|\d+)/(maps|exe|cgroup|status|statm?|fd/[012]|mountinfo|task/\d+/comm)$"
    r"|/proc/(cpuinfo|meminfo|filesystems|sys/.*)$"
)
LINE = re.compile(r"(\d+) +(.*)")
UNFINISHED = re.compile(r"(.*) <unfinished \.\.\.>$")
RESUMED = re.compile(r"<\.\.\. \w+ resumed>(.*)")
CONFINING = re.compile(r"prctl\(PR_SET_SECCOMP, .*\) += 0")
OPENING = re.compile(r"\b(open|openat|openat2|creat)\((.*)\) += (-?\d+|\?)( \w+)?")
CHANGING = re.compile(
    r"\b(unlink|unlinkat|rename|renameat|renameat2|mkdir|mkdirat|link|linkat|symlink|symlinkat"
    r"|truncate|chmod|fchmodat|chown|fchownat|utimensat|mknod|mknodat|execve|execveat)\((.*)\) += 0"
)
TEXT = re.compile(r'"((?:[^"\\]|\\.)*)"')
PROGRAMS = ("train", "predict", "inspect", "convert", "exe")


def is_output(name):
    """Whether it is the output, a numbered checkpoint of a run, or a temporary form of either."""
    return re.fullmatch(
        r"output(\.weights)?\.(h5|keras|safetensors|npz|h|onnx)|output\.step-\d+\.h5"
        r"|\.output[^/]*\.(lock|tmp-[0-9a-f-]+(-link)?)",
        name,
    )


def calls(trace):
    """The number of the process and the text of each call. Calls of several processes overlap, and
    are then written in two parts."""
    started = {}
    for line in trace.read_text(errors="surrogateescape").splitlines():
        if not (found := LINE.match(line)):
            continue
        process, text = found[1], found[2]
        if part := UNFINISHED.match(text):
            started[process] = part[1]
            continue
        if part := RESUMED.match(text):
            text = started.pop(process, "") + part[1]
        yield process, text
    # A process that was ended during a call may have made it.
    for process, text in started.items():
        yield process, f"{text}) = ?"


class Tracing:
    """The faults of a run: files that it opened or changed beside the allowed ones."""

    def __init__(self, trace, folder, allowed):
        self.folder = folder
        self.allowed = allowed
        self.faults = []
        confined = set()
        for process, call in calls(trace):
            if CONFINING.search(call):
                confined.add(process)
            elif found := OPENING.search(call):
                # The filter denies what a confined process asks for before the kernel looks at the
                # path. strace shows that only if its own filter does not work.
                is_denied = found[4] == " EACCES"
                if process in confined:
                    if not is_denied:
                        self.faults.append(f"opens a file in the sandbox: {call}")
                    continue
                # The kernel looks at a path only if the call is one that is made.
                only_targets = found[3].startswith("-") and "ENOENT" in call
                self.look(found[2], only_targets)
            elif found := CHANGING.search(call):
                self.change(found[1], found[2])

    def path(self, text):
        text = text.encode().decode("unicode_escape", errors="replace")
        return os.path.normpath(os.path.join(self.folder, text))

    def look(self, arguments, only_targets=False):
        for text in TEXT.findall(arguments)[:1]:
            path = self.path(text)
            name = os.path.basename(path)
            if "evil-target" in path or path in ("/etc/passwd", "/etc/hostname"):
                self.faults.append(f"opens {path}")
            elif only_targets or SYSTEM.match(path):
                continue
            elif path.startswith("/proc/") and path.endswith("/environ"):
                self.faults.append(f"opens {path}")
            elif not self.is_allowed(path) and name != "":
                self.faults.append(f"opens {path}")

    def is_allowed(self, path):
        path = pathlib.Path(path)
        if path == self.folder or is_output(path.name) and path.parent == self.folder:
            return True
        return any(
            path == one or one in path.parents or path in one.parents for one in self.allowed
        )

    def change(self, call, arguments):
        texts = TEXT.findall(arguments)
        if call.startswith("exec"):
            if os.path.basename(texts[0]) not in PROGRAMS:
                self.faults.append(f"runs {texts[0]}")
            return
        for text in texts:
            path = pathlib.Path(self.path(text))
            # Files opened by /proc/self/fd get their name by linkat.
            if str(path).startswith("/proc/self/fd/") or text == "":
                continue
            if path.parent != self.folder or not is_output(path.name):
                self.faults.append(f"{call} {path}")
