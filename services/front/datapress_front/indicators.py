"""What does the front show of the indicators?"""

from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, render_template, request

from datapress_common.proxies import passed_on
from datapress_front.api_call import ApiCaller
from datapress_front.api_data import Indicators, Row, indicators_of_answer, indicators_of_failure, missing
from datapress_front.api_watch import ApiWatch, Seen
from datapress_front.chart import HEIGHT, WIDTH, draw

_FILTERS = ("nom", "depuis", "jusqua")
# Several years of every indicator.
_MOST = 1000
_NEVER_SEEN = missing("première réponse encore attendue")


def indicators_blueprint(caller: ApiCaller, watch: ApiWatch) -> Blueprint:
    """The page and the download; both ask the API, which alone knows the data."""
    blueprint = Blueprint("indicators", __name__)

    def ask(**more: str) -> Seen[Indicators]:
        asked = {name: value for name in _FILTERS if (value := request.args.get(name, "").strip())}
        target = "/indicateurs?" + urlencode(asked | {"taille": _MOST} | more)
        headers = passed_on()
        return watch.look(
            target,
            lambda: caller.get(target, headers, indicators_of_answer, indicators_of_failure),
            _NEVER_SEEN,
        )

    @blueprint.get("/indicateurs")
    def page() -> tuple[str, HTTPStatus]:
        return _page(ask())

    @blueprint.get("/indicateurs.csv")
    def download() -> Response | tuple[str, HTTPStatus]:
        seen = ask(format="csv")
        if seen.state.error is not None:
            return _page(seen)
        answer = Response(seen.state.csv, mimetype="text/csv")
        answer.headers["Content-Disposition"] = "attachment; filename=indicateurs.csv"
        return answer

    return blueprint


def _page(seen: Seen[Indicators]) -> tuple[str, HTTPStatus]:
    asked = {name: request.args.get(name, "").strip() for name in _FILTERS}
    shown = render_template("indicators.html", seen=seen, asked=asked, **_series(seen.state, asked["nom"]))
    return shown, seen.state.status


def _series(found: Indicators, name: str) -> dict[str, Any]:
    """What the page shows: one name's months, drawn, and the last month of every name that was found."""
    latest: dict[str, Row] = {row.nom: row for row in found.rows}  # rows come by name, then month
    name = name or next(iter(latest), "")
    rows = [row for row in found.rows if row.nom == name]
    return {
        "name": name,
        "rows": rows[::-1],
        "chart": draw(rows),
        "latest": list(latest.values()),
        "download": urlencode({key: value for key in _FILTERS if (value := request.args.get(key, "").strip())}),
        "width": WIDTH,
        "height": HEIGHT,
    }
