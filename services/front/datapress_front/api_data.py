"""Which indicators does an answer of the API hold?"""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated

import requests
from msgspec import Meta, MsgspecError, Struct, json

from datapress_front.api_body import UnreadableError, body_of
from datapress_front.api_state import state_of_failure

_LARGEST = 512 * 1024


class Row(Struct, frozen=True):
    """One value of one month."""

    nom: Annotated[str, Meta(max_length=80)]
    periode: Annotated[str, Meta(pattern=r"^\d{4}-(?:0[1-9]|1[0-2])\Z")]
    valeur: float
    unite: Annotated[str, Meta(max_length=16)]
    source: Annotated[str, Meta(max_length=80)]


class _Page(Struct):
    indicateurs: list[Row]
    total: int
    noms: list[str]


class _Refusal(Struct):
    detail: str


@dataclass(frozen=True, slots=True)
class Indicators:
    """Rows and every name there is; `error` (in French) says why there are none, `status` what to answer then."""

    rows: tuple[Row, ...] = ()
    total: int = 0
    names: tuple[str, ...] = ()
    csv: bytes = b""
    error: str | None = None
    status: HTTPStatus = HTTPStatus.OK


def missing(error: str, status: HTTPStatus = HTTPStatus.SERVICE_UNAVAILABLE) -> Indicators:
    """No indicators, and why."""
    return Indicators(error=error, status=status)


def indicators_of_answer(answer: requests.Response, _latency_ms: float) -> Indicators:
    """What an answer of which only the headers have been read says."""
    try:
        body = body_of(answer, _LARGEST)
        if answer.status_code == HTTPStatus.BAD_REQUEST:
            return missing(json.decode(body, type=_Refusal).detail, HTTPStatus.BAD_REQUEST)
        if answer.status_code != HTTPStatus.OK:
            return missing(f"réponse HTTP {answer.status_code}")
        if answer.headers.get("Content-Type", "").startswith("text/csv"):
            return Indicators(csv=body)
        page = json.decode(body, type=_Page)
    except UnreadableError as unreadable:
        return missing(str(unreadable))
    except (MsgspecError, UnicodeDecodeError, RecursionError):
        return missing("réponse inattendue")
    return Indicators(tuple(page.indicateurs), page.total, tuple(page.noms))


def indicators_of_failure(failure: Exception) -> Indicators:
    """Why no answer came."""
    return missing(state_of_failure(failure).error or "")
