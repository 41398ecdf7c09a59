"""Writes the documentation as HTML that needs no server: build_site.py ARCHIVE SYMBOLS SITE

DocC's own site is a program that loads each page by HTTP, so it shows nothing when it is opened
from disk. This reads what docc has compiled (the render JSON in ARCHIVE/data) and writes one HTML
file for each article and each type, members included. Only Python's standard library is needed.
"""

import html
import json
import re
import shutil
import sys
from pathlib import Path
from urllib.parse import quote, unquote

from pages import ROOT, Problem, Site, shown
from writer import Writer

HERE = Path(__file__).parent


def guides(site):
    """The groups of articles on the landing page: (title, [(file, title, abstract)])."""
    landing = site.pages[ROOT]
    writer = Writer(site, landing)
    groups = []
    for section in landing.node["topicSections"]:
        entries = []
        for identifier in section["identifiers"]:
            reference = landing.node["references"][identifier]
            if reference.get("role") == "article":
                entries.append((site.address(reference["url"]), shown(reference["title"]),
                                writer.inline(reference.get("abstract", []))))
        if entries:
            groups.append((section["title"], entries))
    return groups


def reference_groups(site):
    """Top-level symbols by module and folder, as they lie in Sources."""
    modules = {}
    for page in site.pages.values():
        if page.is_symbol and len(page.parts) == 1:
            module, folder = site.folders(page)
            modules.setdefault(module, {}).setdefault(folder, []).append(page)
    return {name: modules[name] for name in sorted(modules)}


def frame(site, title, body, groups, current=""):
    navigation = ""
    for name, entries in groups:
        items = "".join(
            f"<li><a href='{file}'{' aria-current=page' if file == current else ''}>"
            f"{html.escape(text)}</a></li>" for file, text, _ in entries)
        navigation += f"<h2>{html.escape(name)}</h2><ul>{items}</ul>"
    mark = " aria-current=page" if current == "reference.html" else ""
    navigation += ("<h2>Reference</h2><ul>"
                   f"<li><a href='reference.html'{mark}>All types</a></li></ul>")
    return f"""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{html.escape(title)}</title>
<link rel="stylesheet" href="style.css">
<header><a class="home" href="index.html">Cairn</a>
<input id="search" type="search" placeholder="Search" aria-label="Search" autocomplete="off">
<ol id="found" hidden></ol></header>
<div class="columns">
<nav><details id="contents"><summary>Contents</summary>{navigation}</details></nav>
<main>
{body}
</main>
</div>
<script src="search.js"></script>
</html>
"""


def landing_body(site, groups):
    page = site.pages[ROOT]
    writer = Writer(site, page)
    body = f"<h1>Cairn</h1>\n<p class='abstract'>{writer.inline(page.node['abstract'])}</p>\n"
    body += writer.sections(page.node, 1, ["content"])
    for name, entries in groups:
        cards = "".join(f"<li><a href='{file}'>{html.escape(title)}</a> <span>{abstract}</span>"
                        "</li>" for file, title, abstract in entries)
        body += f"<h2>{html.escape(name)}</h2><ul class='cards'>{cards}</ul>\n"
    return body


def reference_body(site):
    body = "<h1>Reference</h1>\n<p class='abstract'>All types, by the module in which they are. "
    body += "<code>import Cairn</code> imports these modules.</p>\n"
    for module, folders in reference_groups(site).items():
        body += f"<h2 id='{module}'><a href='#{module}'>{module}</a></h2>\n"
        for folder in sorted(folders):
            if folder:
                body += f"<h3>{html.escape(folder)}</h3>\n"
            items = ""
            for page in sorted(folders[folder], key=lambda page: page.title):
                writer = Writer(site, page)
                items += (f"<li><a href='{quote(page.file)}'><code>{html.escape(page.title)}"
                          f"</code></a> {writer.inline(page.node.get('abstract', []))}</li>")
            body += f"<ul class='types'>{items}</ul>\n"
    return body


