"""Other programs that know better: called, and what they find is shown as ours."""

import importlib.util
import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from itertools import chain
from operator import itemgetter
from pathlib import Path
from typing import Any

from runbook.reading.content import Block, PageBlocks
from runbook.repository.model import Repository
from runbook.repository.objects import KubeObject
from runbook.repository.yamlfile import Document, read_documents
from runbook.rules.finding import Finding, nearest
from runbook.rules.kubernetes import is_own
from runbook.rules.memory import asked_once
from runbook.rules.rule import rule
from runbook.rules.scripts import shell_scripts, workflow_files

# Judged better by rules that know the page and the repository, or right in a page.
SHELLCHECK_OFF = {
    "SC1090,SC1091": "files that are sourced: the rule on files knows which exist",
    "SC2016": "$ in single quotes: jsonpath, awk and jq programs are written so",
    "SC2034": "a variable unused in its block: a later block of the page uses it",
    "SC2119,SC2120": "a function called in another block than where it is defined",
    "SC2154": "a variable not assigned in its block: the rule on variables reads the whole page",
    "SC2164": "cd without || exit: that would close the reader's terminal, and the folder is checked",
    "SC2317,SC2329": "a function not called in its own block",
}
# True even of a block that runs nowhere, and may be an output or a template that bash can read by chance: a character
# that its reader can't tell from another, or can't see.
UNSEEN = ("SC1017", "SC1018", "SC1100", "SC1101", "SC1110", "SC1111")

Comment = tuple[str, int, str, str]  # file, line, code, message
Read = Callable[[Any], Comment]
SAME = itemgetter("file", "line", "code", "message")


@rule("shellcheck", about="tool", bad='rm -f $HOME/*.log && echo "fini', good='rm -f "$HOME"/*.log && echo "fini"')
def shellcheck(repository: Repository, pages: Callable[[], Sequence[PageBlocks]]) -> Iterator[Finding]:
    """ShellCheck trouve à redire à une commande, ou bash ne saurait la lire."""
    blocks = [block for page in pages() for block in page.blocks]
    scripts = _whole(repository, shell_scripts(repository))
    options = ["--norc", "--shell=bash", "--format=json", "--severity=info", f"--exclude={','.join(SHELLCHECK_OFF)}"]
    judged = {*(one.page for one in scripts), *(block.page for block in blocks if block.target)}
    said = _asked(repository, "shellcheck", options, [*blocks, *scripts], SAME)
    yield from (one for one in said if one.path in judged or one.rule[1:] in UNSEEN)


@rule("hadolint", about="tool", where="Dockerfile", bad="python:latest AS build", good="python:3.13-slim AS build")
def hadolint(repository: Repository, _: object) -> Iterator[Finding]:
    """hadolint trouve à redire à un Dockerfile."""
    texts = _whole(repository, repository.dockerfiles)
    yield from _asked(repository, "hadolint", ["--no-fail", "--format", "json"], texts, SAME)


@rule(
    "zizmor",
    about="tool",
    where=".github/workflows/ci.yml",
    bad="uses: actions/checkout@v4",
    good="uses: actions/checkout@08c6903cd8c0fde910a37f88322edcfb5dd907a8",
)
def zizmor(repository: Repository, _: object) -> Iterator[Finding]:
    """zizmor trouve une faiblesse dans un workflow."""

    def read(one: Any) -> Comment:
        place = one["locations"][0]
        file = place["symbolic"]["key"]["Local"]["verbatim_path"]
        return file, place["concrete"]["location"]["start_point"]["row"] + 1, one["ident"], one["desc"]

    options, texts = ["--offline", "--no-progress", "--format", "json"], _whole(repository, workflow_files(repository))
    yield from _asked(repository, "zizmor", options, texts, read)


@rule("actionlint", about="tool", where=".github/workflows/ci.yml", bad="needs: [biuld]", good="needs: [build]")
def actionlint(repository: Repository, _: object) -> Iterator[Finding]:
    """actionlint trouve à redire à un workflow."""
    options, texts = ["-no-color", "-format", "{{json .}}"], _whole(repository, workflow_files(repository))
    read = itemgetter("filepath", "line", "kind", "message")
    yield from _asked(repository, "actionlint", options, texts, read)


