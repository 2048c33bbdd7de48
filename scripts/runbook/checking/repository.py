"""What can be wrong outside the commands: manifests, Compose, images, prose and expected results."""

from collections.abc import Iterator, Sequence

from runbook.checking.compose import check_compose
from runbook.checking.dockerfiles import check_dockerfiles
from runbook.checking.documented import check_documented
from runbook.checking.expected_results import check_expected_results
from runbook.checking.finding import Finding
from runbook.checking.manifests import check_manifests
from runbook.checking.model import Model
from runbook.checking.prose import check_prose
from runbook.checking.requirements import check_requirements
from runbook.reading.blocks import PageBlocks


def check_sources(model: Model) -> Iterator[Finding]:
    """Every finding in manifests, Compose, images and locked requirements, whatever the pages say."""
    yield from (Finding(path, line, cause, "corriger le fichier", "model") for path, line, cause in model.faults)
    yield from check_manifests(model)
    yield from check_compose(model)
    yield from check_dockerfiles(model)
    yield from check_requirements(model)


def check_texts(pages: Sequence[PageBlocks], site: Sequence[PageBlocks], model: Model) -> Iterator[Finding]:
    """Every finding in the expected results and the prose of `pages`, and what no page of the whole site speaks of."""
    yield from check_expected_results(pages, model)
    yield from check_prose([page.page for page in pages], model)
    yield from check_documented([page.page for page in site], model)
