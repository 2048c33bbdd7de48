"""What can be wrong outside the commands: manifests, Compose, images, scripts, prose and expected results."""

from collections.abc import Iterator, Sequence

from runbook.checking.applications.header_names import header_names, header_values
from runbook.checking.applications.hidden_branches import hidden_branches
from runbook.checking.applications.server_settings import log_settings, server_settings, settings_used
from runbook.checking.applications.setting_limits import setting_limits
from runbook.checking.applications.static_files import static_files, style_classes
from runbook.checking.applications.target_services import target_services
from runbook.checking.automation.script_contents import check_scripts
from runbook.checking.compose.check import check_compose
from runbook.checking.dockerfiles.check import check_dockerfiles
from runbook.checking.dockerfiles.requirements import check_requirements
from runbook.checking.files.kept_out_of_git import kept_out_of_git
from runbook.checking.finding import Finding
from runbook.checking.manifests.check import check_manifests
from runbook.checking.offered.model import Model
from runbook.checking.prose.diagrams import diagrams
from runbook.checking.prose.documented import check_documented
from runbook.checking.prose.metadata import tags, templates
from runbook.checking.prose.names import check_prose
from runbook.checking.prose.quoted_commands import check_quoted_commands
from runbook.checking.prose.site_links import anchors, navigation, page_parts
from runbook.reading.content import Page, PageBlocks

SOURCES = (
    check_manifests,
    check_compose,
    check_dockerfiles,
    check_requirements,
    server_settings,
    log_settings,
    settings_used,
    setting_limits,
    header_names,
    header_values,
    hidden_branches,
    kept_out_of_git,
    static_files,
    style_classes,
    navigation,
    target_services,
)


def check_sources(model: Model) -> Iterator[Finding]:
    """Every finding in manifests, Compose, images, locked requirements and scripts, whatever the pages say."""
    yield from (Finding(path, line, cause, "corriger le fichier", "model") for path, line, cause in model.faults)
    found = stumbled = None
    for rule in SOURCES:
        try:
            for found in rule(model):
                yield found
        except (
            AttributeError,
            KeyError,
            TypeError,
            ValueError,
        ) as error:  # over a document of the wrong shape, which another rule tells
            stumbled = error
    if stumbled is not None and found is None and not model.faults:
        raise stumbled
    yield from _scripts(model)


def check_texts(pages: Sequence[PageBlocks], site: Sequence[PageBlocks], model: Model) -> Iterator[Finding]:
    """Every finding in the prose of `pages`, and what no page of the whole site speaks of."""
    beside = _beside(model) if len(pages) == len(site) else []
    yield from check_prose([*(page.page for page in pages), *beside], model)
    yield from _quoted_commands([*(page.page for page in pages), *beside], model)
    for page in pages:
        yield from page_parts(page.page, model)
        yield from diagrams(page.page, model)
    yield from anchors([page.page for page in pages], [page.page for page in site])
    yield from templates([page.page for page in pages], model)
    yield from tags([page.page for page in pages], [page.page for page in site], model)
    yield from check_documented([page.page for page in site], model)


def _beside(model: Model) -> list[Page]:
    """The texts at the root of the repository, read as pages are."""
    names = sorted(
        name for name in model.files if "/" not in name and name.endswith(".md") and (model.root / name).is_file()
    )
    texts = [(name, (model.root / name).read_text(encoding="utf-8")) for name in names]
    return [Page(name, name, name, name, {}, text, tuple(range(1, text.count("\n") + 2))) for name, text in texts]


def _quoted_commands(pages: Sequence[Page], model: Model) -> Iterator[Finding]:
    from runbook.checking.check import resolve  # noqa: PLC0415 - it reads pages with what stands here

    yield from check_quoted_commands(pages, model, resolve)


def _scripts(model: Model) -> Iterator[Finding]:
    from runbook.checking.check import resolve  # noqa: PLC0415 - it reads pages with what stands here

    yield from check_scripts(model, resolve)
