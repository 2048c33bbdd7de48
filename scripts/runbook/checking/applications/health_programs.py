"""Does the health check of an image find its application healthy? The program is run on the application itself, in this process."""

import contextlib
import io
import json
import re
import runpy
import warnings
from collections.abc import Iterator

from runbook.checking.finding import Finding
from runbook.checking.offered.applications import given
from runbook.checking.offered.images import Image, instructions
from runbook.checking.offered.inner_network import InnerNetwork
from runbook.checking.offered.model import Model

COMMAND = re.compile(r"\bCMD\s+(\[.*\])")


def health_programs(model: Model, images: dict[str, Image], network: InnerNetwork) -> Iterator[Finding]:
    """What each `HEALTHCHECK CMD ["python", "-m", MODULE]` says, where the module is in the application's folders."""
    target = next(
        (
            name
            for name, described in model.settings.targets.items()
            if not described.services and not described.contexts
        ),
        None,
    )
    for image in images.values():
        if target is None or image.application is None:
            continue
        for line, word, rest in instructions((model.root / image.dockerfile).read_text(encoding="utf-8")):
            module = _module(rest) if word == "HEALTHCHECK" else None
            port = (
                network.port(target, image.application)
                if module and _of_application(model, image.application, module)
                else None
            )
            refusal = _run(module, image, port) if module and port else ""
            if refusal:
                cause = f"le contrôle de santé « {module} » échoue sur l'application « {image.application} » en marche : {refusal}"
                yield Finding(
                    image.dockerfile, line, cause, "corriger le programme, ou la route qu'il appelle", "health_programs"
                )
            elif module and port and not _run(module, image, network.failing_port()):
                yield Finding(
                    image.dockerfile,
                    line,
                    f"le contrôle de santé « {module} » finit bien quand l'application répond par une erreur",
                    "le faire échouer si la réponse n'est pas 200",
                    "health_programs",
                )


def _module(instruction: str) -> str | None:
    found = COMMAND.search(instruction)
    try:
        words = json.loads(found[1]) if found else []
    except ValueError:  # another rule tells
        return None
    return str(words[2]) if len(words) == 3 and str(words[0]).startswith("python") and words[1] == "-m" else None


def _of_application(model: Model, application: str, module: str) -> bool:
    path = module.replace(".", "/")
    folders = model.settings.model.applications[application].path
    return any(f"{folder}/{path}{end}" in model.files for folder in folders for end in (".py", "/__main__.py"))


def _run(module: str, image: Image, port: int) -> str:
    """Why the program fails, in one line; empty if it ends well."""
    environment = {**image.environment, "PORT": str(port)}
    with (
        given(environment),
        contextlib.redirect_stdout(io.StringIO()),
        contextlib.redirect_stderr(io.StringIO()),
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("ignore")
        try:
            runpy.run_module(module, run_name="__main__", alter_sys=False)
        except SystemExit as end:
            return "" if end.code in (None, 0) else str(end.code).splitlines()[0]
        except Exception as error:  # whatever the program does not foresee
            return f"{type(error).__name__} : {error}".splitlines()[0]
    return ""
