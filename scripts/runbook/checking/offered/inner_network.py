"""The applications answering in this process, on a network of their own that nothing leaves."""

import logging
import re
import socket
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

from jinja2 import BytecodeCache, Undefined
from jinja2.bccache import Bucket
from jinja2.exceptions import UndefinedError
from jinja2.utils import missing
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server
from werkzeug.test import Client, TestResponse

from runbook.checking.offered.applications import named
from runbook.checking.offered.compose_values import environment as compose_environment
from runbook.checking.offered.containers import Container, mounted_files
from runbook.checking.offered.images import Image
from runbook.checking.offered.model import Model
from runbook.checking.offered.objects import KubeObject

TOKEN = "0" * 64  # stands for every secret: no real one is read
CHANGING = re.compile(rb"[0-9a-f]{8,}|\d+")  # identifiers, moments, durations
_GUARD = threading.Lock()


class _Templates(BytecodeCache):
    """Compiled once for all the applications that are made of the same code."""

    def __init__(self) -> None:
        self._compiled: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._compiled:
            bucket.bytecode_from_string(self._compiled[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._compiled[bucket.key] = bucket.bytecode_to_string()


def _telling(unknown: dict[str, list[str]]) -> type[Undefined]:
    """What a template shows for a name that nothing gives, noting the attributes that an object was asked for and has not."""

    class Told(Undefined):
        def __init__(
            self, hint: str | None = None, obj: Any = None, name: str | None = None, exc: Any = UndefinedError
        ) -> None:
            if isinstance(name, str) and not isinstance(obj, Undefined | Mapping | None | type(missing)):
                unknown[name] = [known for known in dir(obj) if not known.startswith("_")]
            super().__init__(hint, obj, name, exc)

    return Told


@dataclass(slots=True)
class InnerNetwork:
    """What each application answers as a target configures it; servers start when one calls another.

    An answer is asked for once, whatever the number of networks: the model keeps what was heard.
    """

    model: Model
    containers: list[Container]
    images: dict[str, Image]
    _made: dict[tuple[str, str, bool], Any] = field(default_factory=dict)
    _refusals: dict[tuple[str, str], str] = field(default_factory=dict)
    _servers: dict[tuple[str, str], BaseWSGIServer] = field(default_factory=dict)
    _templates: BytecodeCache = field(default_factory=_Templates)
    _received: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    _stack: ExitStack = field(default_factory=ExitStack)

    def __enter__(self) -> "InnerNetwork":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def answer(self, target: str, application: str, path: str, headers: Mapping[str, str]) -> TestResponse | None:
        """The response to a GET, asked once; None if the application does not start with the target's settings."""
        return self._answer(target, application, path, headers, others=True)

    def alone(self, target: str, application: str, path: str, headers: Mapping[str, str]) -> TestResponse | None:
        """The response of the application when none of the others answers; made once more, for one that has called keeps connections."""
        return self._answer(target, application, path, headers, others=False)

    def refusal_given(self, target: str, application: str, changes: Mapping[str, str | None]) -> str | None:
        """The same as `refusal`, with these variables too; one without value is not set."""
        error = self.error_given(target, application, changes)
        return (str(error) or type(error).__name__).splitlines()[0] if error else None

    def error_given(self, target: str, application: str, changes: Mapping[str, str | None]) -> BaseException | None:
        """The refusal itself."""
        try:
            self._make(target, application, changes)
        except (Exception, SystemExit) as error:
            return error
        return None

    def inner_names(self) -> set[str]:
        """The names that only containers and pods resolve."""
        return {host for target in self.model.settings.targets for host, _ in self._addresses(target)} - {"localhost"}

    def starts_on(self, application: str) -> list[str]:
        """The targets with whose settings the application starts."""
        return [target for target in self.model.settings.targets if self.refusal(target, application) is None]

    def refusal(self, target: str, application: str) -> str | None:
        """Why the application does not start with what the target gives it, in one line; None if it starts."""
        self._application(target, application)
        return self._refusals.get((target, application))

    def port(self, target: str, application: str) -> int | None:
        """Where on 127.0.0.1 the application answers; None if it does not start with the target's settings."""
        server = self._server(target, application)
        return server.port if server else None

    def _answer(
        self, target: str, application: str, path: str, headers: Mapping[str, str], *, others: bool
    ) -> TestResponse | None:
        key = (target, application, path, tuple(sorted(headers.items())), others)
        answers = self.model.heard.answers
        if key not in answers:
            made = self._application(target, application, others=others)
            answers[key] = None if made is None else self._ask(made, target, path, headers, others=others)
        return answers[key]

    def _ask(self, made: Any, target: str, path: str, headers: Mapping[str, str], *, others: bool) -> TestResponse:
        with self._resolving(target, others=others):
            return Client(made).open(path, headers={"User-Agent": "curl/8", "Accept": "*/*", **headers})

    def _application(self, target: str, name: str, *, others: bool = True) -> Any:
        if (target, name, others) not in self._made:
            try:
                self._made[target, name, others] = self._make(target, name, {})
            except (Exception, SystemExit) as error:  # a refused setting ends the process that it stops
                self._made[target, name, others] = None
                self._refusals[target, name] = (str(error) or type(error).__name__).splitlines()[0]
        return self._made[target, name, others]

    def _make(self, target: str, name: str, changes: Mapping[str, str | None]) -> Any:
        source = self.model.settings.model.applications[name]
        arguments: list[dict[str, str]] = [dict(argument) for argument in source.arguments]
        if arguments:
            changed = {**self._environment(target, name), **changes}
            arguments[0].update({variable: value for variable, value in changed.items() if value is not None})
        made = named(source.factory)(*arguments)
        made.jinja_env.bytecode_cache = self._templates
        made.jinja_env.undefined = _telling(self.model.heard.unknown_names)
        return made

    def _folder(self) -> Path:
        return Path(self._stack.enter_context(tempfile.TemporaryDirectory()))

    @contextmanager
    def _resolving(self, target: str, *, others: bool) -> Iterator[None]:
        """Names lead to the target's own applications, and nowhere else; without `others` to ports that nobody listens on."""
        names = self._addresses(target)
        before = socket.getaddrinfo, logging.root.manager.disable

        def resolve(host: Any, port: Any, *_: Any, **__: Any) -> list[Any]:
            text = host.decode() if isinstance(host, bytes) else str(host)
            if text not in {known for known, _ in names}:
                raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
            name = names.get((text, int(port)))
            server = self._server(target, name) if name and others else None
            # A port where nothing listens refuses at once.
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", server.port if server else 1))]

        with _GUARD:
            socket.getaddrinfo = resolve
            logging.disable(logging.CRITICAL)
            try:
                yield
            finally:
                socket.getaddrinfo = before[0]
                logging.disable(before[1])

    def _server(self, target: str, name: str) -> BaseWSGIServer | None:
        if (target, name) not in self._servers:
            made = self._application(target, name)
            if made is None:
                return None
            self._servers[target, name] = self._serve(self._noting(name, made))
        return self._servers[target, name]

    def _serve(self, application: Callable[[dict[str, Any], Any], Any]) -> BaseWSGIServer:
        server = make_server("127.0.0.1", 0, application, threaded=True, request_handler=_Silent, fd=self._listening())
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.002}, daemon=True)
        thread.start()
        self._stack.callback(thread.join)
        self._stack.callback(server.shutdown)
        return server

    def _noting(self, name: str, made: Any) -> Callable[[dict[str, Any], Any], Any]:
        """The application, and a note of what others sent to it."""

        def called(environ: dict[str, Any], start: Any) -> Any:
            self._received.setdefault(name, []).append(
                {
                    key.removeprefix("HTTP_").replace("_", "-"): str(value)
                    for key, value in environ.items()
                    if key.startswith("HTTP_")
                }
            )
            return made(environ, start)

        return called

    def passes_on(self, target: str, application: str, other: str, header: str, value: str) -> bool | None:
        """Whether a GET of some route makes an application call the other, with this header as it was; None if it never calls it."""
        self._received.pop(other, None)
        for rule in self.model.applications[application].routes:
            if "<" not in rule:
                self._ask(self._application(target, application), target, rule, {header: value}, others=True)
        calls = self._received.get(other)
        return None if calls is None else any(call.get(header.upper()) == value for call in calls)

    def failing_port(self) -> int:
        """Where on 127.0.0.1 somebody answers 500 to everything."""
        return self._serve(
            lambda _, start: [start("500 Internal Server Error", [("Content-Length", "0")]) and b""]
        ).port

    def given_empty(self, target: str, application: str) -> list[str]:
        """The variables that a target gives to an application without anything in them."""
        return [name for name, value in self._environment(target, application).items() if value == ""]

    def answers_alike(self, target: str, application: str, variable: str) -> bool:
        """Whether the application answers its plain GETs as it does when the target does not give this variable at all."""
        made = [self._make(target, application, {}), self._make(target, application, {variable: None})]
        routes = [rule for rule in self.model.applications[application].routes if "<" not in rule]
        given, without = (
            [CHANGING.sub(b"", self._ask(one, target, rule, {}, others=False).get_data()) for rule in routes]
            for one in made
        )
        return given == without

    def _listening(self) -> int:
        """Bound here, because a server that binds itself would ask the names of this network."""
        listener = self._stack.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        return listener.fileno()

    def _environment(self, target: str, application: str) -> dict[str, str]:
        """The variables that a target gives to an application, with made-up secrets."""
        described = self.model.settings.targets[target]
        if described.services:
            service = self.model.settings.services.get(application)
            return {
                name: value for name, value in (service.env if service else {}).items() if not name.startswith("PYTHON")
            }
        if described.contexts:
            return next(
                (self._in_cluster(container) for container in self.containers if container.application == application),
                {},
            )
        for image in self.images.values():
            if image.application == application:
                given = compose_environment(self.model.services[image.service])
                return {**image.environment, **{name: value for name, value in given.items() if value is not None}}
        return {}

    def _in_cluster(self, container: Container) -> dict[str, str]:
        given = dict(container.image.environment if container.image else {})
        given |= {name: TOKEN if value is None else value for name, value in container.environment.items()}
        mounted = mounted_files(self.model, container)
        for name, value in given.items():
            if value in mounted:
                made = self._folder() / name
                made.write_text(TOKEN, encoding="utf-8")
                given[name] = str(made)
        return given

    def _addresses(self, target: str) -> dict[tuple[str, int], str | None]:
        """Host and port → the application that answers there, for a caller of this target."""
        described = self.model.settings.targets[target]
        if described.services:
            return {
                ("localhost", port): name
                for name, application in self.model.applications.items()
                for port in application.ports
            }
        if described.contexts:
            return {
                (f"{item.name}{end}", int(port["port"])): self._behind(item, port.get("targetPort", port["port"]))
                for item in self.model.of_kind("Service")
                for port in item.at("spec", "ports", default=[])
                for end in ("", f".{item.namespace}", f".{item.namespace}.svc", f".{item.namespace}.svc.cluster.local")
            }
        return {
            (image.service, image.port): image.application for image in self.images.values() if image.port is not None
        }

    def _behind(self, service: KubeObject, target: str | int) -> str | None:
        """The application of the container whose port a Service leads to."""
        workloads = self.model.workloads_behind(service)
        for container in self.containers:
            for port in container.spec.get("ports") or []:
                leads = (
                    target in (port.get("name"), port.get("containerPort"))
                    and port.get("containerPort") == container.port
                )
                if leads and container.item in workloads:
                    return container.application
        return None


class _Silent(WSGIRequestHandler):
    """Logs nothing, and looks no name up."""

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 - as in the base class
        pass

    def address_string(self) -> str:
        return "127.0.0.1"


def path_of(url: str) -> str:
    """What is asked of the server for this URL."""
    parts = urlsplit(url)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
