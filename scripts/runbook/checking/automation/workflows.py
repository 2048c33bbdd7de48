"""Does the pipeline hold: where GitHub looks for it, with no more rights than it needs, and with every verification in the way?"""

import contextlib
import re
from collections.abc import Collection, Iterator
from functools import lru_cache
from typing import Any

import yaml

from runbook.checking.automation.workflow_commands import commands
from runbook.checking.blocks.situation import Rule
from runbook.checking.finding import Finding, nearest
from runbook.checking.offered.model import Model
from runbook.checking.offered.objects import LOADER
from runbook.checking.offered.places import Key, line_of
from runbook.checking.offered.repeated_keys import repeated_keys

RULE = "workflows"
FOLDER = ".github/workflows/"
TOP = ("name", "run-name", "on", "permissions", "env", "defaults", "concurrency", "jobs")
JOB = (
    *(
        "name",
        "permissions",
        "needs",
        "if",
        "runs-on",
        "snapshot",
        "environment",
        "concurrency",
        "outputs",
        "env",
        "defaults",
        "steps",
        "timeout-minutes",
    ),
    *("strategy", "continue-on-error", "container", "services", "uses", "with", "secrets"),
)
STEP = (
    "id",
    "if",
    "name",
    "uses",
    "run",
    "working-directory",
    "shell",
    "with",
    "env",
    "continue-on-error",
    "timeout-minutes",
)
PINNED = re.compile(r"[\w.-]+/[\w./-]+@[0-9a-f]{40}")
UNTRUSTED = re.compile(r"\$\{\{")
PIPE = re.compile(r"(?<!\|)\|(?!\|)")
# What well-known steps cannot do without.
NEEDED = (
    (re.compile(r"uses: actions/checkout@"), {"contents": "read"}),
    (re.compile(r"uses: actions/deploy-pages@"), {"pages": "write", "id-token": "write"}),
    (re.compile(r"run: .*docker login ghcr\.io|run: .*\bdocker push ghcr\.io", re.DOTALL), {"packages": "write"}),
)


def check_workflows(model: Model, resolve: Rule) -> Iterator[Finding]:
    """Every workflow of the repository; its commands are resolved as those of a page are."""
    for name in sorted(model.files):
        path = model.root / name
        if not name.endswith((".yml", ".yaml")) or not path.is_file():
            continue
        if name.startswith(FOLDER):
            yield from _workflow(model, name, path.read_text(encoding="utf-8"), resolve)
        elif (name.count("/") == 0 or "/workflows/" in f"/{name}" or name.startswith(".github/")) and _is_workflow(
            path.read_text(encoding="utf-8")
        ):
            yield Finding(
                name, 1, "workflow que GitHub ne voit pas", f"le mettre dans {FOLDER}, à la racine du dépôt", RULE
            )


@lru_cache(maxsize=4)
def _read_workflows(model: Model) -> tuple[dict[Any, Any], ...]:
    """The workflows that can be read; `check_workflows` tells the others."""
    found = []
    for name in sorted(model.files):
        if name.startswith(FOLDER) and (model.root / name).is_file():
            with contextlib.suppress(yaml.YAMLError):
                read: Any = yaml.load((model.root / name).read_text(encoding="utf-8"), LOADER)  # noqa: S506 — it is a safe one
                found += [read] if isinstance(read, dict) else []
    return tuple(found)


@lru_cache(maxsize=4)
def jobs_of(model: Model) -> tuple[dict[str, dict[str, Any]], ...]:
    """The jobs of each workflow: their names, and what is said of each."""
    jobs = [workflow.get("jobs") for workflow in _read_workflows(model)]
    return tuple(
        {str(job): described for job, described in each.items() if isinstance(described, dict)}
        for each in jobs
        if isinstance(each, dict)
    )


def schedules_of(model: Model) -> list[str]:
    """The cron lines of all workflows."""
    triggers = [workflow.get("on", workflow.get(True)) for workflow in _read_workflows(model)]
    listed = [
        trigger["schedule"]
        for trigger in triggers
        if isinstance(trigger, dict) and isinstance(trigger.get("schedule"), list)
    ]
    return [str(entry.get("cron")) for schedule in listed for entry in schedule if isinstance(entry, dict)]


