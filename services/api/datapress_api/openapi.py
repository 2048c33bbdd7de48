"""What does the API say of itself to programs? Served at `/openapi.json`, and rendered in the site."""

import re
from typing import Any

import msgspec
from flask import Blueprint, Response, jsonify

from datapress_api.asked import Filters, NewIndicator
from datapress_common.health import LIVE_PATH, READY_PATH

_ERRORS = {
    400: "Demande mal formée ou impossible ; `detail` dit ce qui était attendu",
    401: "Aucun jeton n'a été présenté",
    403: "Le jeton présenté n'est pas le bon",
    404: "Il n'y en a pas de ce numéro",
    409: "Cet indicateur existe déjà pour ce mois et cette source",
    411: "Un contenu doit annoncer sa longueur",
    413: "Le contenu dépasse 16 Kio",
    415: "Le contenu doit être du JSON",
    429: "Trop de mauvais jetons de suite ; `Retry-After` dit combien de secondes attendre",
    503: "La base de données ou le jeton n'est pas là pour l'instant",
}
_TEXT, _NUMBER = {"type": "string"}, {"type": "integer"}
_MOMENT = {"format": "date-time"}


def openapi_blueprint(version: str) -> Blueprint:
    """The route of the document."""
    blueprint = Blueprint("openapi", __name__)
    whole = document(version)

    @blueprint.get("/openapi.json")
    def openapi() -> Response:
        return jsonify(whole)

    return blueprint


def document(version: str) -> dict[str, Any]:
    """The OpenAPI 3.1 document; limits and descriptions of fields are those that the code applies."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "API DataPress",
            "version": version,
            "description": "Indicateurs marketing du POC DataPress.",
        },
        "paths": {
            "/": {"get": _operation("Ce qui tourne, et avec quels réglages", _object("Service"))},
            "/health": {"get": _operation("État du service", _object("Etat"))},
            LIVE_PATH: {"get": _operation("Sonde de vie", _object("Etat"))},
            READY_PATH: {"get": _ready()},
            "/openapi.json": {"get": _operation("Ce document", {"type": "object"})},
            "/indicateurs": {"get": _listing(), "post": _addition()},
            "/indicateurs/{number}": {"get": _one(), "delete": _removal(), "parameters": [_number()]},
            "/admin/configuration": {
                "get": _operation(
                    "Réglages en vigueur", _object("Configuration"), errors=(401, 403, 429, 503), guarded=True
                )
            },
        },
        "components": {
            "schemas": _schemas(),
            "securitySchemes": {"jeton": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(
    summary: str,
    schema: dict[str, Any],
    *,
    status: int = 200,
    errors: tuple[int, ...] = (),
    guarded: bool = False,
) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "summary": summary,
        "responses": {str(status): _answer("C'est fait", schema)}
        | {str(error): _answer(_ERRORS[error], _object("Erreur")) for error in errors},
    }
    return operation | {"security": [{"jeton": []}]} if guarded else operation


def _ready() -> dict[str, Any]:
    operation = _operation("Sonde de disponibilité", _object("Etat"))
    operation["responses"]["503"] = _answer("Rien ne doit être envoyé ici pour l'instant", _object("Etat"))
    return operation


def _listing() -> dict[str, Any]:
    operation = _operation("Chercher des indicateurs, par page", _object("Page"), errors=(400, 503))
    operation["responses"]["200"]["content"]["text/csv"] = {"schema": _TEXT}
    operation["responses"]["200"]["headers"] = {"X-Total-Count": {"schema": _NUMBER}}
    fields = msgspec.json.schema(Filters)["$defs"]["Filters"]["properties"]
    operation["parameters"] = [
        {"name": name, "in": "query", "schema": _portable(_without_null(schema))} for name, schema in fields.items()
    ]
    return operation


def _addition() -> dict[str, Any]:
    operation = _operation(
        "Ajouter un indicateur",
        _object("Indicateur"),
        status=201,
        errors=(400, 401, 403, 409, 411, 413, 415, 429, 503),
        guarded=True,
    )
    operation["requestBody"] = {
        "required": True,
        "content": {"application/json": {"schema": _object("NouvelIndicateur")}},
    }
    operation["responses"]["201"]["headers"] = {"Location": {"schema": _TEXT}}
    return operation


def _one() -> dict[str, Any]:
    return _operation("Lire un indicateur", _object("Indicateur"), errors=(404, 503))


def _removal() -> dict[str, Any]:
    operation = _operation("Retirer un indicateur", {}, errors=(401, 403, 404, 429, 503), guarded=True)
    del operation["responses"]["200"]
    operation["responses"] = {"204": {"description": "C'est fait"}} | operation["responses"]
    return operation


def _number() -> dict[str, Any]:
    schema = {"type": "integer", "minimum": 0, "maximum": 2**31 - 1, "description": "Le numéro d'un indicateur"}
    return {"name": "number", "in": "path", "required": True, "schema": schema}


def _schemas() -> dict[str, Any]:
    new = _portable(msgspec.json.schema(NewIndicator)["$defs"]["NewIndicator"])
    new.pop("title", None)
    new["description"] = "Une valeur d'un mois"
    whole = {
        "type": "object",
        "properties": {"id": _NUMBER} | new["properties"] | {"mis_a_jour": {"type": ["string", "null"], **_MOMENT}},
        "required": ["id", *new["required"], "mis_a_jour"],
        "additionalProperties": False,
    }
    return {
        "NouvelIndicateur": new,
        "Indicateur": whole,
        "Page": _closed(
            indicateurs={"type": "array", "items": _object("Indicateur")},
            page=_NUMBER,
            taille=_NUMBER,
            total=_NUMBER,
            suivante={"type": ["string", "null"]},
            noms={"type": "array", "items": _TEXT},
        ),
        "Erreur": _closed(error=_TEXT, status=_NUMBER, request_id=_TEXT) | _optional("detail", _TEXT),
        "Etat": _closed(status=_TEXT, service=_TEXT, version=_TEXT) | _optional("error", _TEXT),
        "Service": _closed(
            service=_TEXT,
            version=_TEXT,
            commit=_TEXT,
            timestamp={"type": "string", **_MOMENT},
            instance=_TEXT,
            environment=_closed(name=_TEXT, log_level=_TEXT),
            secret_present={"type": "boolean"},
            data=_closed(database=_TEXT, kept={"type": "boolean"}),
        ),
        "Configuration": _closed(
            service=_TEXT,
            settings={"type": "object", "additionalProperties": _TEXT},
            secret=_closed(present={"type": "boolean"}, source=_TEXT),
        ),
    }


def _closed(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties)}


def _optional(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"patternProperties": {f"^{name}$": schema}}


def _object(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


def _answer(description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """A filter that is not given is absent: no caller writes `null`."""
    options = [option for option in schema.get("anyOf", []) if option != {"type": "null"}]
    return options[0] if options else {name: value for name, value in schema.items() if value is not None}


def _portable(schema: Any) -> Any:
    """The end of a text as every dialect of regular expressions writes it."""
    if isinstance(schema, dict):
        return {
            name: re.sub(r"\\Z$", "$", value) if name == "pattern" else _portable(value)
            for name, value in schema.items()
        }
    return [_portable(each) for each in schema] if isinstance(schema, list) else schema