@rule("schema-kubernetes", about="tool", where="k8s/api.yaml", bad="replicass: 2", good="replicas: 2")
def kubernetes_schema(repository: Repository, _: object) -> Iterator[Finding]:
    """Une version de Kubernetes que le site sert refuse, ou laisse de côté, un champ d'un objet."""
    path = repository.settings.model.kubernetes
    listed = read_documents(repository.root / path, path)[0] if path else []
    versions = [str(one.get("version")) for document in listed for one in document.maps("kubernetes")]
    own = [item for item in repository.objects if is_own(item)]
    yield from _validated(repository, "kubernetes", own, str(versions), partial(_by_kubernetes, versions))


def _by_kubernetes(wanted: Sequence[str], value: Any) -> list[Any]:
    if not isinstance(value.get("apiVersion"), str):
        return [([], "sans apiVersion", "écrire apiVersion: et sa valeur")]
    kubernetes_validate, found = _kubernetes_validate(), []
    known = [*map(kubernetes_validate.major_minor, kubernetes_validate.all_versions())]
    for short in [one for one in wanted if one in known] if wanted else (known[0], known[-1]):
        try:
            kubernetes_validate.validate(value, short, strict=True)
        except kubernetes_validate.ValidationError as error:
            keys, cause, remedy = _explained(error)
            found.append((keys, f"refusé par Kubernetes {short} : {cause}", remedy))
        except kubernetes_validate.SchemaNotFoundError:
            cause = f"{value.get('apiVersion')} n'existe pas dans Kubernetes {short}"
            found.append((["apiVersion"], cause, "corriger apiVersion ou kind"))
    return found[:1] if len({str(keys) for keys, _, _ in found}) == 1 else found


@cache
def _kubernetes_validate() -> Any:
    """The program, which reads each of its files once here: two megabytes, and for every object otherwise."""
    from kubernetes_validate import utils  # noqa: PLC0415 — a tenth of a second that a second check does not need

    utils.schema_contents, utils.all_versions = cache(utils.schema_contents), cache(utils.all_versions)
    return utils


@rule("schema", about="tool", where="compose.yaml", bad="imagee: shop-front:1.0", good="image: shop-front:1.0")
def file_schema(repository: Repository, _: object) -> Iterator[Finding]:
    """Un fichier Compose, un workflow ou un dependabot.yml n'a pas la forme que son programme attend."""
    files = dict.fromkeys(workflow_files(repository), "github-workflows")
    if files and ".github/dependabot.yml" in repository.files:
        files[".github/dependabot.yml"] = "dependabot"
    documents: dict[str, list[Document]] = {"compose-spec": [repository.compose] if repository.compose.path else []}
    for path, name in files.items():
        documents.setdefault(name, []).extend(read_documents(repository.root / path, path)[0])
    for name, given in documents.items() if module("check_jsonschema") else ():
        yield from _validated(repository, name, given, "", partial(_by_schema, name))


def _by_schema(name: str, value: Any) -> list[Any]:
    import jsonschema  # noqa: PLC0415 — a third of a second

    vendored = Path(module("check_jsonschema")).with_name("builtin_schemas") / "vendor"
    schema = json.loads((vendored / f"{name}.json").read_text(encoding="utf-8"))
    validator = jsonschema.validators.validator_for(schema)(schema)
    return [_explained(jsonschema.exceptions.best_match([error])) for error in validator.iter_errors(value)]


def _validated(
    repository: Repository, name: str, documents: Sequence[Document], version: str, validate: Callable[[Any], list[Any]]
) -> Iterator[Finding]:
    """What a schema says of each document, asked once for each content."""
    texts = [json.dumps(_plain(one.value), sort_keys=True) for one in documents]
    said = asked_once(repository, name, version, texts, lambda new: {text: validate(json.loads(text)) for text in new})
    for document, text in zip(documents, texts, strict=True):
        start = f"{document} : " if isinstance(document, KubeObject) else ""
        for keys, cause, remedy in said[text]:
            yield Finding(document.path, document.line_of(*keys), f"{start}{cause}", remedy)


