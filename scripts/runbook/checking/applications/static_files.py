"""Are the files that templates take from the static folder of their application there, and the classes that its style sheets give a look to?"""

import posixpath
import re
from collections.abc import Iterator

from runbook.checking.finding import Finding, nearest
from runbook.checking.offered.model import Model

TAKEN = re.compile(r"url_for\(\s*['\"]static['\"]\s*,\s*filename\s*=\s*['\"]([^'\"]+)['\"]")
CLASSES = re.compile(r"\bclass=[\"']([^\"'{}]+)[\"']")
STYLED = re.compile(r"\.([a-zA-Z][\w-]*)(?=[^{}]*\{)")


def static_files(model: Model) -> Iterator[Finding]:
    """Each `url_for('static', filename='…')` of a template: Flask makes an address of it, whether or not the file is there."""
    for name, text in model.templates.items():
        folder = f"{name[: name.index('/templates/')]}/static"
        known = {posixpath.relpath(path, folder) for path in model.files if path.startswith(f"{folder}/")}
        for found in TAKEN.finditer(text):
            if known and found[1] not in known:
                yield Finding(
                    name,
                    text.count("\n", 0, found.start()) + 1,
                    f"« {found[1]} » n'est pas dans « {folder} »",
                    nearest(found[1], known),
                    "static_files",
                )


def style_classes(model: Model) -> Iterator[Finding]:
    """A class that a template gives has a look, and a class that has one is given, where an application has style sheets of its own."""
    for folder in sorted({name[: name.index("/templates/")] for name in model.templates}):
        sheets = {
            path: (model.root / path).read_text(encoding="utf-8")
            for path in sorted(model.files)
            if path.startswith(f"{folder}/static/") and path.endswith(".css")
        }
        templates = {name: text for name, text in model.templates.items() if name.startswith(f"{folder}/")}
        styled = {found for text in sheets.values() for found in STYLED.findall(text)}
        given = {word for text in templates.values() for found in CLASSES.findall(text) for word in found.split()}
        computed = any(re.search(r"class=[\"'][^\"']*\{|classList|className", text) for text in templates.values())
        for name, text in templates.items() if styled else ():
            yield from (
                Finding(
                    name,
                    _line(text, word),
                    f"classe « {word} », qu'aucune feuille de style ne connaît",
                    nearest(word, styled - given or styled),
                    "static_files",
                )
                for word in sorted(given - styled)
                if re.search(rf"(?<![\w-]){word}(?![\w-])", text)
            )
        for path, text in sheets.items() if not computed else ():
            yield from (
                Finding(
                    path,
                    _line(text, f".{word}"),
                    f"classe « {word} », qu'aucun modèle ne donne",
                    nearest(word, given - styled or given),
                    "static_files",
                )
                for word in sorted(set(STYLED.findall(text)) - given)
            )


def _line(text: str, word: str) -> int:
    found = re.search(rf"{re.escape(word)}(?![\w-])", text)
    return text.count("\n", 0, found.start()) + 1 if found else 1
