"""The text of pages: anchors that exist, files and objects that it quotes."""

import posixpath
import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache

from runbook.reading.content import Page, PageBlocks
from runbook.repository.model import Repository
from runbook.rules.finding import Finding, meant
from runbook.rules.rule import rule

FENCE = re.compile(r"^(?:[ \t>]*)(`{3,}|~{3,})")
LINK = re.compile(r"(?<!\\)\]\(<?([^)\s>]*)>?(?:\s+[^)]*)?\)")
HEADING = re.compile(r"^[\s>]*#{1,6}\s+(.*?)\s*#*\s*$")  # also in quotes, lists and boxes
IDENTIFIER = re.compile(r"\{[^}]*?#([^\s}]+)[^}]*\}|\b(?:id|name)=[\"']?([\w:.-]+)")
CODE = re.compile(r"(`+)(.+?)\1")
QUOTED_FILE = re.compile(r"\.?[\w-]+(?:/[\w.-]+)+")
QUOTED_OBJECT = re.compile(
    r"(deploy(?:ment)?|svc|service|configmap|cm|secret|namespace|ns|statefulset|sts|cronjob|job)s?/([a-z][a-z0-9-]*)"
)
GENERATED = re.compile(r"^::: |\[\[%|\{%|\{\{|^\[TOC\]", re.MULTILINE)  # a page some plugin writes more into
KINDS = {
    "deploy": "Deployment",
    "svc": "Service",
    "cm": "ConfigMap",
    "ns": "Namespace",
    "sts": "StatefulSet",
    **{
        kind.lower(): kind
        for kind in ("Deployment", "Service", "ConfigMap", "Secret", "Namespace", "StatefulSet", "CronJob", "Job")
    },
}


def lines_of(page: Page) -> Iterator[tuple[int, str]]:
    """Each line outside fenced blocks, with its place in the source."""
    fence = ""
    for index, text in enumerate(page.markdown.split("\n")):
        mark = FENCE.match(text)
        if mark and (not fence or (mark[1].startswith(fence) and not text.strip(" `~>"))):
            fence = "" if fence else mark[1]
        elif not fence:
            yield page.line_of[index] if index < len(page.line_of) else 1, text


@rule("ancre-absente", about="page", where="docs/index.md")
def anchors(page: PageBlocks, pages: Sequence[PageBlocks], _: Repository) -> Iterator[Finding]:
    """Un lien mène à une section que la page visée n'a pas.

    Mauvais : [Vérifier](#verifer)
    Bon : [Vérifier](#verifier)
    """
    known = {one.page.uri: one.page for one in pages}
    for line, text in lines_of(page.page):
        for found in LINK.finditer(CODE.sub("", text)):
            path, separator, anchor = found[1].partition("#")
            if not separator or not anchor or "://" in path or (path and not path.endswith(".md")):
                continue
            uri = posixpath.normpath(posixpath.join(posixpath.dirname(page.page.uri), path)) if path else page.page.uri
            target = known.get(uri)
            if target is None or GENERATED.search(target.markdown) or anchor.startswith(("fn", "__")):
                continue
            there = sections(target.markdown)
            if anchor.lower() not in there and re.sub(r"[_-]\d+$", "", anchor.lower()) not in there:
                near = meant(anchor, there)
                remedy = f"vouliez-vous dire « #{near} » ?" if near else "corriger l'ancre, ou la donner à un titre"
                yield Finding(page.page.path, line, f"« {uri} » n'a pas de section « #{anchor} »", remedy)


@cache
def sections(markdown: str) -> set[str]:
    """Every anchor that a page may have, in lower case: given ones, and titles as the usual slugs write them."""
    found: set[str] = set()
    for one in IDENTIFIER.finditer(markdown):
        found.add((one[1] or one[2]).lower())
    before = ""
    for text in markdown.split("\n"):
        heading = HEADING.match(text)
        title = heading[1] if heading else before if re.fullmatch(r"\s*(=+|-+)\s*", text) else ""
        before = text
        if title:
            found |= _slugs(re.sub(r"\{[^}]*\}\s*$", "", title))
    return found


def _slugs(title: str) -> set[str]:
    plain = re.sub(r"!?\[([^\]]*)\](\([^)]*\)|\[[^\]]*\])", r"\1", re.sub(r"<[^>]+>", "", title))
    plain = re.sub(r"[*`]|\\(?=\W)", "", plain)
    ascii_only = unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode()
    found = set()
    for text in (ascii_only, unicodedata.normalize("NFC", plain), re.sub(r":[\w+-]+:", "", plain)):
        word = re.sub(r"[^\w\s-]", "", text).strip().lower()
        found |= {re.sub(r"[-\s]+", "-", word), re.sub(r"\s", "-", word), re.sub(r"[-\s]+", "_", word)}
    return found


@rule("nom-cite", about="page", where="docs/index.md")
def quoted(page: PageBlocks, _: Sequence[PageBlocks], repository: Repository) -> Iterator[Finding]:
    """Le texte d'une page cite un fichier ou un objet qui n'existe pas, tout près d'un qui existe.

    Mauvais : `k8s/apis.yaml`
    Bon : `k8s/api.yaml`
    """
    if not repository.settings.targets:
        return  # pages that run nowhere tell of their readers' files, and of those that are gone
    for line, text in lines_of(page.page):
        for _, code in CODE.findall(text):
            path = posixpath.normpath(code.strip()) if QUOTED_FILE.fullmatch(code.strip()) else ""
            if path and path not in repository.files | repository.folders and not _kept_out(path, repository):
                near = meant(path, repository.in_folder.get(posixpath.dirname(path), ()))
                if near and not _pattern_of(path, near):
                    yield Finding(
                        page.page.path, line, f"« {path} » n'est pas dans le dépôt", f"vouliez-vous dire « {near} » ?"
                    )
            named = QUOTED_OBJECT.fullmatch(code.strip())
            if named and repository.objects:
                kind = KINDS[named[1]]
                names = [item.name for item in repository.of_kind(kind)]
                near = meant(named[2], names)
                if near and named[2] not in names:
                    yield Finding(
                        page.page.path,
                        line,
                        f"aucun {kind} ne s'appelle « {named[2]} »",
                        f"vouliez-vous dire « {near} » ?",
                    )


def _kept_out(path: str, repository: Repository) -> bool:
    """Whether it is there all the same: what git ignores, or what a page makes."""
    return (repository.root / path).exists() or path in repository.settings.model.generated


def _pattern_of(path: str, near: str) -> bool:
    """Whether they differ by a number only, as one page of a series from the next."""
    return re.sub(r"\d+", "", path) == re.sub(r"\d+", "", near)
