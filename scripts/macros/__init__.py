"""What can a page ask for instead of typing it?"""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from runbook.reporting.kept import KEPT
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

    imports = cache(engine.read_imports)

    def here(page: str | None) -> str:
        return page or env.page.file.src_uri

    macros: dict[str, Callable[..., str]] = {
        "drawing": lambda name: drawings.svg(diagrams[name]),
        "engine_parts": lambda: engine.parts_table(only(read_yaml(root / _ENGINE), _ENGINE), imports()),
        "engine_drawing": lambda: engine.imports_drawing(imports()),
        "objects_table": lambda: tables.objects_table(recette),
        "workloads_table": lambda: tables.workloads_table(recette.api, recette.front),
        "probes_table": lambda component: tables.probes_table(getattr(recette, component)),
        "operations": operations_tables,
        "routes_table": lambda component: tables.routes_table(
            services[component], dig(meanings, "routes", component, source=_MEANINGS)
        ),
        "settings_table": lambda group: tables.settings_table(
            tuple(services.values()), group, recette, dig(meanings, "variables", source=_MEANINGS)
        ),
        "verification": lambda page=None: page_proofs.verification(evidence, here(page)),
        "duration": lambda page=None: page_proofs.duration(evidence, here(page)),
        "measured": lambda title, page=None: losses.measured(evidence, here(page), title),
        "seen": lambda title, page=None: losses.seen(evidence, here(page), title),
        "proved": lambda page, anchor="": proved_in(evidence, root / _DOCS, titles.get(page), page, anchor),
        "status": lambda: home_status.status(evidence),
        "last_run": lambda: proofs.proofs(evidence, past, titles),
        "target_run": lambda target: proofs.target_proofs(evidence, past, titles, target),
    }
    for name, macro in macros.items():
        env.macro(macro, name)


def on_post_build(env: Any) -> None:
    """Put beside the pages of the proofs the record that they tell."""
    publish(env.evidence, Path(env.conf["site_dir"]) / "preuves")
