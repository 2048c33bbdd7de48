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
from runbook.reading.blocks import PageBlocks


def check_repository(pages: Sequence[PageBlocks], model: Model) -> Iterator[Finding]:
    """Every finding that no command of a page gives."""
    yield from check_manifests(model)
    yield from check_compose(model)
    yield from check_dockerfiles(model)
    yield from check_expected_results(pages, model)
    texts = [page.page for page in pages]
    yield from check_prose(texts, model)
    yield from check_documented(texts, model)
