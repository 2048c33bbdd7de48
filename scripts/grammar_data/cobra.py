"""kubectl, docker and kind: programs whose `--help` lists verbs and options in the way of the Go library Cobra."""

import re
from typing import Any

from grammar_data.ask import said, takes_none

VERB = re.compile(r"^  ([a-z][\w-]*)\*? +\S", re.MULTILINE)
SECTION = re.compile(r"^(?:[\w() ,'-]*Commands?|Subcommands)[^\n]*:\n((?:  .*\n|\n(?=  ))+)", re.MULTILINE)
ALIASES = re.compile(r"^Aliases:\n *(.+)$", re.MULTILINE)
# kubectl: `-f, --filename=[]:`; docker, kind: `-f, --file string   Name of…`
OPTION = re.compile(r"^ +(?:(-\w), )?(--[\w-]+)(?:=(\S*?):$| ([a-z]\w*))?(?=  |$|:$)", re.MULTILINE)
SERVERS = ("proxy", "port-forward")  # would serve instead of refusing


def kubectl(*only: str) -> dict[str, Any]:
    """kubectl's own verbs, or these alone; those of plugins are not its own."""
    common = _options(said("kubectl", "options"))
    return _program("kubectl", "--client", common, only)


def docker(*only: str) -> dict[str, Any]:
    """docker, or these verbs alone, with compose and buildx where they are plugins of this machine."""
    return _program("docker", "--version", {}, only)


def kind(*only: str) -> dict[str, Any]:
    """kind, or these verbs alone."""
    return _program("kind", "--version", {}, only)


def _program(name: str, version: str, common: dict[str, str], only: tuple[str, ...]) -> dict[str, Any]:
    verbs: dict[str, dict[str, str]] = {}
    aliases: dict[str, str] = {}
    for verb in only or ("",):
        _read(name, tuple(verb.split()), verbs, aliases, below=not only)
    if common and "" in verbs:
        verbs[""] = {**verbs[""], **common}
    optional = _optional(name, verbs) if common else set()
    first = said(
        name, "version" if version == "--client" else version, *(["--client"] if version == "--client" else [])
    )
    return {
        "version": first.splitlines()[0].rpartition(": ")[2],
        "verbs": {
            verb: " ".join(_written(*option, option[0].rstrip("=") in optional) for option in sorted(options.items()))
            for verb, options in verbs.items()
        },
        "aliases": {alias: verb for alias, verb in aliases.items() if alias not in verbs and alias != verb},
    }


def _read(
    program: str, path: tuple[str, ...], verbs: dict[str, dict[str, str]], aliases: dict[str, str], below: bool
) -> None:
    """The options and other names of a verb, and those of the verbs `below` it."""
    text = said(program, *path, "--help")
    verb = " ".join(path)
    verbs[verb] = _options(text)
    for line in ALIASES.findall(text):
        for alias in line.split(","):
            words = alias.split()
            name = " ".join(words[1:]) if words[0] == program else " ".join([*path[:-1], *words])
            aliases[name] = verb
    for section in SECTION.findall(text):
        for name in VERB.findall(section):
            if below and len(path) < 3 and name not in ("help", "options"):
                _read(program, (*path, name), verbs, aliases, below)


def _options(text: str) -> dict[str, str]:
    """Option, with `=` where it takes a value → its short name or nothing."""
    found = {}
    for short, name, default, kind in OPTION.findall(text):
        valued = bool(kind) or (default not in ("", "true", "false"))
        found[f"{name}{'=' if valued else ''}"] = short
    return found


def _optional(program: str, verbs: dict[str, dict[str, str]]) -> set[str]:
    """The options with a value that may also stand alone: those after which `--help` is still read as help."""
    asked = {
        option[:-1]: verb
        for verb, options in verbs.items()
        for option in options
        if option.endswith("=") and verb not in ("", *SERVERS)
    }
    answers = takes_none([(program, *verb.split(), option, "--help") for option, verb in asked.items()])
    return {option for option, alone in zip(asked, answers, strict=True) if alone}


def _written(option: str, short: str, optional: bool) -> str:
    name = f"{option[:-1]}?" if optional else option
    return f"{short},{name}" if short else name
