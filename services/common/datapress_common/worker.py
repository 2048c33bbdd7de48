"""How does Gunicorn's threaded worker meet clients that are slow, too many, or wrong?

Gunicorn 27 gives a connection a thread as soon as it is open, and that thread waits as long as the
client likes. Here the main loop waits instead, for all clients at once: a thread is given a request
that is there, whole.
"""

import contextlib
import errno
import selectors
import socket
import time
from collections import deque
from functools import partial
from typing import Any

from gunicorn.workers.gthread import STOP_KEEPALIVE_LINGER, TConn, ThreadWorker
from werkzeug.exceptions import HTTPException

from datapress_common.life import life_of
from datapress_common.observed import watched
from datapress_common.refusals import StatusOnly, refusal_bytes
from datapress_common.request_bytes import Incoming

# From the first byte to the last one of a request; and for a whole answer to be taken by the system.
RECEIVE_SECONDS = 10.0
SEND_SECONDS = 10.0
# How long a closed connection may still be read, so that its client sees the end of its answer.
LINGER_SECONDS = 2.0

_EXHAUSTED = {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM}
_SPARE = 8
_CHUNK = 16 * 1024


class Connection(TConn):
    """A client's connection, and what it has sent of its next request."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.data_ready = True  # or a thread would wait for the first byte
        self.incoming = Incoming()
        self.refusal: HTTPException | None = None
        self.closed = False

    def init(self) -> None:
        """Before each request, in its thread: give what has come to the parser, and bound the rest."""
        super().init()
        self.sock.settimeout(SEND_SECONDS)
        self.parser.unreader.unread(self.incoming.take())


class Worker(ThreadWorker):
    """Waits for requests in its loop, evicts the slowest when it is full, answers as the service does."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._lingering: deque[Connection] = deque()

    def run(self) -> None:
        """Serve, from the first moment; ready a little later."""
        finish = watched(self.wsgi)
        life_of(self.wsgi).begin()
        super().run()
        finish()

    def handle_exit(self, sig: int, frame: Any) -> None:
        """SIGTERM: answer what is there, and say to whoever asks that there should be no more."""
        life_of(self.wsgi).stopping = True
        super().handle_exit(sig, frame)

    def accept(self, listener: socket.socket) -> None:
        """Take a new connection; whoever has waited longest makes room for it."""
        try:
            client, address = listener.accept()
        except OSError as error:
            if error.errno in _EXHAUSTED:
                self._live_with_less(error)
            elif error.errno not in {errno.EAGAIN, errno.EWOULDBLOCK, errno.ECONNABORTED}:
                raise
            return
        self.nr_conns += 1
        self._make_room()
        self.enqueue_req(Connection(self.cfg, client, address, listener.getsockname()))

    def enqueue_req(self, conn: Connection) -> None:
        """Give a thread the request of a connection, once it is whole."""
        if conn.initialized:  # what the parser read beyond the last request
            conn.incoming.feed(conn.parser.unreader.take_buffered())
        conn.sock.setblocking(False)
        if self._receive(conn):
            super().enqueue_req(conn)
            return
        conn.timeout = time.monotonic() + (RECEIVE_SECONDS if self.alive else STOP_KEEPALIVE_LINGER)
        self.pending_conns.append(conn)
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._on_more, conn))

    def handle(self, conn: Connection) -> Any:
        """Serve the request of a connection, in a thread; whether the connection may be kept."""
        if conn.refusal is None:
            return super().handle(conn)
        status = conn.refusal.code or 400
        self.log.info("Requête refusée (%d) de %s", status, conn.client[0] if conn.client else "?")
        conn.sock.settimeout(SEND_SECONDS)
        self._answer(conn.sock, status)
        return False

    def handle_error(self, req: Any, client: socket.socket, addr: Any, exc: Exception) -> None:
        """Log what Gunicorn refuses as it does, and answer in the service's own form."""
        gunicorns = StatusOnly()
        super().handle_error(req, gunicorns, addr, exc)
        self._answer(client, gunicorns.status)

    def finish_request(self, conn: Connection, fs: Any) -> None:
        """After a request: keep its connection, or close it without waiting in the loop for its client."""
        if fs.cancelled() or fs.exception() or fs.result():
            super().finish_request(conn, fs)
            return
        try:
            conn.sock.setblocking(False)
            conn.sock.shutdown(socket.SHUT_WR)
            conn.timeout = time.monotonic() + LINGER_SECONDS
            self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._on_last_words, conn))
            self._lingering.append(conn)
        except (OSError, ValueError):
            self._close(conn)

    def murder_pending(self) -> None:
        """Close the connections whose request, or whose end, has been waited for too long."""
        now = time.monotonic()
        while self.pending_conns and self.pending_conns[0].timeout <= now:
            self._close(self.pending_conns.popleft())
        while self._lingering and self._lingering[0].timeout <= now:
            self._close(self._lingering.popleft())

    def _cap_keepalive(self, deadline: float) -> None:
        """A worker that stops waits no longer for the rest of a request than for a next one."""
        super()._cap_keepalive(deadline)
        for conn in self.pending_conns:
            conn.timeout = min(conn.timeout, deadline)

    def on_client_socket_readable(self, conn: Connection, client: socket.socket) -> None:
        """A next request on a kept connection, unless it made room for another one a moment ago."""
        if not conn.closed:
            super().on_client_socket_readable(conn, client)

    def _on_more(self, conn: Connection, client: socket.socket) -> None:
        if not conn.closed and self._receive(conn):
            self.poller.unregister(client)
            self.pending_conns.remove(conn)
            super().enqueue_req(conn)

    def _on_last_words(self, conn: Connection, client: socket.socket) -> None:
        if conn.closed:
            return
        with contextlib.suppress(OSError):
            if client.recv(_CHUNK):
                return
        self._lingering.remove(conn)
        self._close(conn)

    def _receive(self, conn: Connection) -> bool:
        """Read what is there; whether a thread can go on with it, be it to refuse or to close."""
        try:
            while not conn.incoming.is_whole():
                received = conn.sock.recv(_CHUNK)
                if not received:
                    return True
                conn.incoming.feed(received)
        except BlockingIOError:
            return False
        except HTTPException as refusal:
            conn.refusal = refusal
        except OSError:
            pass  # the parser will meet it too, and close
        return True

    def _make_room(self) -> None:
        """Let go of the connections that have done nothing for the longest time, until one more fits."""
        for waiting in (self._lingering, self.pending_conns, self.keepalived_conns):
            while waiting and self.nr_conns >= self.worker_connections:
                self._close(waiting.popleft())

    def _live_with_less(self, error: OSError) -> None:
        """There are no more descriptors: from now on some are kept free for the work itself."""
        self.worker_connections = max(2, self.nr_conns - _SPARE)
        self._make_room()
        self.log.warning("Connexions limitées à %d : %s", self.worker_connections, error)

    def _close(self, conn: Connection) -> None:
        with contextlib.suppress(OSError, KeyError, ValueError):
            self.poller.unregister(conn.sock)
        self.nr_conns -= 1
        conn.closed = True
        conn.close()

    def _answer(self, client: socket.socket, status: int) -> None:
        with contextlib.suppress(OSError):
            client.sendall(refusal_bytes(self.wsgi, status))
