"""Does Python's logging take the whole of the settings that the server gives it? It ignores in silence the keys that it does not know."""

import importlib.util
import inspect
import logging
import logging.config
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from runbook.checking.finding import nearest

Problem = tuple[str, str, str]  # the word at fault, cause, remedy
TOP = ("version", "formatters", "filters", "handlers", "loggers", "root", "incremental", "disable_existing_loggers")
LOGGER = ("level", "propagate", "filters", "handlers")
HANDLER = ("class", "()", "level", "formatter", "filters", ".")
FORMATTER = ("format", "datefmt", "style", "validate", "defaults", "class")
PARTS = {"formatters": "formatter", "filters": "filter", "handlers": "handler"}


def problems(settings: Mapping[str, Any]) -> Iterator[Problem]:
    """What is wrong in a dictionary for `logging.config.dictConfig`, the words of one level after another."""
    yield from _unknown(settings, TOP, "les réglages des journaux")
    if settings.get("version") != 1:
        yield "version", "les réglages des journaux sont sans « version: 1 »", "l'écrire"
    made = {part: _mapping(settings.get(part)) for part in PARTS}
    for name, formatter in made["formatters"].items():
        if "()" in formatter:
            yield from _refused(formatter["()"], set(formatter) - {"()", "."}, f"le format « {name} »")
        else:
            yield from _unknown(formatter, FORMATTER, f"le format « {name} »")
    for name, filtering in made["filters"].items():
        yield from _refused(filtering.get("()", logging.Filter), set(filtering) - {"()", "."}, f"le filtre « {name} »")
    for name, handler in made["handlers"].items():
        where = f"la sortie « {name} »"
        if "class" in handler or "()" in handler:
            yield from _refused(handler.get("()", handler.get("class")), set(handler) - set(HANDLER), where)
        else:
            yield from _unknown(handler, (*HANDLER, "stream", "filename"), where)
            yield name, f"{where} n'a pas de classe", 'écrire "class" : "logging.StreamHandler"'
        yield from _references(handler, made, where)
    loggers = {
        **_mapping(settings.get("loggers")),
        **({"": settings["root"]} if isinstance(settings.get("root"), Mapping) else {}),
    }
    for name, logger in loggers.items():
        where = f"le journal « {name or 'root'} »"
        yield from _unknown(logger, LOGGER, where)
        yield from _references(logger, made, where)
        if name and not _importable(name.partition(".")[0]):
            yield (
                name,
                f"{where} : aucun module n'a ce nom, rien n'y écrit",
                "écrire le nom d'un module installé ou du dépôt",
            )


def _references(part: Mapping[str, Any], made: Mapping[str, Mapping[str, Any]], where: str) -> Iterator[Problem]:
    """The formatter, filters and handlers that it names exist, and its level is one."""
    for group, single in PARTS.items():
        named = part.get(group, ()) if group in part else [part[single]] if single in part else ()
        for name in named if isinstance(named, Iterable) else ():
            if isinstance(name, str) and name not in made[group]:
                yield name, f"{where} nomme « {name} », absent de « {group} »", nearest(name, made[group])
    level = part.get("level")
    if isinstance(level, str) and level not in logging.getLevelNamesMapping():
        yield level, f"{where} : niveau « {level} » inconnu", nearest(level, logging.getLevelNamesMapping())


def _unknown(given: Mapping[str, Any], known: Iterable[str], where: str) -> Iterator[Problem]:
    for key in given:
        if key not in known:
            yield str(key), f"{where} : clé « {key} », que Python ignore sans rien dire", nearest(str(key), known)


def _refused(factory: Any, names: set[str], where: str) -> Iterator[Problem]:
    """The arguments that a class or function does not take."""
    if isinstance(factory, str):
        try:
            factory = logging.config.BaseConfigurator({}).resolve(factory)
        except (ValueError, ImportError, AttributeError):
            yield factory, f"{where} : « {factory} » introuvable", "écrire le nom entier d'une classe"
            return
    try:
        known = inspect.signature(factory).parameters
    except (TypeError, ValueError):
        return
    if any(parameter.kind is parameter.VAR_KEYWORD for parameter in known.values()):
        return
    for name in sorted(names - set(known)):
        yield (
            name,
            f"{where} : « {getattr(factory, '__name__', factory)} » n'a pas d'argument « {name} »",
            nearest(name, known),
        )
    for name, parameter in known.items():
        needed = parameter.default is parameter.empty and parameter.kind in (
            parameter.KEYWORD_ONLY,
            parameter.POSITIONAL_OR_KEYWORD,
        )
        if needed and name not in names:
            yield name, f"{where} : « {getattr(factory, '__name__', factory)} » attend « {name} »", "le lui donner"


def _importable(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except (ImportError, ValueError):
        return False


def _mapping(value: Any) -> dict[str, Mapping[str, Any]]:
    return (
        {str(name): part for name, part in value.items() if isinstance(part, Mapping)}
        if isinstance(value, Mapping)
        else {}
    )
