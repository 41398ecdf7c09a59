"""Runs programs, and measures each together with the processes that it starts."""

import ctypes
import dataclasses
import os
import pathlib
import resource
import select
import signal
import subprocess
import time

# A run is stopped after so much time in which no process of it runs or could run, so that a machine
# that does much else makes no run fail; or after so much processor time.
WAITING_SECONDS = 20
RUNNING_SECONDS = 20
PRINTED = 4 << 20
# How long processes may outlive the program that started them.
REST_SECONDS = 2
SAMPLING_SECONDS = 0.02
PR_SET_CHILD_SUBREAPER = 36


@dataclasses.dataclass
class Execution:
    """What a run did. `code` is negative if a signal ended the program; the end of a process that
    it started does not count."""

    code: int
    seconds: float  # Processor time of all processes.
    memory: int  # An upper bound of what all processes used together, in bytes.
    stopped: bool  # Whether it was ended because it did not end itself.
    outlived: bool  # Whether processes were there long after the program.
    out: bytes
    err: bytes


def prepare():
    """Adopts processes whose parents have ended, so that their usage is counted, and limits what
    programs can do to the machine."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    os.nice(10)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 30, 1 << 30))
    resource.setrlimit(resource.RLIMIT_AS, (16 << 30, 16 << 30))


def execute(arguments, folder, outputs, trace=None):
    """Runs a command in a folder.

    `outputs` is a path to which .out and .err are added. `trace` is the file for the lines of
    strace, if it is wanted."""
    if trace:
        arguments = [
            "strace", "-f", "-qq", "--seccomp-bpf", "-s", "4096", "-e", "trace=file,prctl",
            "-e", "signal=none", "-o", trace, "--", *arguments,
        ]
    # A process begins with the peak of the one that started it.
    inherited = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    environment = {
        "PATH": "/usr/bin:/bin", "HOME": str(folder), "LC_ALL": "C.UTF-8",
        "SWIFT_BACKTRACE": "enable=no",
    }
    with open(f"{outputs}.out", "w+b") as out, open(f"{outputs}.err", "w+b") as err:
        process = subprocess.Popen(
            arguments, cwd=folder, stdin=subprocess.DEVNULL, stdout=out, stderr=err,
            env=environment, process_group=0,
        )
        status, usage, memory, stopped = wait(process, bool(trace))
        rest, outlived = reap_rest(process.pid)
        texts = []
        for stream in out, err:
            stream.seek(0)
            texts.append(stream.read(PRINTED + 1))
    usages = [usage, *rest]
    return Execution(
        process.returncode, sum(one.ru_utime + one.ru_stime for one in usages),
        max(memory, sum(one.ru_maxrss << 10 for one in usages if one.ru_maxrss > inherited)),
        stopped, outlived, *texts,
    )


def wait(process, is_traced):
    """Waits for the end of a process, and looks at the memory and the time of its tree meanwhile.
    """
    last, waiting, stopped = time.monotonic(), 0.0, False
    peaks, running = {}, {}
    descriptor = os.pidfd_open(process.pid)
    try:
        while not select.select([descriptor], [], [], SAMPLING_SECONDS)[0]:
            before, can_run = dict(running), False
            for one, tasks in tree(process.pid):
                peaks[one] = max(peaks.get(one, 0), peak_memory(one))
                for task in tasks:
                    if found := state(one, task):
                        running[task] = found[1]
                        can_run = can_run or found[0] in "RD"
            now = time.monotonic()
            # This process may have waited for a processor, too.
            interval, last = min(now - last, 5 * SAMPLING_SECONDS), now
            waiting = 0 if can_run or running != before else waiting + interval
            is_over = waiting > WAITING_SECONDS or sum(running.values()) > RUNNING_SECONDS
            if is_over and not stopped:
                stopped = True
                os.killpg(process.pid, signal.SIGKILL)
    finally:
        os.close(descriptor)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if is_traced:  # The memory of strace does not count.
        peaks.pop(process.pid, None)
    return status, usage, sum(peaks.values()), stopped


def reap_rest(group):
    """Waits for the processes that a program left, which are ended after a while."""
    usages, deadline, outlived = [], time.monotonic() + REST_SECONDS, False
    while True:
        try:
            process, _, usage = os.wait4(-group, os.WNOHANG)
        except ChildProcessError:
            return usages, outlived
        if process:
            usages.append(usage)
            continue
        if not outlived and time.monotonic() > deadline:
            outlived = True
            os.killpg(group, signal.SIGKILL)
        time.sleep(0.001)


def tree(process):
    """The processes that a process has started, and itself, each with its threads."""
    try:
        tasks = os.listdir(f"/proc/{process}/task")
        yield process, tasks
        for task in tasks:
            text = pathlib.Path(f"/proc/{process}/task/{task}/children").read_text()
            for child in text.split():
                yield from tree(int(child))
    except OSError:  # It has ended meanwhile.
        return


def state(process, task):
    """The state of a thread as in proc(5), and the seconds in which it ran."""
    try:
        status = pathlib.Path(f"/proc/{process}/task/{task}/stat").read_text()
        times = pathlib.Path(f"/proc/{process}/task/{task}/schedstat").read_text()
    except OSError:
        return None
    return status[status.rindex(")") + 2], int(times.split()[0]) / 1e9


def peak_memory(process):
    try:
        text = pathlib.Path(f"/proc/{process}/status").read_text()
    except OSError:
        return 0
    place = text.find("VmHWM:")
    return int(text[place:].split(maxsplit=2)[1]) << 10 if place >= 0 else 0
