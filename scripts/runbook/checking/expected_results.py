"""Are the expected results of the pages what the repository would give?"""

from collections.abc import Iterator, Sequence
from itertools import groupby

from runbook.checking.expected_answers import answers
from runbook.checking.finding import Finding
from runbook.checking.inner_network import InnerNetwork
from runbook.checking.model import Model
from runbook.checking.words import Shell
from runbook.reading.blocks import PageBlocks


def check_expected_results(pages: Sequence[PageBlocks], model: Model) -> Iterator[Finding]:
    """Each expected result against the applications, the manifests and Compose."""
    with InnerNetwork(model) as network:
        for page in pages:
            for target, blocks in groupby(sorted(page.blocks, key=lambda block: block.target), key=lambda block: block.target):
                shell = Shell()
                for block in blocks:
                    commands = list(shell.read(block))
                    if block.expected is not None and target in model.settings.targets:
                        yield from answers(block, commands, network)
