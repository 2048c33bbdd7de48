"""The text of pages: anchors that exist, files and objects that it quotes."""

import posixpath
import re
from collections.abc import Iterator, Sequence
from functools import cache
from urllib.parse import unquote

from markdown.extensions.toc import slugify, slugify_unicode

from runbook.reading.content import Page, PageBlocks
from runbook.repository.model import Repository
from runbook.rules.finding import Finding, slip
from runbook.rules.kubernetes import kinds
from runbook.rules.rule import rule

FENCED = re.compile(r"^[ \t>]*(`{3,}|~{3,}).*?(?:^[ \t>]*\1[`~]*[ \t]*$|\Z)", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"(?<!\\)\]\(<?([^)\s>]*)>?(?:\s+[^)]*)?\)")
# Also in quotes, lists and boxes; or a line that is underlined.
HEADING = re.compile(r"^[ \t>]*#{1,6}[ \t]+(.+?)[ \t]*#*[ \t\r]*$|^(.+)\n[ \t]*(?:=+|-+)[ \t\r]*$", re.MULTILINE)
IDENTIFIER = re.compile(r"\{[^}]*?#([^\s}]+)[^}]*\}|\b(?:id|name)=[\"']?([\w:.-]+)")
CODE = re.compile(r"(`+)(.+?)\1")
QUOTED_FILE = re.compile(r"\.?[\w-]+(?:/[\w.-]+)+")
QUOTED_OBJECT = re.compile(r"([a-z]+)/([a-z][a-z0-9-]*)")
GENERATED = re.compile(r"^::: |\[\[%|\{%|\{\{|^\[TOC\]", re.MULTILINE)  # a page some plugin writes more into


def lines_of(page: Page) -> Iterator[tuple[int, str]]:
    """Each line outside fenced blocks, with its place in the source."""
    text = FENCED.sub(lambda block: "\n" * block[0].count("\n"), page.markdown)
    return zip(page.line_of, text.split("\n"), strict=False)


@rule("ancre-absente", about="page", where="docs/index.md", bad="[Vérifier](#verifer)", good="[Vérifier](#verifier)")
def anchors(page: PageBlocks, pages: Sequence[PageBlocks], _: Repository) -> Iterator[Finding]:
    """Un lien mène à une section que la page visée n'a pas."""
    known = {one.page.uri: one.page for one in pages}
    for line, text in lines_of(page.page):
        for found in LINK.finditer(CODE.sub("", text)):
            path, separator, anchor = map(unquote, found[1].partition("#"))
            if not separator or not anchor or "://" in path or (path and not path.endswith(".md")):
                continue
            uri = posixpath.normpath(posixpath.join(posixpath.dirname(page.page.uri), path)) if path else page.page.uri
            there = sections(known[uri].markdown) if uri in known else None
            if there is None or anchor.startswith(("fn", "__")):
                continue
            if anchor.lower() not in there and re.sub(r"[_-]\d+$", "", anchor.lower()) not in there:
                remedy = slip(anchor, there) or "corriger l'ancre, ou la donner à un titre"
                yield Finding(page.page.path, line, f"« {uri} » n'a pas de section « #{anchor} »", remedy)


@cache
def sections(markdown: str) -> set[str] | None:
    """Every anchor that a page may have, in lower case: given ones, and titles as the usual slugs write them.

    None where some plugin writes more into the page.
    """
    if GENERATED.search(markdown):
        return None
    found = {(one[1] or one[2]).lower() for one in IDENTIFIER.finditer(markdown)}
    for title in HEADING.finditer(markdown):
        found |= _slugs(re.sub(r"\{[^}]*\}\s*$", "", title[1] or title[2]))
    return found


def _slugs(title: str) -> set[str]:
    plain = re.sub(r"!?\[([^\]]*)\](\([^)]*\)|\[[^\]]*\])", r"\1", re.sub(r"<[^>]+>", "", title))
    plain = re.sub(r"[*`]|\\(?=\W)", "", plain)
    found = set()
    for text in (plain, re.sub(r":[\w+-]+:", "", plain)):
        found |= {slug(text, separator) for slug in (slugify, slugify_unicode) for separator in "-_"}
        found.add(re.sub(r"\s", "-", re.sub(r"[^\w\s-]", "", text).strip().lower()))
    return found


@rule("nom-cite", about="page", where="docs/index.md", bad="`k8s/apis.yaml`", good="`k8s/api.yaml`")
def quoted(page: PageBlocks, _: Sequence[PageBlocks], repository: Repository) -> Iterator[Finding]:
    """Le texte d'une page cite un fichier ou un objet qui n'existe pas, tout près d'un qui existe."""
    if not repository.settings.targets:
        return  # pages that run nowhere tell of their readers' files, and of those that are gone
    made = repository.settings.model.generated
    for line, text in lines_of(page.page):
        for _, code in CODE.findall(text):
            path, named = posixpath.normpath(code.strip()), QUOTED_OBJECT.fullmatch(code.strip())
            kind = kinds().get(named[1]) if named else None
            if named and kind:
                names = [item.name for item in repository.of_kind(kind.name)]
                cause, likely = f"aucun {kind.name} ne s'appelle « {named[2]} »", slip(named[2], names)
                yield Finding(page.page.path, line, cause, likely if named[2] not in names else "")
            elif QUOTED_FILE.fullmatch(code.strip()) and path not in made and not (repository.root / path).exists():
                likely = slip(path, repository.beside(path))
                yield Finding(page.page.path, line, f"« {path} » n'est pas dans le dépôt", likely)
