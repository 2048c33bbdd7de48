"""What does the site's host answer?"""

import gzip
import io
from functools import lru_cache, partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

COMPRESSED = {".css", ".html", ".js", ".json", ".map", ".svg", ".txt", ".xml"}
_NOT_FOUND = "404.html"


def site_server(folder: Path, port: int = 0) -> ThreadingHTTPServer:
    """A server of `folder` on this machine alone, on a free port unless one is given."""
    return _Server(("127.0.0.1", port), partial(_Site, directory=str(folder.resolve())))


class _Server(ThreadingHTTPServer):
    daemon_threads = True  # a browser keeps its connections open


class _Site(SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def send_head(self) -> io.BytesIO | None:
        """Answer with the file, compressed where that helps and the browser takes it."""
        address = urlsplit(self.path)
        path = Path(self.translate_path(self.path))
        if path.is_dir() and not address.path.endswith("/"):
            self._redirect(f"{address.path}/")
            return None
        if path.is_dir():
            path /= "index.html"
        elif address.path.endswith("/"):
            path /= "no such folder"
        found = path.is_file()
        return self._file(
            path if found else Path(self.directory) / _NOT_FOUND, HTTPStatus.OK if found else HTTPStatus.NOT_FOUND
        )

    def _redirect(self, address: str) -> None:
        self.send_response(HTTPStatus.MOVED_PERMANENTLY)
        self.send_header("Location", address)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _file(self, path: Path, status: HTTPStatus) -> io.BytesIO | None:
        zipped = path.suffix in COMPRESSED and "gzip" in self.headers.get("Accept-Encoding", "")
        try:
            body = _content(path, path.stat().st_mtime_ns, zipped)
        except OSError:
            self.send_error(HTTPStatus.NOT_FOUND)
            return None
        self.send_response(status)
        self.send_header(
            "Content-Type", f"{self.guess_type(path)}{'; charset=utf-8' if path.suffix in COMPRESSED else ''}"
        )
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Vary", "Accept-Encoding")
        if zipped:
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        return io.BytesIO(body)

    def log_message(self, *_: object) -> None:
        """Say nothing: the reader's browser shows what is missing."""


@lru_cache(maxsize=64)
def _content(path: Path, changed: int, zipped: bool) -> bytes:  # noqa: ARG001 — `changed` is part of the key
    content = path.read_bytes()
    return gzip.compress(content, 6, mtime=0) if zipped else content