def needs_of(described: dict[str, Any]) -> list[str]:
    """The jobs that a job waits for, in either way of writing them."""
    needs = described.get("needs")
    return [needs] if isinstance(needs, str) else [str(name) for name in needs] if isinstance(needs, list) else []


def _is_workflow(text: str) -> bool:
    return (
        re.search(r"^jobs:", text, re.MULTILINE) is not None
        and re.search(r"^['\"]?on['\"]?:", text, re.MULTILINE) is not None
    )


def _workflow(model: Model, name: str, text: str, resolve: Rule) -> Iterator[Finding]:
    try:
        node = yaml.compose(text, LOADER)
        repeated = list(repeated_keys(node))
        read: Any = yaml.load(text, LOADER)  # noqa: S506 — it is a safe one
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        yield Finding(
            name,
            mark.line + 1 if mark else 1,
            f"YAML illisible : {getattr(error, 'problem', error)}",
            "corriger le fichier",
            RULE,
        )
        return
    yield from (Finding(name, line, cause, "corriger le fichier", RULE) for line, cause in repeated)
    workflow = (
        {"on" if key is True else str(key): value for key, value in read.items()} if isinstance(read, dict) else {}
    )
    jobs = workflow.get("jobs")
    if not isinstance(jobs, dict) or not all(isinstance(job, dict) for job in jobs.values()):
        yield Finding(name, 1, "workflow sans jobs", "les décrire sous jobs", RULE)
        return

    def told(keys: tuple[Key, ...], cause: str, remedy: str) -> Finding:
        return Finding(name, line_of(model.root / name, None, keys), cause, remedy, RULE)

    for keys, value, known in ((), workflow, TOP), *((("jobs", job), jobs[job], JOB) for job in jobs):
        yield from (
            told((*keys, key), f"clé « {key} » inconnue d'un workflow", nearest(str(key), known))
            for key in _unknown(value, known)
        )
    yield from _triggers(workflow, text, told)
    if not isinstance(workflow.get("permissions"), dict) or workflow["permissions"]:
        yield told(
            ("permissions",),
            f"droits par défaut « {workflow.get('permissions', 'de GitHub')} » pour tous les jobs",
            "écrire permissions: {}, et les droits de chaque job chez lui",
        )
    for job, described in jobs.items():
        yield from _job(job, described, jobs, workflow, told)
        yield from commands(model, name, job, workflow, resolve)


def _triggers(workflow: dict[str, Any], text: str, told: Any) -> Iterator[Finding]:
    triggers = workflow.get("on")
    names = triggers if isinstance(triggers, dict | list) else [triggers]
    if "pull_request_target" in names:
        yield told(
            ("on", "pull_request_target"),
            "pull_request_target donne les droits du dépôt à qui propose un changement",
            "écrire pull_request",
        )
    push = triggers.get("push") if isinstance(triggers, dict) else None
    branches = [str(branch) for branch in (push or {}).get("branches") or []]
    for branch in sorted(set(re.findall(r"refs/heads/([\w./-]+)", text))):
        if branches and branch not in branches:
            yield told(
                ("on", "push", "branches"),
                f"un job attend la branche « {branch} », qui ne lance pas ce workflow",
                f"{nearest(branch, branches)} ; écrire la même partout",
            )


