"""What does an answer of the API, or its absence, say about the API?"""

import socket
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Literal

import requests
from msgspec import Meta, MsgspecError, Struct, json

from datapress_front.api_body import UnreadableError, body_of

TOO_SLOW = "délai de réponse dépassé"

_MAX_BODY_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class ApiState:
    """What one call told: `reachable` if HTTP came back, `error` (in French) if all is not well."""

    reachable: bool
    status: int | None = None
    latency_ms: float | None = None
    version: str | None = None
    error: str | None = None


class _Health(Struct):
    status: Literal["ok"]
    version: Annotated[str, Meta(max_length=64)] | None = None


def unreachable(error: str) -> ApiState:
    """The state of an API that did not answer."""
    return ApiState(reachable=False, error=error)


def state_of_answer(answer: requests.Response, latency_ms: float) -> ApiState:
    """Judge an answer of which only the headers have been read."""
    version, error = None, None
    if answer.status_code == HTTPStatus.OK:
        version, error = _version_or_error(answer)
    else:
        error = f"réponse HTTP {answer.status_code}"
    return ApiState(
        reachable=True,
        status=answer.status_code,
        latency_ms=latency_ms,
        version=version,
        error=error,
    )


def state_of_failure(failure: Exception) -> ApiState:
    """Say why no answer came, without quoting the exception."""
    if isinstance(failure, (TimeoutError, requests.ReadTimeout)):
        return unreachable(TOO_SLOW)
    if isinstance(failure, requests.ConnectTimeout):
        return unreachable("délai de connexion dépassé")
    causes = [type(cause) for cause in _causes(failure)]
    if socket.gaierror in causes:
        return unreachable("nom introuvable dans le DNS")
    if ConnectionRefusedError in causes:
        return unreachable("connexion refusée")
    return unreachable("connexion interrompue")


def _version_or_error(answer: requests.Response) -> tuple[str | None, str | None]:
    try:
        return json.decode(body_of(answer, _MAX_BODY_BYTES), type=_Health).version, None
    except UnreadableError as unreadable:
        return None, str(unreadable)
    except (MsgspecError, UnicodeDecodeError, RecursionError):
        return None, "réponse inattendue"


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