def page_body(site, page):
    writer = Writer(site, page)
    metadata = page.node["metadata"]
    body = ""
    if page.is_symbol:
        module, folder = site.folders(page)
        place = f"<a href='reference.html#{module}'>{module}</a>"
        for count in range(1, len(page.parts)):
            owner = site.pages.get(ROOT + "/" + "/".join(page.parts[:count]))
            if owner:
                place += f" › <a href='{quote(owner.file)}'>{html.escape(owner.title)}</a>"
        body += f"<p class='place'>{html.escape(metadata.get('roleHeading', ''))} · {place}</p>\n"
    title = html.escape(page.title)
    body += f"<h1>{f'<code>{title}</code>' if page.is_symbol else title}</h1>\n"
    if page.node.get("abstract"):
        body += f"<p class='abstract'>{writer.inline(page.node['abstract'])}</p>\n"
    body += writer.sections(page.node, 1)
    if page.is_symbol:
        body += writer.relationships() + writer.members()
    return body


def search_index(site):
    """Title, kind, address and summary of every page and member."""
    entries = []
    for url, node in site.nodes.items():
        kind = node["metadata"].get("symbolKind") or "guide"
        parts = url.removeprefix(ROOT).strip("/").split("/")
        if kind == "module":
            continue
        title = shown(node["metadata"]["title"])
        owner = site.pages.get(ROOT + "/" + "/".join(parts[:-1])) if len(parts) > 1 else None
        name = f"{owner.title}.{title}" if owner and url not in site.pages else title
        summary = "".join(piece.get("text") or piece.get("code") or ""
                          for piece in node.get("abstract", []))
        entries.append([name, kind, site.address(url), summary[:120]])
    return entries


def check_anchors(site, folder):
    """Refuses links to files and anchors that are not there."""
    ids = {}
    for path in folder.glob("*.html"):
        text = path.read_text()
        ids[path.name] = (set(re.findall(r" id='([^']*)'", text)), text)
    problems = []
    for name, (_, text) in ids.items():
        for target in re.findall(r"(?:href|src)='([^']*)'", text):
            target = html.unescape(target)
            if target.startswith(("https://", "http://", "mailto:")):
                continue
            file, _, anchor = target.partition("#")
            file, anchor = unquote(file) or name, unquote(anchor)
            if not (folder / file).exists():
                problems.append(f"{name}: {file} does not exist")
            elif anchor and file in ids and anchor not in {
                    unquote(html.unescape(one)) for one in ids[file][0]}:
                problems.append(f"{name}: {file} has no '{anchor}'")
    if problems:
        raise Problem("\n".join(sorted(set(problems))[:40]))


def main(archive, symbols, folder):
    site = Site(archive, symbols)
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "images").mkdir(parents=True)
    for picture in (archive / "images").rglob("*"):
        if picture.is_file():
            shutil.copy(picture, folder / "images" / picture.name)
    for name in ("style.css", "search.js"):
        shutil.copy(HERE / name, folder / name)
    groups = guides(site)
    for page in site.pages.values():
        if not page.parts:
            continue
        try:
            body = page_body(site, page)
        except Problem as problem:
            raise Problem(f"{page.file}: {problem}") from None
        text = frame(site, f"{page.title} · Cairn", body, groups, page.file)
        (folder / page.file).write_text(text)
    (folder / "index.html").write_text(
        frame(site, "Cairn", landing_body(site, groups), groups, "index.html"))
    (folder / "reference.html").write_text(
        frame(site, "Reference · Cairn", reference_body(site), groups, "reference.html"))
    index = json.dumps(search_index(site), ensure_ascii=False, separators=(",", ":"))
    (folder / "search-index.js").write_text(f"const searchIndex = {index};\n")
    check_anchors(site, folder)


if __name__ == "__main__":
    try:
        main(*map(Path, sys.argv[1:]))
    except Problem as problem:
        sys.exit(f"docs: {problem}")
