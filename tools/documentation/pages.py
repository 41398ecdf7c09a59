"""The pages of the site, and the links between them."""

import json
import re
from urllib.parse import quote

ROOT = "/documentation/cairn"


class Problem(Exception):
    """Something in the documentation that the site cannot show."""


def slug(title):
    """The anchor of a heading, as GitHub makes it, so that links work there and here."""
    return re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-")


def shown(title):
    """A title without the marks of code and the labels of arguments that nobody writes."""
    return title.replace("`", "").replace("file:line:", "")


class Page:
    """An article or a type, which has an HTML file of its own."""

    def __init__(self, node, parts):
        self.node = node
        self.parts = parts
        self.title = shown(node["metadata"]["title"])
        self.is_symbol = node["metadata"].get("role") != "article" and bool(parts)
        self.file = ".".join(parts) + ".html" if parts else "index.html"
        self.anchors = {
            block["anchor"]: slug(block["text"])
            for section in node.get("primaryContentSections", [])
            for block in section.get("content", []) if block["type"] == "heading"}


class Site:
    """All pages, and the links between them."""

    def __init__(self, archive, symbols):
        self.nodes = {}
        for path in sorted((archive / "data/documentation").rglob("*.json")):
            node = json.loads(path.read_text())
            if node["metadata"].get("role") == "collectionGroup":
                continue  # "… Implementations": lists of what the type's page lists already
            url = path.relative_to(archive / "data").with_suffix("")
            self.nodes["/" + url.as_posix()] = node
        own = {"struct", "class", "enum", "protocol", "typealias"}
        self.pages = {}
        for url, node in self.nodes.items():
            kind = node["metadata"].get("symbolKind")
            parts = url.removeprefix(ROOT).strip("/").split("/") if url != ROOT else []
            if kind is None or kind in own or kind == "module" or len(parts) == 1:
                self.pages[url] = Page(node, parts)
        self.locations = {}
        for symbol in json.loads(symbols.read_text())["symbols"]:
            if "location" in symbol:
                self.locations[symbol["identifier"]["precise"]] = symbol["location"]["uri"]

    def address(self, url):
        """The file, with an anchor for a member, to which DocC's URL leads."""
        url, _, anchor = url.partition("#")
        owner = url
        while owner not in self.pages:
            owner, slash, _ = owner.rpartition("/")
            if not slash:
                raise Problem(f"no page for {url}")
        if owner != url:
            anchor = url.removeprefix(owner + "/")
        anchor = self.pages[owner].anchors.get(anchor, anchor)
        return quote(self.pages[owner].file) + ("#" + quote(anchor) if anchor else "")

    def folders(self, page):
        """The module of a type and the folder in it, such as ('NeuralNetwork', 'Layers')."""
        uri = self.locations.get(page.node["metadata"].get("externalID"), "")
        below = uri.partition("/Sources/")[2].split("/")[:-1]
        return (below[0], below[1] if len(below) > 1 else "") if below else ("", "")
