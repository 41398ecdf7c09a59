"""The answer of each program to each evil file: the exit code, words of the message, and whether
`inspect` calls the file safe to open in Keras.

The table answers.tsv has a line for each file and answer, with the programs that give it. What
`make_evil_files.py` says of a file are the answers that no program may leave, decided by hand; the
table is what the programs answer today, read by a human before it is committed."""

import collections
import dataclasses
import pathlib
import re

TABLE = pathlib.Path(__file__).resolve().parent / "answers.tsv"
HEADING = "file\texit code\tsafe in Keras\tmessage\tprograms"
WORDS = 60
SAFE = re.compile(r'Safe to open in Keras:\S* (yes|no)|"safe_in_keras": \{\s*"value": (true|false)')


@dataclasses.dataclass(frozen=True)
class Answer:
    code: int
    safe: str  # 'yes', 'no', or empty if the program does not say.
    message: str  # What its message must contain.

    @staticmethod
    def of(file, done):
        found = SAFE.search(done.out.decode(errors="replace"))
        safe = {"true": "yes", "false": "no"}.get(found[2], found[1]) if found else ""
        return Answer(done.code, safe, words(file, done.err) if done.code else "")

    def faults(self, file, done):
        """How a run differs from this answer."""
        other = Answer.of(file, done)
        if self.code != other.code:
            yield "answer", f"exit {other.code}, not {self.code}: {other.message}"
        elif self.message not in plain(done.err):
            yield "answer", f"the message is '{other.message}', not '{self.message}'"
        elif self.safe != other.safe:
            yield "answer", f"safe to open in Keras: '{other.safe}', not '{self.safe}'"


def plain(text):
    """The text in one line, without the folder of the evil files."""
    line = " ".join(text.decode(errors="replace").replace("\t", " ").split())
    return re.sub(r"(?<=')/[^' ]*/files/", "", line)


def words(file, text):
    """The beginning of an error without the name of the file."""
    errors = [line for line in text.split(b"\n") if re.match(rb"\w+: error: ", line)]
    message = plain(errors[0] if errors else text)
    message = re.sub(r"^\w+: error: ", "", message)
    message = re.sub(rf"^.*?{re.escape(file)}[^']*'(: | )?", "", message)
    message = re.sub(r"^(is not valid: )?The model's configuration cannot be used: ", "", message)
    message = re.sub(r", and \d+ \w+ are available.*", "", message)  # That depends on the machine.
    if len(message) <= WORDS:
        return message
    return message[:WORDS].rsplit(" ", 1)[0]


def read():
    """The answers by file and program."""
    table = {}
    if TABLE.exists():
        for line in TABLE.read_text().splitlines()[1:]:
            file, code, safe, message, programs = line.split("\t")
            for program in programs.split():
                table[file, program] = Answer(int(code), safe, message)
    return table


def write(table):
    groups = collections.defaultdict(list)
    for (file, program), answer in list(table.items()):  # Threads add to it meanwhile.
        groups[file, answer].append(program)
    lines = [
        f"{file}\t{answer.code}\t{answer.safe}\t{answer.message}\t{' '.join(programs)}"
        for (file, answer), programs in groups.items()
    ]
    TABLE.write_text("\n".join([HEADING, *lines]) + "\n")
