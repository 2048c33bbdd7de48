"""What does an answer of the API, or its absence, say about the API?"""

import socket
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Literal

import msgspec
import requests
from urllib3.exceptions import HTTPError

_MAX_BODY_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class ApiState:
    """What one call told: `reachable` if HTTP came back, `error` if anything is wrong."""

    reachable: bool
    status: int | None = None
    latency_ms: float | None = None
    version: str | None = None
    error: str | None = None


class _Health(msgspec.Struct):
    status: Literal["ok"]
    version: Annotated[str, msgspec.Meta(max_length=64)] | None = None


def unreachable(error: str) -> ApiState:
    """The state of an API that did not answer."""
    return ApiState(reachable=False, error=error)


def state_of_answer(response: requests.Response, latency_ms: float) -> ApiState:
    """Judge an answer whose headers are there, and read a body of 64 KiB at most."""

    def state(error: str | None, version: str | None = None) -> ApiState:
        return ApiState(
            reachable=True,
            status=response.status_code,
            latency_ms=latency_ms,
            version=version,
            error=error,
        )

    if response.status_code != HTTPStatus.OK:
        return state(f"réponse HTTP {response.status_code}")
    body = bytearray()
    try:
        for chunk in response.iter_content(8192):
            body += chunk
            if len(body) > _MAX_BODY_BYTES:
                return state("réponse trop longue")
    except (requests.RequestException, HTTPError, OSError):
        return state("réponse interrompue")
    try:
        health = msgspec.json.decode(bytes(body), type=_Health)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return state("réponse inattendue")
    return state(None, health.version)


def state_of_error(error: Exception) -> ApiState:
    """Name, in words that quote no exception, why no answer came."""
    if isinstance(error, requests.ReadTimeout):
        return unreachable("délai de réponse dépassé")
    if isinstance(error, requests.ConnectTimeout):
        return unreachable("délai de connexion dépassé")
    for cause in _causes(error):
        if isinstance(cause, socket.gaierror):
            return unreachable("nom d'hôte introuvable")
        if isinstance(cause, ConnectionRefusedError):
            return unreachable("connexion refusée")
    return unreachable("connexion interrompue")


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
