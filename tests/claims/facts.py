"""Where the proofs of this folder look: sources, applications in process, the commands that pages run."""

import contextlib
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from flask.testing import FlaskClient
from werkzeug.serving import make_server

from datapress_api import create_app as create_api
from datapress_front import create_app as create_front
from runbook.checking.offered.objects import KubeObject
from runbook.reading.blocks import find_blocks
from runbook.reading.content import Block, Page, PageBlocks, Site
from runbook.settings import load
from runbook.verbs.options import pages
from served.while_open import served

ROOT = Path(__file__).parents[2]
TOKEN = "jeton-de-test-0123456789abcdef"
NOBODY = "http://127.0.0.1:9"  # the port of a service that nobody runs
DEPLOYMENTS = ("datapress-api", "datapress-front")


def source(path: str) -> str:
    """A file of the repository."""
    return (ROOT / path).read_text(encoding="utf-8")


@cache
def documented() -> tuple[PageBlocks, ...]:
    """Every page of the site with its commands."""
    return tuple(pages(ROOT, load(ROOT), ()))


def page(uri: str) -> PageBlocks:
    """One page of the site."""
    (found,) = (found for found in documented() if found.page.uri == uri)
    return found


def blocks(uri: str) -> tuple[Block, ...]:
    """The commands of one page, in the order in which they are read."""
    return page(uri).blocks


def place(uri: str, command: str) -> int:
    """Where the one block that holds these words stands among those of its page."""
    (found,) = (number for number, block in enumerate(blocks(uri)) if command in block.code)
    return found


def api(**environ: str) -> FlaskClient:
    """A client of the API with these settings."""
    return create_api(environ).test_client()


def front(**environ: str) -> FlaskClient:
    """A client of the front with these settings."""
    return create_front(environ).test_client()


def pipeline() -> dict[Any, Any]:
    """The workflow; YAML takes its key `on` for true."""
    read: dict[Any, Any] = yaml.safe_load(source(".github/workflows/ci.yml"))
    return read


def container(manifest: Callable[[str, str], KubeObject], name: str) -> dict[str, Any]:
    """The only container of a Deployment's pod."""
    [only] = manifest("Deployment", name).containers
    return only


def read_page(text: str, uri: str = "a.md", *, targets: Iterable[str], **execution: Any) -> PageBlocks:
    """The commands of a page that is on no disk, for these targets."""
    written = Page(
        f"docs/{uri}",
        uri,
        uri,
        uri,
        {"execution": execution} if execution else {},
        text,
        tuple(range(1, text.count("\n") + 2)),
    )
    return find_blocks(written, Site((written,), ["attr_list", "pymdownx.superfences"], {}), targets)


@contextlib.contextmanager
def listening(application: Any) -> Iterator[str]:
    """The address where an application answers inside the block."""
    with served(make_server("127.0.0.1", 0, application, threaded=True)) as address:
        yield address.rstrip("/")
