"""The HTML of what is on a page."""

import html
import re
from pathlib import Path
from urllib.parse import quote

from highlight import highlighted
from pages import ROOT, Problem, shown, slug

# Arguments that the compiler fills in, so that an error names the line of the caller.
PLACE_OF_CALL = re.compile(
    r"(, )?file: StaticString = (<span[^>]*>)?#\w+(</span>)?, "
    r"line: UInt = (<span[^>]*>)?#line(</span>)?(, (?=\w))?")


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
        title = html.escape(shown(node.get("overridingTitle", reference["title"])))
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
                text = re.sub("`([^`]*)`", r"<code>\1</code>", html.escape(node["text"]))
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
