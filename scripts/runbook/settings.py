"""What is particular to a repository: `[tool.runbook]` of its pyproject.toml, validated."""

import tomllib
from pathlib import Path

import msgspec

from runbook.errors import SettingsError

FILE = "pyproject.toml"


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

    `contexts` lists the kubectl contexts (shell patterns) that pages may touch; empty for a
    target without a cluster.  `teardown` runs at the end, unless `present` succeeded before the
    first page: then what was there belongs to somebody else and stays.  `depends` names the files
    whose change makes a proof on this target out of date.
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
    depends: list[str] = []  # glob patterns; after « ! », those of files to leave out


class Secrets(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the values live that no kept output may show."""

    manifests: list[str] = []  # glob patterns of files with Kubernetes Secrets
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

    manifests: list[str] = []
    kubernetes: str = ""  # the YAML file whose list `kubernetes` names each supported `version`
    compose: str = ""
    generated: list[str] = []  # files that exist only after a documented command made them
    applications: dict[str, ApplicationSource] = {}
    made_by_commands: list[str] = []  # "kind/name" of objects that a documented command creates, in lower case
    scripts: str = ""  # the folder of the shell scripts to judge as well; none without it
    workflows: list[str] = []  # patterns of the GitHub Actions workflows to judge as well
    commands: list[str] = []  # programs of this repository's pages that nothing need say more of


class RulesSource(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the check must not say: pattern of files → identifier of a rule → why."""

    ignore: dict[str, dict[str, str]] = {}


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All settings; durations in seconds, sizes in bytes."""

    targets: dict[str, Target]
    services: dict[str, Service] = {}
    secrets: Secrets = Secrets()
    model: ModelSource = ModelSource()
    rules: RulesSource = RulesSource()
    coverage: float = 0.0  # least share of verified commands on the targets present, percent; may only rise
    env: dict[str, str] = {}
    mutation_score: float = 95.0  # least share of mutants that must be killed, percent
    site: str = "mkdocs.yml"
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
    """The settings of the repository at `root`; SettingsError names the key that is wrong."""
    path = root / FILE
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SettingsError(f"{path} : fichier absent ; lancer la commande à la racine du dépôt") from None
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path} : TOML illisible ({error})") from None
    try:
        table = document["tool"]["runbook"]
    except KeyError:
        raise SettingsError(f"{path} : table [tool.runbook] absente ; y décrire au moins une cible") from None
    try:
        settings = msgspec.convert(table, Settings)
    except msgspec.ValidationError as error:
        raise SettingsError(f"{path} : [tool.runbook] : {error}") from None
    _check_names(path, settings)
    return settings


def _check_names(path: Path, settings: Settings) -> None:
    for name, target in settings.targets.items():
        for service in [*target.services, *(target.stand_in.services if target.stand_in else [])]:
            if service not in settings.services:
                raise SettingsError(
                    f"{path} : cible « {name} » : service « {service} » inconnu ; le décrire sous [tool.runbook.services.{service}]"
                )
        if target.stand_in and target.stand_in.target not in settings.targets:
            raise SettingsError(f"{path} : cible « {name} » : substitut « {target.stand_in.target} » inconnu")
