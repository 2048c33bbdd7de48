"""Do the comments of manifests, Compose, Dockerfiles and the server's settings name files, objects and addresses that exist?"""

import re
from collections.abc import Iterator

from runbook.checking.finding import Finding, nearest
from runbook.checking.offered.known_names import Names
from runbook.checking.offered.model import Model
from runbook.checking.offered.objects import KIND_OF
from runbook.checking.prose.names import address_fault

RULE = "comment_names"
COMMENT = re.compile(r"^\s*#(.*)$")
URL = re.compile(r"https?://(?:localhost|127\.0\.0\.1)[^\s<>()\"'`,]*")
PATH = re.compile(r"(?<![\w./:@-])((?:[\w-][\w.-]*/)+[\w.-]*\w)(?![\w/*<])")
REMEDY = "corriger le commentaire"


def comment_names(model: Model) -> Iterator[Finding]:
    """Every such name that nothing in the repository has."""
    names = Names(model)
    sources = {item.path for item in model.objects} | {model.settings.model.compose, model.settings.model.server}
    sources |= {name for name in model.files if name.rpartition("/")[2].endswith("Dockerfile")}
    for path in sorted(sources & model.files):
        for number, text in _comments((model.root / path).read_text(encoding="utf-8"), python=path.endswith(".py")):
            for cause, remedy in _wrong(text, names):
                yield Finding(path, number, f"un commentaire dit {cause}", f"{remedy} ; sinon {REMEDY}", RULE)


def _comments(text: str, *, python: bool) -> Iterator[tuple[int, str]]:
    """The lines of comments, and of the text that opens a Python file."""
    opened = python and text.startswith('"""')
    for number, line in enumerate(text.split("\n"), 1):
        found = COMMENT.match(line)
        if opened or found:
            yield number, found[1] if found else line
        opened = opened and not (number > 1 and '"""' in line)


def _wrong(text: str, names: Names) -> Iterator[tuple[str, str]]:
    for url in URL.findall(text):
        problem = address_fault(url.rstrip(".:;"), names)
        if problem:
            yield problem
    known = names.model.files | names.model.folders
    for path in PATH.findall(URL.sub("", text)):
        head, _, rest = path.partition("/")
        if head in KIND_OF and head not in names.top:
            objects = names.objects | {item.name for item in names.model.of_kind(head)}
            if "/" not in rest and objects and rest not in objects:
                yield f"« {path} », qu'aucun manifeste ne décrit", nearest(rest, objects)
        elif path not in known and _meant(path, names):
            yield f"« {path} », absent du dépôt", nearest(path, known)


def _meant(path: str, names: Names) -> bool:
    """Whether a text with a slash is a path of the repository: it starts at one of its folders, or ends as one of its files."""
    last = path.rpartition("/")[2]
    return path.partition("/")[0] in names.top or last in names.base_names
