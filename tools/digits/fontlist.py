"""The font files of fonts.txt that are installed, by use and kind."""

import functools
import pathlib
import subprocess

from PIL import ImageFont

LIST = pathlib.Path(__file__).with_name("fonts.txt")


def has_all(path, text):
    """Whether a font draws each character, and all of them differently."""
    try:
        face = ImageFont.truetype(path, 40)
        drawn = [face.getmask(c) for c in text]
    except OSError:
        return False
    if any(d.getbbox() is None for d in drawn):
        return False
    return len({(d.size, bytes(d)) for d in drawn}) == len(text)


@functools.cache
def installed():
    """Font files of each family, in a fixed order."""
    listed = subprocess.run(
        ["fc-list", "-f", "%{file}\t%{family[0]}\n"], capture_output=True, text=True, check=True
    ).stdout
    families = {}
    for line in sorted(set(listed.splitlines())):
        path, family = line.split("\t")
        if pathlib.Path(path).suffix.lower() in (".ttf", ".otf"):
            families.setdefault(family, []).append(path)
    return families


@functools.cache
def families(use, kind, needs="0123456789"):
    """Names and files of the families for `use` (test or training), those with all of `needs`."""
    out = []
    for line in LIST.read_text().splitlines():
        if line.startswith("#") or not line.strip():
            continue
        of_use, of_kind, family = line.split(" ", 2)
        if (of_use, of_kind) != (use, kind):
            continue
        # One form of each file name: packages ship the same face as .otf and .ttf.
        files = {pathlib.Path(p).stem: p for p in installed().get(family, []) if has_all(p, needs)}
        if files:
            out.append((family, sorted(files.values())))
    return out


def choose(rng, use, kinds, needs="0123456789"):
    """A family of any of the kinds, and one of its files."""
    family, files = pick(rng, [f for kind in kinds for f in families(use, kind, needs)])
    return family, pick(rng, files)


def pick(rng, items):
    return items[int(rng.integers(len(items)))]


if __name__ == "__main__":
    for use in ("test", "training"):
        for kind in ("printed", "handwriting", "segments"):
            found = families(use, kind)
            print(use, kind, len(found), "families", sum(len(f) for _, f in found), "files")
    wanted = {tuple(x.split(" ", 2))[2] for x in LIST.read_text().splitlines() if x[:1] != "#"}
    print("missing:", sorted(wanted - {f for f in installed()}))
