"""Do links lead to sections that exist, and is every page of the site in its navigation?"""

import posixpath
import re
from collections.abc import Iterator, Sequence

from runbook.checking.finding import Finding, nearest
from runbook.checking.offered.known_names import Names
from runbook.checking.offered.model import Model
from runbook.checking.prose.quotes import CODE, prose
from runbook.reading.content import Page

RULE = "site_links"
ANCHORED = re.compile(r"\]\((?!https?:)([^()\s#]*\.md)?#([^()\s]+)(?:\s[^()]*)?\)")
GIVEN = re.compile(r"\{[^{}]*#([\w-]+)[^{}]*\}|\bid=[\"']([\w-]+)[\"']")
HEADING = re.compile(r"^#{1,6} (.+?)\s*(?:\{[^{}]*\})?\s*$")
NAVIGATED = re.compile(r"^\s+- (?:.*: )?([\w./-]+\.md)\s*$", re.MULTILINE)
CALLED = re.compile(r"(?<!^)\[\^([\w-]+)\](?!:)", re.MULTILINE)
WRITTEN = re.compile(r"\[\^([\w-]+)\]:")
NUMBERED = re.compile(r"\[(\d+)\]\((?:[\w./-]*/)?(\d+)-[\w-]+\.md[)#]")
LINKED = re.compile(r"\[([^\[\]]+)\]\((?!https?:)(?:[^()\s#]*\.md)?#([\w-]+)\)")
HIDDEN = re.compile(r"(^|/)[_.]")


def anchors(pages: Sequence[Page], site: Sequence[Page]) -> Iterator[Finding]:
    """Each `page.md#section` of `pages`."""
    known = {page.uri: _sections(page) for page in site}
    for page in pages:
        for line, text in prose(page):
            for target, anchor in ANCHORED.findall(CODE.sub("", text)):
                uri = posixpath.normpath(posixpath.join(posixpath.dirname(page.uri), target)) if target else page.uri
                if uri in known and anchor not in known[uri] and not anchor.startswith(("fn", "tag:", "__")):
                    yield Finding(
                        page.path,
                        line,
                        f"« {target}#{anchor} » : la page n'a pas cette section",
                        nearest(anchor, known[uri]),
                        RULE,
                    )


def page_parts(page: Page, model: Model) -> Iterator[Finding]:
    """Each note that the text calls is written, each that is written is called, and no key of the metadata is given twice."""
    lines = prose(page)
    called = {name: line for line, text in reversed(lines) for name in CALLED.findall(CODE.sub("", text))}
    for line, text in lines:
        yield from _of_another(page, line, text, model)
        for shown, target in NUMBERED.findall(text):
            if int(shown) != int(target):
                yield Finding(
                    page.path, line, f"« {shown} » mène à la page {int(target)}", "corriger le numéro, ou le lien", RULE
                )
    written = {found[1]: line for line, text in reversed(lines) if (found := WRITTEN.match(text))}
    for name in sorted(set(called) - set(written)):
        yield Finding(
            page.path, called[name], f"note « [^{name}] » que la page n'écrit pas", nearest(name, written), RULE
        )
    for name in sorted(set(written) - set(called)):
        yield Finding(page.path, written[name], f"note « [^{name}] » que rien n'appelle", nearest(name, called), RULE)
    path = model.root / page.path
    source = path.read_text(encoding="utf-8").split("\n") if path.is_file() else []
    if source[:1] == ["---"] and "---" in source[1:]:
        keys = [
            line.partition(":")[0] if re.match(r"\w+:", line) else "" for line in source[1 : source.index("---", 1)]
        ]
        for index, key in enumerate(keys):
            if key and key in keys[:index]:
                yield Finding(
                    page.path,
                    index + 2,
                    f"clé « {key} » donnée deux fois dans l'en-tête : la dernière l'emporte",
                    "en retirer une",
                    RULE,
                )


def _of_another(page: Page, line: int, text: str, model: Model) -> Iterator[Finding]:
    """`[Redémarrer l'API](page.md#redemarrer-le-front)`: one application in the words, another in the section."""
    for words, anchor in LINKED.findall(CODE.sub(lambda found: found[2], text)):
        said, led = (
            {
                name
                for name in model.applications
                if re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", part, re.IGNORECASE)
            }
            for part in (words, anchor.replace("-", " "))
        )
        if len(said) == len(led) == 1 and said != led:
            yield Finding(
                page.path,
                line,
                f"« {words} » mène à « #{anchor} », qui parle de « {led.pop()} »",
                "corriger le lien, ou ses mots",
                RULE,
            )


def _sections(page: Page) -> set[str]:
    from markdown.extensions.toc import slugify  # noqa: PLC0415 - only a whole check needs it

    given = {one or other for one, other in GIVEN.findall(page.markdown)}
    return given | {slugify(found[1], "-") for _, text in prose(page) if (found := HEADING.match(text))}


def navigation(model: Model) -> Iterator[Finding]:
    """Every page is where a reader can choose it, and the site's own address is one that the settings know."""
    path = model.settings.site
    text = (
        (model.root / path).read_text(encoding="utf-8") if path in model.files and (model.root / path).is_file() else ""
    )
    if "\nnav:" not in text:
        return
    folder = model.site_folders["docs_dir"]
    start = text.index("\nnav:")
    listed = set(NAVIGATED.findall(text[start:]))
    for name in sorted(model.files):
        uri = name.removeprefix(f"{folder}/")
        if name.startswith(f"{folder}/") and name.endswith(".md") and not HIDDEN.search(uri) and uri not in listed:
            yield Finding(
                path,
                text.count("\n", 0, start) + 2,
                f"page « {uri} » absente de la navigation",
                "l'y ajouter, ou retirer la page",
                RULE,
            )
    checked = re.search(r"^validation:\n((?:[ \t]+.*\n|\s*#.*\n)+)", text, re.MULTILINE)
    for found in re.finditer(r"^\s+(\w+): *(info|ignore)\b", checked[1] if checked else "", re.MULTILINE):
        line = text.count("\n", 0, checked.start(1) + found.start(1) if checked else 0) + 1
        yield Finding(
            path,
            line,
            f"« {found[1]}: {found[2]} » : la construction stricte laisserait passer ce défaut",
            f"écrire {found[1]}: warn",
            RULE,
        )
    served = re.search(r"^dev_addr:\s*\S*:(\d+)", text, re.MULTILINE)
    ports = Names(model).ports
    if served and ports and int(served[1]) not in ports:
        yield Finding(
            path,
            text.count("\n", 0, served.start()) + 1,
            f"dev_addr sur le port {served[1]}, que rien d'autre ne nomme",
            nearest(served[1], map(str, ports)),
            RULE,
        )
