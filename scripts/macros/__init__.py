"""What can a page ask for instead of typing it?"""

from pathlib import Path
from typing import Any

from . import drawings, losses, proofs, tables, target_proofs
from .block_hints import BlockHints
from .block_marks import BlockMarks
from .changes import changes_since
from .compose_services import read_compose
from .deck_drawings import deck_drawings
from .deck_proof import proof
from .evidence import evidence
from .last_run import read_last_run
from .manifests import read_recette
from .page_titles import read_titles
from .past_runs import read_past_runs
from .roadmap import read_roadmap
from .service_code import read_service
from .sources import dig, only, read_yaml

_DOCS = "docs"
_MEANINGS = f"{_DOCS}/_data/services.yaml"


def define_env(env: Any) -> None:
    """Give the pages their facts, read from the sources of the project that is being built."""
    root = Path(env.project_dir)
    recette = read_recette(root / "k8s")
    compose = read_compose(root / "compose.yaml")
    services = {name: read_service(root / "services", name) for name in ("api", "front")}
    meanings = only(read_yaml(root / _MEANINGS), _MEANINGS)
    titles = read_titles(root / _DOCS)
    run = read_last_run(root / ".runbook" / "record.json", _DOCS)
    changes = changes_since(run, root, _DOCS)
    past = read_past_runs(root / ".runbook" / "history")
    env.conf["markdown_extensions"].append(BlockHints())
    if run:
        env.conf["markdown_extensions"].append(BlockMarks(run, changes))
    diagrams = deck_drawings(recette, compose)
    env.variables.update(
        {
            "recette": recette,
            "compose": compose,
            "namespace": recette.namespace,
            "version": recette.api.version,
            "api": recette.api,
            "front": recette.front,
            "defaults": {
                setting.name: setting.default for service in services.values() for setting in service.settings
            },
            "base_image": services["api"].base_image,
            "api_url": compose.api.url,
            "front_url": compose.front.url,
            "deck": proof(run, changes),
            "roadmap": read_roadmap(root / _DOCS / "feuille-de-route.md"),
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
            compose,
            recette,
            dig(meanings, "variables", source=_MEANINGS),
        )

    def verification(page: str | None = None) -> str:
        return proofs.verification(run, changes, page or env.page.file.src_uri)

    def duration(page: str | None = None) -> str:
        return proofs.duration(run, page or env.page.file.src_uri)

    def measured(title: str, page: str | None = None) -> str:
        return losses.measured(run, page or env.page.file.src_uri, title)

    def proved(page: str, anchor: str = "") -> str:
        return evidence(run, changes, root / _DOCS, titles.get(page), page, anchor)

    def status() -> str:
        return proofs.status(run, changes)

    def last_run() -> str:
        return proofs.proofs(run, changes, past, titles)

    def target_run(target: str) -> str:
        return target_proofs.target_proofs(run, changes, past, titles, target)

    def drawing(name: str) -> str:
        return drawings.svg(diagrams[name])

    for macro in (
        drawing,
        objects_table,
        workloads_table,
        probes_table,
        routes_table,
        settings_table,
        verification,
        duration,
        measured,
        proved,
        status,
        last_run,
        target_run,
    ):
        env.macro(macro)
