"""Are the expected results of the pages what the repository would give?"""

from collections.abc import Iterator, Sequence
from itertools import groupby

from runbook.checking.applications.offered_links import offered_links
from runbook.checking.applications.template_names import template_names
from runbook.checking.blocks.words import Shell
from runbook.checking.expected.answers import answers, asked
from runbook.checking.expected.awaited import Awaited
from runbook.checking.expected.changed_settings import Changes, changed_settings
from runbook.checking.expected.counts import counts, given_back
from runbook.checking.expected.echoed_values import echoed_values
from runbook.checking.expected.headings import headings
from runbook.checking.expected.lines import lines
from runbook.checking.expected.logs import Logged, logged
from runbook.checking.expected.messages import messages
from runbook.checking.expected.reread import Rereading
from runbook.checking.expected.sent_back import hostile_identifiers, sent_back
from runbook.checking.expected.state import PageState
from runbook.checking.expected.tables import tables
from runbook.checking.expected.values import expected_values
from runbook.checking.expected.vocabulary import Vocabulary
from runbook.checking.expected.words import expected_words
from runbook.checking.finding import Finding
from runbook.checking.manifests.volume_files import touched_files
from runbook.checking.offered.containers import containers
from runbook.checking.offered.images import built_images
from runbook.checking.offered.inner_network import InnerNetwork
from runbook.checking.offered.known_names import Names
from runbook.checking.offered.model import Model
from runbook.checking.prose.answered import Answered, told_schemes, told_statuses, undocumented_keys
from runbook.checking.prose.page_python import page_python
from runbook.checking.prose.told_settings import told_settings
from runbook.reading.content import PageBlocks


def check_expected_results(pages: Sequence[PageBlocks], site: Sequence[PageBlocks], model: Model) -> Iterator[Finding]:
    """What `pages`, some of those of the site, show of the applications, the manifests and Compose; what the applications show and no page says."""
    found, images = containers(model), built_images(model)
    vocabulary, names, server = Vocabulary(model, images), Names(model), Logged(model, images)
    with InnerNetwork(model, found, images) as network:
        answered = Answered(model, network)
        yield from undocumented_keys([page.page for page in site], model, answered)
        if len(pages) == len(site):
            yield from offered_links(model, network, answered)
            yield from template_names(model)
            yield from hostile_identifiers(model, network)
        for page in pages:
            yield from page_python(page.page, network, names)
            yield from told_statuses(page.page, model, answered)
            yield from told_schemes(page.page, answered)
            yield from told_settings(page.page, model, network)
            yield from sent_back(page, model, network)
            for target, blocks in groupby(
                sorted(page.blocks, key=lambda block: block.target), key=lambda block: block.target
            ):
                shell, state, sent = Shell(), PageState(model, found, images), set[str]()
                changes, rereading, awaited = Changes(network), Rereading(found), Awaited()
                for block in blocks:
                    commands = list(shell.read(block))
                    yield from given_back(commands, state)
                    state.follow(commands)
                    yield from echoed_values(commands, sent)
                    yield from touched_files(commands, model, found)
                    rereading.follow(commands)
                    yield from rereading.shown(block, asked(commands, network))
                    yield from awaited.asked(block, commands, asked(commands, network))
                    yield from changed_settings(block, commands, changes, state)
                    if not block.not_run:
                        yield from messages(block, commands, model)
                        yield from lines(block, commands, state)
                        yield from tables(block, commands, state)
                        yield from counts(block, commands, state)
                        yield from logged(block, commands, server)
                        yield from headings(block, commands)
                        yield from expected_words(block, commands, vocabulary, state.said)
                        yield from expected_values(block, commands, state, vocabulary, names)
                    if block.expected is not None and target in model.settings.targets:
                        yield from answers(block, commands, network, state.said)
