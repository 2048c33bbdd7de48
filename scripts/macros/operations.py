"""What does the API's OpenAPI document say that pages print?"""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from . import tables
from .sources import SourceError

_DOCUMENT = "import json; from datapress_api.openapi import document; print(json.dumps(document('')))"


def operations_tables(root: Path, paths: Sequence[str]) -> str:
    """One table of operations and one of an indicator's fields; the API's code is under `paths`."""
    document = _read(root, paths)
    rows = [
        (
            tables.code(f"{method.upper()} {path}"),
            operation["summary"] + (" (jeton)" if "security" in operation else ""),
            ", ".join(operation["responses"]),
        )
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        if method != "parameters"
    ]
    filters = [
        (tables.code(each["name"]), each["schema"]["description"], each["schema"].get("default", "–"))
        for each in document["paths"]["/indicateurs"]["get"]["parameters"]
    ]
    fields = [
        (tables.code(name), schema["description"])
        for name, schema in document["components"]["schemas"]["NouvelIndicateur"]["properties"].items()
    ]
    return "\n\n".join(
        (
            tables.table(("Opération", "Effet", "Réponses"), rows),
            "Filtres de `GET /indicateurs`\u00a0:",
            tables.table(("Filtre", "Valeurs", "Défaut"), filters),
            "Champs d'un indicateur\u00a0:",
            tables.table(("Champ", "Valeurs"), fields),
        )
    )


def _read(root: Path, paths: Sequence[str]) -> dict[str, Any]:
    path = os.pathsep.join(str(root / each) for each in paths)
    told = subprocess.run(
        [sys.executable, "-c", _DOCUMENT],
        env=os.environ | {"PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    if told.returncode:
        raise SourceError(f"services/api/datapress_api/openapi.py : illisible : {told.stderr.strip()[-200:]}")
    document: dict[str, Any] = json.loads(told.stdout)
    return document
