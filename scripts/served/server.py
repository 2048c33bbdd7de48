"""What does the site's host answer?"""

import gzip
from functools import lru_cache
from http import HTTPStatus
from io import BytesIO
from pathlib import Path

from werkzeug.security import safe_join
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server
from werkzeug.utils import append_slash_redirect, send_file
from werkzeug.wrappers import Request, Response

COMPRESSED = {".css", ".html", ".js", ".json", ".map", ".svg", ".txt", ".xml"}


def site_server(folder: Path, port: int = 0) -> BaseWSGIServer:
    """A server of `folder` on this machine alone, on a free port unless one is given."""

    @Request.application
    def site(request: Request) -> Response:
        return _answer(folder.resolve(), request)

    return make_server("127.0.0.1", port, site, threaded=True, request_handler=_Silent)


def _answer(folder: Path, request: Request) -> Response:
    """The file, compressed where that helps and the browser takes it, or the site's own page for what is not there."""
    inside = safe_join(str(folder), request.path.lstrip("/"))
    path = Path(inside) if inside else folder / "no such place"
    if path.is_dir() and not request.path.endswith("/"):
        return append_slash_redirect(request.environ, HTTPStatus.MOVED_PERMANENTLY)
    if request.path.endswith("/"):
        path /= "index.html"
    if not path.is_file():
        answer = _sent(folder / "404.html", request)
        answer.status_code = HTTPStatus.NOT_FOUND
        return answer
    return _sent(path, request).make_conditional(request)


def _sent(path: Path, request: Request) -> Response:
    changed = path.stat().st_mtime_ns
    zipped = path.suffix in COMPRESSED and bool(request.accept_encodings["gzip"])
    content = BytesIO(_zipped(path, changed)) if zipped else path
    answer = send_file(
        content, request.environ, download_name=path.name, conditional=False, last_modified=changed / 1e9
    )
    answer.vary.add("Accept-Encoding")
    if zipped:
        answer.content_encoding = "gzip"
    return answer


class _Silent(WSGIRequestHandler):
    def log(self, *_: object) -> None:
        """Say nothing: the reader's browser shows what is missing."""


@lru_cache(maxsize=64)
def _zipped(path: Path, changed: int) -> bytes:  # noqa: ARG001 — `changed` is part of the key
    return gzip.compress(path.read_bytes(), 6, mtime=0)
