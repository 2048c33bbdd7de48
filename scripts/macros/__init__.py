"""What can a page ask for instead of typing it?"""

from pathlib import Path
from typing import Any

from runbook.reporting.history import KEPT
from runbook.repository.model import read_repository
from runbook.settings import load

from . import drawings, engine, home_status, losses, page_proofs, proofs, tables
from .block_marks import BlockMarks
from .costs import read_costs
from .deck_drawings import deck_drawings
from .deck_proof import proof
from .evidence import read_evidence
from .operations import operations_tables
from .page_titles import read_titles
from .past_runs import read_past_runs
from .proved import proved as proved_in
from .published import publish
from .recette import read_recette
from .roadmap import read_roadmap
from .services import read_service
from .sources import dig, only, read_yaml
from .supported import FILE as VERSIONS
from .supported import read_supported

_DOCS = "docs"
_STATE = ".runbook"
_MEANINGS = f"{_DOCS}/_data/services.yaml"
_ENGINE = f"{_DOCS}/_data/moteur.yaml"
_PROPOSED = f"{_DOCS}/_data/engagements.yaml"


def define_env(env: Any) -> None:
    """Give the pages their facts, read from the sources of the project that is being built."""
    root = Path(env.project_dir)
    settings = load(root)
    repository = read_repository(root, settings)
    recette = read_recette(repository)
    services = {name: read_service(repository, name) for name in settings.model.applications}
    meanings = only(read_yaml(root / _MEANINGS), _MEANINGS)
    titles = read_titles(root / _DOCS)
    evidence = read_evidence(root / _STATE / "record.json", root, _DOCS)
    past = read_past_runs(root / _STATE)
    env.evidence = evidence
    env.marks = BlockMarks(evidence)  # for the hooks of scripts/finish.py
    diagrams = deck_drawings(recette, services)
    roadmap = read_roadmap(root / _DOCS / "feuille-de-route.md")
    env.variables.update(
        {
            "recette": recette,
            "compose": services | {"network": only(repository.compose.declared("networks"), "compose.yaml, réseau")},
            "namespace": recette.namespace,
            "version": recette.api.version,
            "api": recette.api,
            "front": recette.front,
            "defaults": {
                setting.name: setting.default for service in services.values() for setting in service.settings
            },
            "kept_runs": KEPT,
            "base_image": services["api"].base_image,
            "api_url": services["api"].url,
            "front_url": services["front"].url,
            "deck": proof(evidence, {name: target.title for name, target in settings.targets.items()}),
            "roadmap": roadmap,
            "supported": read_supported(root / VERSIONS),
            "engagements": only(read_yaml(root / _PROPOSED), _PROPOSED),
            "costs": read_costs(root / _DOCS / "_data" / "couts.yaml", roadmap),
            "recette_url": f"http://localhost:{recette.front.node_port}",
        }
    )

    def objects_table() -> str:
        return tables.objects_table(recette)

    def workloads_table() -> str:
        return tables.workloads_table(recette.api, recette.front)

    def probes_table(component: str) -> str:
        return tables.probes_table(getattr(recette, component))

    def routes_table(component: str) -> str:
        return tables.routes_table(services[component], dig(meanings, "routes", component, source=_MEANINGS))

    def settings_table(group: str) -> str:
        return tables.settings_table(
            tuple(services.values()),
            group,
            recette,
            dig(meanings, "variables", source=_MEANINGS),
        )

    def verification(page: str | None = None) -> str:
        return page_proofs.verification(evidence, page or env.page.file.src_uri)

    def duration(page: str | None = None) -> str:
        return page_proofs.duration(evidence, page or env.page.file.src_uri)

    def measured(title: str, page: str | None = None) -> str:
        return losses.measured(evidence, page or env.page.file.src_uri, title)

    def seen(title: str, page: str | None = None) -> str:
        return losses.seen(evidence, page or env.page.file.src_uri, title)

    def proved(page: str, anchor: str = "") -> str:
        return proved_in(evidence, root / _DOCS, titles.get(page), page, anchor)

    def status() -> str:
        return home_status.status(evidence)

    def last_run() -> str:
        return proofs.proofs(evidence, past, titles)

    def target_run(target: str) -> str:
        return proofs.target_proofs(evidence, past, titles, target)

    def engine_parts() -> str:
        return engine.parts_table(only(read_yaml(root / _ENGINE), _ENGINE))

    def engine_drawing() -> str:
        return engine.imports_drawing()

    def operations() -> str:
        return operations_tables(root, settings.model.applications["api"].path)

    def drawing(name: str) -> str:
        return drawings.svg(diagrams[name])

    for macro in (
        drawing,
        engine_parts,
        engine_drawing,
        objects_table,
        workloads_table,
        probes_table,
        operations,
        routes_table,
        settings_table,
        verification,
        duration,
        measured,
        seen,
        proved,
        status,
        last_run,
        target_run,
    ):
        env.macro(macro)


def on_post_build(env: Any) -> None:
    """Put beside the pages of the proofs the record that they tell."""
    publish(env.evidence, Path(env.conf["site_dir"]) / "preuves")
