#!/usr/bin/env python3
"""Writes Tests/ConsoleTests/Fixtures/display-widths.txt from Python's Unicode tables.

One line for each side of every change of width among the assigned characters: `<hex> <columns>`.
Wide are East Asian Wide and Fullwidth (UAX #11); nothing is taken by combining marks, by format
characters but the soft hyphen, and by the vowels and finals that complete a Hangul syllable.

With `--swift` it prints the table of Sources/Console/Text/WideScalars.swift instead.
"""

import pathlib
import sys
import unicodedata


def is_assigned(code):
    return unicodedata.category(chr(code)) not in ("Cn", "Cc", "Cs", "Co")


def is_wide(code):
    # Before 3.13 Python answers "F" for what is not assigned.
    return is_assigned(code) and unicodedata.east_asian_width(chr(code)) in "WF"


def width(code):
    character = chr(code)
    if code in range(0x1160, 0x1200) or code in range(0xD7B0, 0xD800):
        return 0
    if unicodedata.category(character) in ("Mn", "Me", "Cf") and code != 0xAD:
        return 0
    return 2 if is_wide(code) else 1


def wide_ranges():
    """The wide scalars; a gap of characters that are not assigned yet does not end a range."""
    ranges = []
    gap_is_unassigned = False
    for code in range(0x110000):
        if is_wide(code):
            if ranges and gap_is_unassigned:
                ranges[-1][1] = code
            else:
                ranges.append([code, code])
            gap_is_unassigned = True
        elif unicodedata.category(chr(code)) != "Cn":
            gap_is_unassigned = False
    return ranges


def main():
    if "--swift" in sys.argv:
        for first, last in wide_ranges():
            print(f"  0x{first:04X}...0x{last:04X},")
        return
    lines = [f"# Unicode {unicodedata.unidata_version}, written by tools/make-display-widths.py"]
    previous = None
    for code in filter(is_assigned, range(0x110000)):
        if previous is None or width(previous) != width(code):
            if previous is not None:
                lines.append(f"{previous:04X} {width(previous)}")
            lines.append(f"{code:04X} {width(code)}")
        previous = code
    root = pathlib.Path(__file__).resolve().parent.parent
    target = root / "Tests/ConsoleTests/Fixtures/display-widths.txt"
    target.write_text("\n".join(lines) + "\n")


main()
