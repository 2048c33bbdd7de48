"""What does an answer of the API hold, if it is not too long?"""

import requests
from urllib3.exceptions import HTTPError


class UnreadableError(Exception):
    """The body cannot be had; the message says why, in French."""


def body_of(answer: requests.Response, largest: int) -> bytes:
    """The body of an answer of which only the headers have been read; raises `UnreadableError`."""
    body = bytearray()
    try:
        for chunk in answer.iter_content(8192):
            body += chunk
            if len(body) > largest:
                raise UnreadableError("réponse trop longue")
    except (requests.RequestException, HTTPError):
        raise UnreadableError("réponse interrompue") from None
    return bytes(body)
