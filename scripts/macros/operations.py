"""What does the API's OpenAPI document say that pages print?"""

import importlib
import json
from typing import Any

from . import tables
from .sources import SourceError


def operations_tables() -> str:
    """One table of operations and one of an indicator's fields."""
    document = _read()
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


def _read() -> dict[str, Any]:
    """The document as JSON has it; the API's code was imported when the repository was read."""
    try:
        document = importlib.import_module("datapress_api.openapi").document("")
    except Exception as error:
        raise SourceError(f"services/api/datapress_api/openapi.py : illisible : {error}") from error
    told: dict[str, Any] = json.loads(json.dumps(document))
    return told
