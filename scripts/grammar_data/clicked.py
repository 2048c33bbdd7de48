"""mkdocs and runbook itself: programs made with Click, which tells their verbs and options."""

from importlib.metadata import version
from typing import Any

import click
from mkdocs.__main__ import cli

from runbook.cli import commands


def mkdocs() -> dict[str, Any]:
    """mkdocs: its verbs, and the options of each."""
    return {"version": version("mkdocs"), **_told(cli)}


def runbook() -> dict[str, Any]:
    """The engine of this commit: it has no other version to be compared with."""
    return {"version": "", **_told(commands)}


def _told(group: click.Group) -> dict[str, Any]:
    program = group.make_context("", [], resilient_parsing=True).to_info_dict()["command"]
    every = {"": program, **program["commands"]}
    return {"verbs": {name: " ".join(map(_written, _options(verb))) for name, verb in every.items()}, "aliases": {}}


def _options(verb: dict[str, Any]) -> list[dict[str, Any]]:
    return [one for one in verb["params"] if one["param_type_name"] == "option"]


def _written(option: dict[str, Any]) -> str:
    """`-d,--site-dir=`, and `--use --no-use` for two that are opposite."""
    ways = ",".join(sorted(option["opts"], key=len))
    return " ".join([f"{ways}{'' if option['is_flag'] else '='}", *option["secondary_opts"]])