def _explained(error: Any) -> tuple[list[Any], str, str]:
    """The place, the cause and the remedy of a schema's error: an unknown key is the commonest."""
    known = {**error.schema.get("properties", {}), **error.schema.get("patternProperties", {})}
    keys = [*error.absolute_path]
    if error.validator == "additionalProperties" and isinstance(error.instance, dict):
        for extra in (str(key) for key in error.instance if str(key) not in known):
            return [*keys, extra], f"clé « {extra} » inconnue", nearest(extra, error.schema.get("properties", {}))
    where = ".".join(map(str, keys))
    return keys, error.message.split("\n")[0][:200], f"corriger {where or 'le document'}"


def absent(repository: Repository, pages: Sequence[PageBlocks]) -> list[str]:
    """What is not judged because the program that would is not installed here, in one line."""
    wanted = {
        "shellcheck": any(page.blocks for page in pages),
        "hadolint": bool(repository.dockerfiles),
        "zizmor": bool(workflow_files(repository)),
        "check_jsonschema": bool(repository.compose.path),
    }
    missing = [name for name, needed in wanted.items() if needed and not (program(name) or module(name))]
    return [f"absent, et donc non consulté : {', '.join(missing).replace('_', '-')}"] if missing else []


def _asked(
    repository: Repository, name: str, options: list[str], texts: Sequence[Block], read: Read
) -> Iterator[Finding]:
    """What a program that takes files and answers in JSON says of these texts; nothing where it is not installed."""
    found = program(name)
    if found is None or not texts:
        return
    status, ask = Path(found).stat(), partial(_comments, [found, *options], read)
    version = f"{status.st_size} {status.st_mtime_ns} {options}"
    said = asked_once(repository, name, version, [one.code for one in texts], ask)
    for one in texts:
        for line, code, message in said[one.code]:
            named = code if str(code)[0].isalpha() else f"SC{code}"
            remedy = f"voir {named} de {name}"
            yield Finding(one.page, max(one.line + line, 1), message.rstrip("."), remedy, f":{named}")


def _comments(command: list[str], read: Read, texts: list[str]) -> dict[str, list[Any]]:
    """What the program says of all these texts, by one call for each processor where they are many."""
    at_once = max(len(texts) // (os.cpu_count() or 1) + 1, 50)  # fewer take no longer than another start
    said: dict[str, list[Any]] = {text: [] for text in texts}
    names = [f"{number}.yml" for number in range(len(texts))]  # zizmor reads no other; the rest, any
    # a shell writes them: here each would wait until the commands, which are read meanwhile, let it
    written = [f"printf '%s\\n' {shlex.quote(text)} >{name}" for name, text in zip(names, texts, strict=True)]
    with tempfile.TemporaryDirectory(prefix="runbook-check-") as folder, ThreadPoolExecutor() as pool:
        parts = [slice(start, start + at_once) for start in range(0, len(texts), at_once)]
        scripts = ["\n".join((*written[part], f"{shlex.join([*command, *names[part]])} </dev/null")) for part in parts]
        run = partial(subprocess.run, ["/bin/sh"], cwd=folder, capture_output=True, encoding="utf-8", check=False)
        answers = [json.loads(ran.stdout or "[]") for ran in pool.map(lambda script: run(input=script), scripts)]
    for file, line, code, message in map(read, chain.from_iterable(answers)):
        said[texts[int(Path(file).name.partition(".")[0])]].append([line, code, message])
    return said


def _whole(repository: Repository, paths: Iterable[str]) -> list[Block]:
    return [Block(page=path, line=0, title=None, code=repository.text(path), target="") for path in paths]


def program(name: str) -> str | None:
    """Where a program is: beside Python, or on the PATH."""
    return shutil.which(str(Path(sys.executable).with_name(name))) or shutil.which(name)


def module(name: str) -> str:
    """The file that Python would import, and does not; empty for none."""
    return getattr(importlib.util.find_spec(name), "origin", None) or ""


def _plain(value: Any) -> Any:
    """The value as JSON has it: keys are texts, dates too; YAML 1.1 reads a workflow's `on` as true."""
    if isinstance(value, dict) and True in value:
        value = {"on" if key is True else key: below for key, below in value.items()}
    return json.loads(json.dumps(value, default=str))
