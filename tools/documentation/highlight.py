"""Colours for code: comments, strings, numbers, keywords and types."""

import html
import re

KEYWORDS = {
    "swift": """actor any as async await break case catch class continue default defer do else enum
        extension fallthrough false final for func guard if import in init inout internal is let
        nil override package private public repeat return self some static struct subscript super
        switch throw throws true try typealias unsafe var where while""",
    "python": """False None True and as assert break class continue def del elif else except finally
        for from global if import in is lambda not or pass raise return self try while with
        yield""",
    "c": """char const double else float for if int long return short signed sizeof static struct
        typedef uint32_t unsigned void while""",
    "sh": "",
    "json": "false null true",
}
COMMENTS = {"swift": r"//[^\n]*", "c": r"//[^\n]*|/\*.*?\*/", "python": r"\#[^\n]*",
            "sh": r"(?<!\S)\#[^\n]*"}


def highlighted(text, syntax):
    """The text as HTML; plain if the language is not known."""
    if syntax not in KEYWORDS:
        return html.escape(text)
    keywords = set(KEYWORDS[syntax].split())
    parts = [r'(?P<s>"""(?:.|\n)*?"""|"(?:\\.|[^"\\\n])*")']
    if syntax in ("python", "sh"):
        parts[0] = r"""(?P<s>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')"""
    if syntax in COMMENTS:
        parts.insert(0, f"(?P<c>{COMMENTS[syntax]})")
    if syntax != "sh":
        parts += [r"(?P<n>\b\d[\d_]*(?:\.\d+)?(?:e-?\d+)?\b)", r"(?P<w>[@#]?[A-Za-z_]\w*)"]
    result, end = "", 0
    for match in re.finditer("|".join(parts), text):
        result += html.escape(text[end:match.start()])
        kind, piece = match.lastgroup, match.group()
        if kind == "w":
            kind = "k" if piece in keywords else "t" if piece[0].isupper() else ""
        piece = html.escape(piece)
        result += f"<span class='{kind}'>{piece}</span>" if kind else piece
        end = match.end()
    return result + html.escape(text[end:])
