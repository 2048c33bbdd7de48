"""What is particular to a repository: `[tool.runbook]` of its pyproject.toml, validated; none of it is needed."""

import os
import tomllib
from pathlib import Path
from typing import Annotated

import msgspec

from runbook.errors import SettingsError

FILE = "pyproject.toml"
SITES = ("mkdocs.yml", "mkdocs.yaml")
SITE_VARIABLE = "RUNBOOK_SITE"
NOT_OURS = {"node_modules", "site-packages", "vendor"}
Pattern = Annotated[str, msgspec.Meta(pattern=r"^(?!.*[^/!]\*\*|.*\*\*[^/])[^/]")]  # `**` between slashes


class Requirement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A shell command that succeeds where the target is present, and what its failure means."""

    command: str
    missing: str


class Service(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A process that a target starts before its pages and stops after them.

    `command` may hold `{python}`, the interpreter that runs the engine.  `ready` is the URL
    whose first answer below 500 says that the service is up.
    """

    command: list[str]
    ready: str
    ports: list[int]
    env: dict[str, str] = {}
    cwd: str = "."
    deadline: float = 20.0


class StandIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The services that answer this target's HTTP commands where the target itself is missing.

    They are `target`'s own unless `services` names others.
    """

    target: str
    services: list[str] = []
    env: dict[str, dict[str, str]] = {}  # service → variables that replace the target's own


class Target(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A place where pages run.

    `contexts` lists the kubectl contexts (shell patterns) that pages may touch; empty for a target without a cluster.
    `teardown` runs at the end, unless `present` succeeded before the first page: then what was there belongs to
    somebody else and stays.  `depends` names the files whose change makes a proof on this target out of date.
    """

    title: str
    requires: list[Requirement] = []
    services: list[str] = []
    contexts: list[str] = []
    versions: dict[str, str] = {}  # name → command that prints it, for the record
    present: str | None = None
    teardown: list[str] = []
    teardown_deadline: float = 120.0
    stand_in: StandIn | None = None
    depends: list[Pattern] = []  # glob patterns; after « ! », those of files to leave out


class Secrets(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the values live that no kept output may show."""

    manifests: list[Pattern] = []  # glob patterns of files with Kubernetes Secrets
    variables: list[str] = []  # patterns of environment and shell variables


class ApplicationSource(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a Flask application and its settings are: `module:attribute`, importable from `path`.

    `settings` name msgspec structures whose fields are environment variables; `variables` are those
    read elsewhere; `ports` are the ports that the application listens on where it is documented.
    """

    factory: str
    path: list[str]
    arguments: list[dict[str, str]] = []
    settings: list[str] = []
    variables: list[str] = []
    ports: list[int] = []


class ModelSource(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the static check reads the repository from; patterns are relative to its root."""

    manifests: list[Pattern] = []
    base: str = ""  # the folder whose manifests are applied together
    kubernetes: str = ""  # the YAML file whose list `kubernetes` names each supported `version`
    compose: str = ""
    generated: list[str] = []  # files that exist only after a documented command made them
    applications: dict[str, ApplicationSource] = {}
    made_by_commands: list[str] = []  # "kind/name" of objects that a documented command creates, in lower case
    scripts: str = ""  # the folder of the shell scripts to judge as well; none without it
    workflows: list[Pattern] = []  # patterns of the GitHub Actions workflows to judge as well
    commands: list[str] = []  # programs of this repository's pages that nothing need say more of
    metrics: list[str] = []  # patterns of what exporters give to Prometheus; the code's own metrics are read there


class RulesSource(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the check must not say: pattern of files → identifier of a rule → why."""

    ignore: dict[str, dict[str, str]] = {}


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All settings; durations in seconds, sizes in bytes."""

    targets: dict[str, Target] = {}
    default_target: str = ""  # where the pages run whose front matter says nothing; empty: nowhere
    services: dict[str, Service] = {}
    secrets: Secrets = Secrets()
    model: ModelSource = ModelSource()
    rules: RulesSource = RulesSource()
    coverage: float = 0.0  # least share of verified commands on the targets present, percent; may only rise
    env: dict[str, str] = {}
    keep_env: list[str] = []  # patterns of the caller's variables that pages and services have too
    mutation_score: float = 95.0  # least share of mutants that must be killed, percent
    site: str = ""  # MkDocs's own settings; empty: the only ones of the repository
    state: str = ".runbook"
    deadline: float = 30.0
    stop_grace: float = 10.0
    output_limit: int = 16 * 1024 * 1024
    kept_output: int = 64 * 1024

    def served_by(self, target: str, on: str) -> list[str]:
        """The services to start for `target`'s pages on `on`, which differs where it stands in."""
        stand_in = self.targets[target].stand_in if on != target else None
        return (stand_in.services if stand_in else []) or self.targets[on].services


def load(root: Path) -> Settings:
    """The settings of the repository at `root`, or the defaults; SettingsError names the key that is wrong."""
    path = root / FILE
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        settings = msgspec.convert(document.get("tool", {}).get("runbook", {}), Settings)
    except OSError as error:
        raise SettingsError(f"{path} : {error.strerror} ; le rendre lisible") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} : TOML illisible ({error}) ; le corriger") from None
    except msgspec.ValidationError as error:
        raise SettingsError(f"{path} : [tool.runbook] : {error}") from None
    _check_names(path, settings)
    return msgspec.structs.replace(settings, site=os.environ.get(SITE_VARIABLE) or settings.site or find_site(root))


def find_site(root: Path) -> str:
    """The settings of MkDocs in this repository, relative to its root; SettingsError if there are none, or several."""
    places = [f"{depth}{name}" for depth in ("*/", "*/*/", "*/*/*/") for name in SITES]
    below = (path.relative_to(root) for place in places for path in root.glob(place))
    ours = {path.as_posix() for path in below if not any(part[0] == "." or part in NOT_OURS for part in path.parts)}
    found = [name for name in SITES if (root / name).is_file()][:1] or sorted(ours)
    if not found:
        remedy = "lancer la commande à la racine du dépôt, ou la donner : --root DOSSIER"
        raise SettingsError(f"{root} : aucun {SITES[0]} ; {remedy}")
    if len(found) > 1:
        raise SettingsError(f"{root} : plusieurs sites MkDocs ({', '.join(found)}) ; en choisir un : --site {found[0]}")
    return found[0]


def _check_names(path: Path, settings: Settings) -> None:
    known, default = ", ".join(settings.targets) or "aucune", settings.default_target
    if default and default not in settings.targets:
        raise SettingsError(f"{path} : default_target « {default} » inconnue ; cibles décrites : {known}")
    for name, target in settings.targets.items():
        place, stand_in = f"{path} : cible « {name} »", target.stand_in
        for service in (*target.services, *(stand_in.services if stand_in else ())):
            if service not in settings.services:
                remedy = f"le décrire sous [tool.runbook.services.{service}]"
                raise SettingsError(f"{place} : service « {service} » inconnu ; {remedy}")
        if stand_in and stand_in.target not in settings.targets:
            raise SettingsError(f"{place} : substitut « {stand_in.target} » inconnu ; cibles décrites : {known}")
