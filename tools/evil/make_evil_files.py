#!/usr/bin/env python3
"""Makes files that try to hurt whoever opens them, with the expected answer of each program.

    tools/evil/make_evil_files.py FOLDER

The files are always the same. They hurt nobody who does not open them; what they lead to are files
named evil-target, /etc/passwd and /proc/self/environ, and code in them does nothing. Needs the
packages of requirements.txt.

FOLDER/expected.tsv has a line for each file and program: the kind, the file, the program as
tools/check-evil names it, the exit codes that are right, what the output must match if the exit
code is 0 (a regular expression, perhaps empty), and why the file is evil.
"""

import argparse
import concurrent.futures
import importlib
import pathlib
import shutil

from collection import Collection

MODULES = [
    "hdf5_bombs", "archives", "keras_configs", "hdf5_damage", "hdf5_storage", "pictures",
    "keras_code", "data_sets", "keras_names", "keras_options", "keras_ends",
]


def write(path, content):
    if isinstance(content, bytes):
        path.write_bytes(content)
    elif isinstance(content, dict):
        for name, part in content.items():
            (path / name).parent.mkdir(parents=True, exist_ok=True)
            write(path / name, part)
    else:
        content(path)


def make(module, folder):
    """Writes the files of a module, and returns their number and their lines of the table."""
    files = Collection()
    importlib.import_module(module).add(files)
    lines = []
    for file in files.files:
        write(folder / "files" / file.name, file.content)
        for program, (codes, told) in file.expected.items():
            lines.append("\t".join([file.kind, file.name, program, codes, told, file.why]))
    return len(files.files), lines


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=pathlib.Path)
    folder = parser.parse_args().folder
    if (folder / "files").exists():
        shutil.rmtree(folder / "files")
    (folder / "files").mkdir(parents=True)
    with concurrent.futures.ProcessPoolExecutor() as pool:
        parts = list(pool.map(make, MODULES, [folder] * len(MODULES)))
    lines = [line for _, part in parts for line in part]
    heading = "kind\tfile\tprogram\texit codes\toutput\twhy"
    (folder / "expected.tsv").write_text("\n".join([heading, *lines]) + "\n")
    print(f"{sum(count for count, _ in parts)} files, {len(lines)} runs")


if __name__ == "__main__":
    main()
