"""Writes the documentation as HTML that needs no server: site.py ARCHIVE SYMBOLS SOURCES SITE

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

from highlight import highlighted

HERE = Path(__file__).parent

# Arguments that the compiler fills in, so that an error names the line of the caller.
PLACE_OF_CALL = re.compile(
    r"(, )?file: StaticString = (<span[^>]*>)?#\w+(</span>)?, "
    r"line: UInt = (<span[^>]*>)?#line(</span>)?(, (?=\w))?")
ROOT = "/documentation/cairn"


class Problem(Exception):
    """Something in the documentation that the site cannot show."""


def slug(title):
    """The anchor of a heading, as GitHub makes it, so that links work there and here."""
    return re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-")


def without_place(title):
    """A name such as `skip(_:file:line:)` without the labels that nobody writes."""
    return title.replace("file:line:", "")


class Page:
    """An article or a type, which has an HTML file of its own."""

    def __init__(self, node, parts):
        self.node = node
        self.parts = parts
        self.title = node["metadata"]["title"].replace("`", "")
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


class Writer:
    """The HTML of one page."""

    def __init__(self, site, page):
        self.site = site
        self.page = page
        self.references = page.node["references"]

    def inline(self, nodes):
        return "".join(self.inline_node(node) for node in nodes)

    def inline_node(self, node):
        match node["type"]:
            case "text":
                return html.escape(node["text"])
            case "codeVoice":
                return f"<code>{html.escape(node['code'])}</code>"
            case "emphasis" | "newTerm":
                return f"<em>{self.inline(node['inlineContent'])}</em>"
            case "strong" | "inlineHead":
                return f"<strong>{self.inline(node['inlineContent'])}</strong>"
            case "reference":
                return self.link(node)
            case "image":
                return self.image(node)
            case other:
                raise Problem(f"unknown inline node '{other}'")

    def link(self, node):
        reference = self.references[node["identifier"]]
        if reference["type"] == "link":
            text = self.inline(reference.get("titleInlineContent", []))
            return f"<a href='{html.escape(reference['url'])}'>{text}</a>"
        if reference["type"] == "unresolvable":
            return f"<code>{html.escape(reference['title'])}</code>"
        title = html.escape(without_place(node.get("overridingTitle", reference["title"])))
        if reference.get("kind") == "symbol":
            title = f"<code>{title}</code>"
        return f"<a href='{self.site.address(reference['url'])}'>{title}</a>"

    def image(self, node):
        reference = self.references[node["identifier"]]
        variant = reference["variants"][0]["url"]
        text = html.escape(" ".join(reference.get("alt", "").split()))
        return f"<img src='images/{quote(Path(variant).name)}' alt='{text}'>"

    def blocks(self, nodes):
        return "".join(self.block(node) for node in nodes)

    def block(self, node):
        match node["type"]:
            case "paragraph":
                return f"<p>{self.inline(node['inlineContent'])}</p>\n"
            case "heading":
                level = node["level"]
                anchor = quote(slug(node["text"]))
                text = html.escape(node["text"])
                return f"<h{level} id='{anchor}'><a href='#{anchor}'>{text}</a></h{level}>\n"
            case "codeListing":
                return code(node["code"], node.get("syntax") or "")
            case "aside":
                name = html.escape(node.get("name") or node["style"].capitalize())
                content = self.blocks(node["content"])
                return f"<aside><p class='name'>{name}</p>{content}</aside>\n"
            case "unorderedList" | "orderedList" as kind:
                tag = "ul" if kind == "unorderedList" else "ol"
                items = "".join(f"<li>{self.blocks(item['content'])}</li>"
                                for item in node["items"])
                return f"<{tag}>{items}</{tag}>\n"
            case "table":
                return self.table(node)
            case "row":
                columns = "".join(f"<div>{self.blocks(column['content'])}</div>"
                                  for column in node["columns"])
                return f"<div class='row'>{columns}</div>\n"
            case "thematicBreak":
                return "<hr>\n"
            case other:
                raise Problem(f"unknown block '{other}'")

    def table(self, node):
        rows = []
        alignments = node.get("alignments") or []
        for number, row in enumerate(node["rows"]):
            tag = "th" if number == 0 and node["header"] in ("row", "both") else "td"
            cells = ""
            for column, cell in enumerate(row):
                align = alignments[column] if column < len(alignments) else "unset"
                style = f" class='{align}'" if align in ("right", "center") else ""
                cells += f"<{tag}{style}>{self.blocks(cell)}</{tag}>"
            rows.append(f"<tr>{cells}</tr>")
        return f"<div class='wide'><table>{''.join(rows)}</table></div>\n"

    def declaration(self, section):
        text = ""
        for token in section["declarations"][0]["tokens"]:
            piece = html.escape(token["text"])
            reference = self.references.get(token.get("identifier", ""))
            if reference and reference.get("url", "").startswith(ROOT):
                piece = f"<a href='{self.site.address(reference['url'])}'>{piece}</a>"
            elif token["kind"] in ("keyword", "attribute"):
                piece = f"<span class='k'>{piece}</span>"
            text += piece
        text = in_lines(PLACE_OF_CALL.sub("", text))
        return f"<pre class='declaration'><code>{text}</code></pre>\n"

    def sections(self, node, level, kinds=("declarations", "parameters", "content")):
        """Declaration, parameters and discussion of a symbol or article."""
        text = ""
        for section in node.get("primaryContentSections", []):
            if section["kind"] not in kinds:
                continue
            match section["kind"]:
                case "declarations":
                    text += self.declaration(section)
                case "parameters":
                    text += "<dl>"
                    for parameter in section["parameters"]:
                        if parameter["name"] in ("file", "line"):
                            continue
                        name = html.escape(parameter["name"])
                        text += f"<dt><code>{name}</code></dt>"
                        text += f"<dd>{self.blocks(parameter['content'])}</dd>"
                    text += "</dl>\n"
                case "content":
                    text += self.blocks(self.without_repetition(section["content"], level))
        return text

    @staticmethod
    def without_repetition(content, level):
        """Inside of a type's page, headings such as "Discussion" say nothing and go."""
        result = []
        for node in content:
            if node["type"] == "heading" and node["text"] in ("Overview", "Discussion"):
                continue
            if node["type"] == "heading" and node["text"] == "Return Value":
                node = node | {"text": "Returns"}
            if node["type"] == "heading" and level > 1:
                node = node | {"level": 5}
            result.append(node)
        return result

    def members(self):
        """The members of a type in DocC's groups, each in full."""
        text = ""
        groups = self.page.node.get("topicSections", [])
        for group in sorted(groups, key=lambda group: group["title"] == "Operators"):
            rows = ""
            for identifier in group["identifiers"]:
                reference = self.references.get(identifier)
                if reference is None or reference["url"] not in self.site.nodes:
                    continue
                url = reference["url"]
                node = self.site.nodes[url]
                if url in self.site.pages:
                    rows += f"<li>{self.link({'identifier': identifier})} "
                    rows += f"{self.inline(reference.get('abstract', []))}</li>"
                    continue
                writer = Writer(self.site, self.page)
                writer.references = node["references"]
                rows += f"<section class='member' id='{html.escape(url.rpartition('/')[2])}'>"
                rows += writer.sections(node, 3, ["declarations"])
                rows += f"<p>{writer.inline(node.get('abstract', []))}</p>"
                rows += writer.sections(node, 3, ["parameters", "content"])
                rows += "</section>"
            if rows:
                title = html.escape(group["title"])
                text += f"<h2 id='{quote(group['anchor'])}'>{title}</h2>\n"
                text += f"<ul class='types'>{rows}</ul>" if rows.startswith("<li>") else rows
        return text

    def relationships(self):
        text = ""
        for section in self.page.node.get("relationshipsSections", []):
            links = ", ".join(self.link({"identifier": identifier})
                              for identifier in section["identifiers"]
                              if not identifier.endswith(("8CopyableP", "9EscapableP",
                                                          "SendableMetatypeP")))
            if links:
                text += f"<p class='relations'>{html.escape(section['title'])}: {links}</p>\n"
        return text


def in_lines(declaration):
    """A long declaration with each parameter on a line of its own."""
    if len(re.sub("<[^>]*>|&[a-z]+;", "", declaration)) <= 80:
        return declaration
    text, depth = "", 0
    for piece in re.split(r"(<[^>]*>|[()\[\]]|, )", declaration):
        if piece in ("(", "["):
            depth += 1
            piece += "\n  " if depth == 1 and piece == "(" else ""
        elif piece in (")", "]"):
            depth -= 1
            piece = "\n)" if depth == 0 and piece == ")" else piece
        elif piece == ", " and depth == 1:
            piece = ",\n  "
        text += piece
    return text


def code(lines, syntax):
    text = highlighted("\n".join(lines), syntax)
    name = f" class='{html.escape(syntax)}'" if syntax else ""
    return f"<pre{name}><code>{text}</code></pre>\n"


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
                entries.append((site.address(reference["url"]),
                                reference["title"].replace("`", ""),
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
        title = without_place(node["metadata"]["title"])
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
        sys.exit(f"site.py: {problem}")