def _job(
    job: str, described: dict[str, Any], jobs: Collection[str], workflow: dict[str, Any], told: Any
) -> Iterator[Finding]:
    where: tuple[Key, ...] = ("jobs", job)
    needs = needs_of(described)
    for name in needs:
        if name not in jobs:
            yield told((*where, "needs"), f"job « {job} » : attend « {name} », qui n'existe pas", nearest(name, jobs))
    if "uses" in described:
        return
    if "runs-on" not in described:
        yield told(where, f"job « {job} » sans machine", "ajouter runs-on")
    elif str(described["runs-on"]).endswith("-latest"):
        yield told(
            (*where, "runs-on"),
            f"job « {job} » : « {described['runs-on']} » change de version sans prévenir",
            "écrire la version",
        )
    if "timeout-minutes" not in described:
        yield told(
            where,
            f"job « {job} » sans limite de durée : six heures pour une commande bloquée",
            "ajouter timeout-minutes",
        )
    if described.get("continue-on-error"):
        yield told(
            (*where, "continue-on-error"), f"job « {job} » : son échec ne compterait pas", "retirer continue-on-error"
        )
    given = described.get("permissions", workflow.get("permissions"))
    rights = given if isinstance(given, dict) else {}
    if isinstance(given, str):
        yield told((*where, "permissions"), f"job « {job} » : droits « {given} »", "nommer ceux dont il a besoin")
    writes = [right for right, level in rights.items() if level == "write"]
    if writes and "refs/heads/" not in str(described.get("if", "")):
        yield told(
            (*where, "permissions"),
            f"job « {job} » : droit d'écrire ({', '.join(writes)}) pour tout changement proposé",
            "retirer ce droit, ou limiter le job à la branche publiée par « if »",
        )
    if writes and not needs and len(jobs) > 1:
        yield told(where, f"job « {job} » : écrit sans attendre aucune vérification", "ajouter needs")
    steps = described.get("steps")
    if not isinstance(steps, list) or not steps:
        yield told(where, f"job « {job} » sans étape", "ajouter steps")
        return
    for index, step in enumerate(steps):
        yield from _step(
            (*where, "steps", index), step if isinstance(step, dict) else {}, rights, described, workflow, told
        )


def _step(
    where: tuple[Key, ...],
    step: dict[str, Any],
    rights: dict[str, Any],
    job: dict[str, Any],
    workflow: dict[str, Any],
    told: Any,
) -> Iterator[Finding]:
    yield from (
        told((*where, key), f"clé « {key} » inconnue d'une étape", nearest(str(key), STEP))
        for key in _unknown(step, STEP)
    )
    if ("uses" in step) == ("run" in step):
        yield told(where, "étape qui n'a pas une seule de « uses » et « run »", "écrire l'une des deux")
        return
    if step.get("continue-on-error"):
        yield told((*where, "continue-on-error"), "étape dont l'échec ne compterait pas", "retirer continue-on-error")
    uses, run = str(step.get("uses", "")), str(step.get("run", ""))
    if uses and not uses.startswith(("./", "docker://")) and not PINNED.fullmatch(uses):
        yield told(
            (*where, "uses"),
            f"action « {uses} » non figée : son auteur peut la changer",
            "écrire @ et les 40 caractères de son commit",
        )
    if "/checkout@" in uses and (step.get("with") or {}).get("persist-credentials") is not False:
        yield told(
            where, "le jeton du dépôt reste dans le dossier de travail", "écrire with: {persist-credentials: false}"
        )
    if UNTRUSTED.search(run):
        yield told(
            (*where, "run"), "expression ${{ }} dans une commande : son texte y serait exécuté", "la passer par env"
        )
    if re.search(r"\|\|\s*(true|:)\s*$", run.strip()) and "\n" not in run.strip():
        yield told((*where, "run"), "étape dont l'échec ne compterait pas", "retirer « || true »")
    if re.search(r"--password[= ](?!-stdin)", run):
        yield told(
            (*where, "run"),
            "mot de passe en argument, que la machine montre à tous ses processus",
            "écrire --password-stdin",
        )
    shell = (
        step.get("shell")
        or ((job.get("defaults") or {}).get("run") or {}).get("shell")
        or ((workflow.get("defaults") or {}).get("run") or {}).get("shell")
    )
    if run and not str(shell or "").startswith("bash") and PIPE.search(run):
        yield told(
            (*where, "run"),
            "l'échec d'une commande avant « | » ne compterait pas",
            "écrire defaults: {run: {shell: bash}}, qui ajoute pipefail",
        )
    text = f"uses: {uses}\nrun: {run}"
    for pattern, needed in NEEDED:
        for right, level in needed.items() if pattern.search(text) else ():
            if rights.get(right) not in (level, "write"):
                yield told(
                    where, f"étape qui a besoin du droit « {right}: {level} »", "l'ajouter aux permissions du job"
                )


def _unknown(value: Any, known: Collection[str]) -> list[str]:
    return [str(key) for key in value if key not in known] if isinstance(value, dict) else []
