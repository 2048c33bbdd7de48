"""Which routes give and take indicators?"""

import csv
import io
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

import msgspec
from flask import Blueprint, Response, jsonify, request
from werkzeug.exceptions import BadRequest, Conflict, NotFound, UnsupportedMediaType

from datapress_api import store
from datapress_api.asked import Filters, NewIndicator, Refused, read
from datapress_api.authorization import Guard
from datapress_api.database import Database

_COLUMNS = ("id", "nom", "periode", "valeur", "unite", "source", "mis_a_jour")
_ONE = "/<int:number>"


def indicators_blueprint(database: Database, guard: Guard) -> Blueprint:
    """The routes under `/indicateurs`."""
    blueprint = Blueprint("indicators", __name__, url_prefix="/indicateurs")

    @blueprint.get("")
    def some() -> Response:
        filters = _filters()
        with database.connection() as connection:
            found = store.find(connection, filters)
        answer = _csv(found.rows) if filters.format == "csv" else _page(found, filters)
        answer.headers["X-Total-Count"] = str(found.total)
        return answer

    @blueprint.get(_ONE)
    def one(number: int) -> Response:
        with database.connection() as connection:
            row = store.get(connection, number)
        if row is None:
            raise NotFound
        return jsonify(row)

    @blueprint.post("")
    def add() -> tuple[Response, HTTPStatus]:
        guard.check()
        values = _new_indicator()
        with database.connection() as connection:
            added = store.add(connection, values)
        if added is None:
            raise Conflict
        answer = jsonify(added)
        answer.headers["Location"] = f"/indicateurs/{added['id']}"
        return answer, HTTPStatus.CREATED

    @blueprint.delete(_ONE)
    def remove(number: int) -> tuple[str, HTTPStatus]:
        guard.check()
        with database.connection() as connection:
            if not store.remove(connection, number):
                raise NotFound
        return "", HTTPStatus.NO_CONTENT

    return blueprint


def _filters() -> Filters:
    for name, values in request.args.lists():
        if len(values) > 1:
            raise Refused(f"{name[:40]} est donné {len(values)} fois ; attendu : une seule")
    return read(Filters, request.args, strict=False)


def _new_indicator() -> dict[str, Any]:
    if request.mimetype != "application/json":
        raise UnsupportedMediaType
    try:
        given = msgspec.json.decode(request.get_data())
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise BadRequest from None
    if not isinstance(given, dict):
        raise Refused("contenu ; attendu : un objet JSON")
    return msgspec.structs.asdict(read(NewIndicator, given, strict=True))


def _page(found: store.Found, filters: Filters) -> Response:
    more = filters.page * filters.taille < found.total
    asked = {name: value for name, value in msgspec.structs.asdict(filters).items() if value is not None}
    return jsonify(
        indicateurs=found.rows,
        page=filters.page,
        taille=filters.taille,
        total=found.total,
        suivante="/indicateurs?" + urlencode(asked | {"page": filters.page + 1}) if more else None,
        noms=found.names,
    )


def _csv(rows: list[dict[str, Any]]) -> Response:
    """RFC 4180: commas, decimal points, a first line of names."""
    text = io.StringIO()
    writer = csv.DictWriter(text, _COLUMNS)
    writer.writeheader()
    writer.writerows(rows)
    answer = Response(text.getvalue(), mimetype="text/csv")
    answer.headers["Content-Disposition"] = "attachment; filename=indicateurs.csv"
    return answer
