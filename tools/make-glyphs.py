#!/usr/bin/env python3
"""Writes Sources/Plots/Text/GlyphOutlines.swift: the outlines of the glyphs that plots use.

They are those of Roboto Regular (Apache License 2.0), in Debian's fonts-roboto-unhinted. A record
is a code in four hexadecimal digits, the advance and components, each of them outlines or the code
of another glyph with an offset. Numbers have two digits to the base of 64, and are units of which
2,048 are an em, plus 1,024.

    pip install fonttools
    tools/make-glyphs.py /usr/share/fonts/truetype/roboto/unhinted/RobotoTTF/Roboto-Regular.ttf
"""

import pathlib
import sys

from fontTools.pens.basePen import decomposeQuadraticSegment
from fontTools.ttLib import TTFont

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz+-"
CODES = [
    *range(0x20, 0x7F), *range(0xA0, 0x180), 0x2013, 0x2014, 0x2018, 0x2019, 0x201C, 0x201D,
    0x2026, 0x2212, 0x2264, 0x2265,
]
LINE = 92


def number(value):
    value = round(value) + 1024
    assert 0 <= value < 4096, value
    return DIGITS[value // 64] + DIGITS[value % 64]


def point(x, y):
    return number(x) + number(y)


def contours(glyph, table):
    """`M` and a point begin a contour; `L` and `Q` continue it."""
    text = ""
    coordinates, ends, flags = glyph.getCoordinates(table)
    start = 0
    for end in ends:
        points = list(zip(coordinates[start : end + 1], flags[start : end + 1]))
        start = end + 1
        if not any(on & 1 for _, on in points):
            (x0, y0), (x1, y1) = points[0][0], points[-1][0]
            points.insert(0, ((round((x0 + x1) / 2), round((y0 + y1) / 2)), 1))
        first = next(index for index, (_, on) in enumerate(points) if on & 1)
        points = points[first:] + points[: first + 1]
        text += "M" + point(*points[0][0])
        off = []
        for place, on in points[1:]:
            if not on & 1:
                off.append(place)
            elif off:
                for control, target in decomposeQuadraticSegment(off + [place]):
                    text += "Q" + point(*control) + point(*(round(x) for x in target))
                off = []
            else:
                text += "L" + point(*place)
    return text


def main(path):
    font = TTFont(path)
    names, table, metrics = font.getBestCmap(), font["glyf"], font["hmtx"]
    assert font["head"].unitsPerEm == 2048
    codes = {}
    for code in CODES:
        codes.setdefault(names.get(code), code)
    records = []
    for code in CODES:
        if code not in names:
            continue
        name = names[code]
        glyph = table[name]
        parts = []
        if glyph.isComposite():
            for component in glyph.components:
                plain = component.getComponentInfo()[1][:4] == (1, 0, 0, 1)
                if component.glyphName in codes and plain:
                    other = f"{codes[component.glyphName]:04x}"
                    parts.append("C" + other + point(component.x, component.y))
                else:
                    parts = [contours(glyph, table)]
                    break
        elif glyph.numberOfContours > 0:
            parts = [contours(glyph, table)]
        records.append(f"{code:04x}{number(metrics[name][0])}{''.join(parts)}")
    text = ";".join(records)
    lines = [text[start : start + LINE] for start in range(0, len(text), LINE)]
    source = [
        "// Written by tools/make-glyphs.py, which describes the records.",
        "//",
        "// The outlines are those of Roboto Regular, Copyright 2011 Google Inc., licensed under",
        "// the Apache License, Version 2.0.",
        "",
        "/// The outlines of the glyphs of Roboto Regular.",
        'let glyphOutlines: StaticString = """',
        *(f"  {line}\\" for line in lines[:-1]),
        f"  {lines[-1]}",
        '  """',
    ]
    target = pathlib.Path(__file__).parent.parent / "Sources/Plots/Text/GlyphOutlines.swift"
    target.write_text("\n".join(source) + "\n")
    print(f"{len(records)} glyphs, {len(text)} characters, {len(lines)} lines")


main(sys.argv[1])
