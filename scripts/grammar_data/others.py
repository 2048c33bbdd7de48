"""curl, git and the programs of GNU: each has its own way to list its options."""

import re
import shutil
import tempfile
from collections.abc import Iterator
from typing import Any

from grammar_data.ask import said

CURL = re.compile(r"^ *(?:(-\S), )? *(--[\w.-]+)( <)?", re.MULTILINE)
GIT = re.compile(r"^    (?:(-\w)(?:, )?)?(--(?:\[no-\])?[\w-]+)?(\[=| ?<| ?\[)?", re.MULTILINE)
GIT_COMMON = re.compile(r"\[(-[\w-]+(?: \| -[\w-]+)*)(\[?=| <)?")  # `[-v | --version]`, `[-C <path>]`
GNU_PROGRAMS = (
    "base64 basename cat chmod chown cp cut date df dirname du env expand fold grep head install join ls ln md5sum "
    "mkdir mktemp mv nice nl od paste readlink realpath rm rmdir sed seq sha256sum shuf sleep sort split stat stdbuf "
    "tac tail tar tee timeout touch tr truncate uniq wc xargs"
)


def curl() -> dict[str, Any]:
    """curl: one list for all."""
    options = " ".join(
        _written(short, name, "=" if value else "")
        for short, name, value in CURL.findall(said("curl", "--help", "all"))
    )
    return {"version": said("curl", "--version").split()[1], "verbs": {"": options}, "aliases": {}}


def git() -> dict[str, Any]:
    """git, in a repository of its own: a verb whose help lists no option keeps none, and is not judged by them."""
    with tempfile.TemporaryDirectory() as folder:
        said("git", "init", "--quiet", folder)
        verbs = said("git", "--list-cmds=main,nohelpers").split()
        options = {verb: _git_verb(("git", "-C", folder, verb), verb) for verb in verbs}
        usage = said("git", "-C", folder, "--help").partition("<command>")[0]
    marks = {"": "", "[=": "?"}
    common = " ".join(name.replace(" | ", ",") + marks.get(mark, "=") for name, mark in GIT_COMMON.findall(usage))
    return {"version": said("git", "--version").split()[-1], "verbs": {"": common, **options}, "aliases": {}}


def _git_verb(start: tuple[str, ...], verb: str) -> str | None:
    helped = re.findall(r"(--[\w-]+)(=?)", said(*start, "--git-completion-helper-all"))
    written = dict(_git_options(said(*start, "-h")))
    both = {**{name: ("", value) for name, value in helped}, **written}
    complete = written and verb not in ("log", "show", "diff", "rev-list", "blame", "shortlog", "whatchanged")
    listed = [_written(short, name, value) for name, (short, value) in sorted(both.items())]
    return " ".join(listed) if complete else None


def _git_options(text: str) -> Iterator[tuple[str, tuple[str, str]]]:
    for short, name, mark in GIT.findall(text):
        value = "?" if "[" in mark else "=" if mark else ""
        if name or short:
            plain = name.replace("[no-]", "")
            yield plain or short, (short if name else "", value)
            if "[no-]" in name:
                yield name.replace("[no-]", "no-"), ("", "")


def gnu() -> dict[str, Any]:
    """Small programs of every Linux, each a verb of no program."""
    found = {}
    for program in GNU_PROGRAMS.split():
        if shutil.which(program):
            found[program] = " ".join(["--help", "--version", *_gnu_options(said(program, "--help"))])
    return {"version": said("sort", "--version").split("\n")[0], "verbs": found, "aliases": {}, "builtins": _builtins()}


def _builtins() -> list[str]:
    """What bash itself does, and its words."""
    return sorted(set(said("bash", "-c", "compgen -bk").split()))


def _gnu_options(text: str) -> Iterator[str]:
    """`  -e script, --expression=script   words`: what stands before two blanks."""
    for line in text.splitlines():
        head = re.split(r"\s{2,}", line.strip())[0]
        names = re.findall(r"(?<![\w-])(--?[\w][\w-]*)", head)
        if line.startswith(" ") and head.startswith("-") and names and not {"--help", "--version"} & set(names):
            value = "?" if "[=" in head else "=" if re.search(r"=|-\w [A-Za-z]", head) else ""
            yield ",".join(names) + value


def _written(short: str, name: str, value: str) -> str:
    return f"{short},{name}{value}" if short else f"{name}{value}"
