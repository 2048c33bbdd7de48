"""How does a fact's source say that it is missing or not as expected?"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml
from mkdocs.exceptions import PluginError

from runbook.repository.yamlfile import LOADER


class SourceError(PluginError):
    """A file that facts are read from is absent, or does not hold what the pages need."""


def read_text(path: Path) -> str:
    """The text of `path`; raises `SourceError` naming the file if it cannot be read."""
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise SourceError(f"{path} : {error.strerror} ; les faits du site sont lus dans ce fichier") from None


def read_yaml(path: Path) -> list[Any]:
    """The non-empty documents of a YAML file; raises `SourceError` if it cannot be read."""
    try:
        return [document for document in yaml.load_all(read_text(path), LOADER) if document]
    except yaml.YAMLError as error:
        raise SourceError(f"{path} : YAML illisible ; {error}") from None


def dig(value: Any, *keys: str | int, source: str) -> Any:
    """Follow `keys` into nested mappings and lists; raises `SourceError` at the first one missing."""
    for key in keys:
        try:
            value = value[key]
        except (KeyError, IndexError, TypeError):
            path = ".".join(str(part) for part in keys)
            raise SourceError(f"{source} : « {path} » est absent") from None
    return value


def only(found: Iterable[Any], what: str) -> Any:
    """The single element of `found`; raises `SourceError` if there is none or more than one."""
    elements = list(found)
    if len(elements) != 1:
        raise SourceError(f"{what} : {len(elements)} trouvé(s), un seul attendu")
    return elements[0]
