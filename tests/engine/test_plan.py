"""The plan says what runs where, in which order, and why the rest does not."""

from pathlib import Path

import pytest

from runbook.plan import Mode, answered_by, make_plan
from runbook.reading.blocks import find_blocks
from runbook.reading.content import PageBlocks
from runbook.reading.pages import read_site
from runbook.settings import Settings, load

SERVED = """
[tool.runbook.targets.local]
title = "Local"
services = ["web"]
[tool.runbook.targets.cluster]
title = "Cluster"
stand_in = { target = "local" }
[tool.runbook.services.web]
command = ["true"]
ready = "http://localhost:8000/"
ports = [8000]
"""


def opened(root: Path) -> tuple[list[PageBlocks], Settings]:
    settings = load(root)
    site = read_site(root, "mkdocs.yml")
    return [find_blocks(page, site, settings.targets) for page in site.pages], settings


def block(code: str, attributes: str = "") -> str:
    return f"``` {{ .bash {attributes} }}\n{code}\n```\n\n"


def test_pages_follow_the_navigation_target_after_target(make_site) -> None:
    pages, settings = opened(
        make_site(
            site="site_name: S\nnav: [b.md, a.md]\nmarkdown_extensions: [pymdownx.superfences, attr_list]\n",
            a=block("echo a1") + block("echo a2", 'data-cible="away"'),
            b=block("echo b"),
        )
    )
    plan = make_plan(pages, settings, {})
    assert [(page.page, page.target) for page in plan.pages] == [
        ("docs/b.md", "here"),
        ("docs/a.md", "here"),
        ("docs/a.md", "away"),
    ]


def test_a_page_runs_after_those_it_depends_on_and_brings_them_along(make_site) -> None:
    pages, settings = opened(
        make_site(
            a="---\nexecution: {cible: here, apres: [c.md]}\n---\n" + block("echo a"),
            b=block("echo b"),
            c=block("echo c"),
        )
    )
    assert [page.uri for page in make_plan(pages, settings, {}).pages] == ["c.md", "a.md", "b.md"]
    assert [page.uri for page in make_plan(pages, settings, {}, ["docs/a.md"]).pages] == ["c.md", "a.md"]


def test_a_prerequisite_that_does_not_exist_is_an_error(make_site) -> None:
    pages, settings = opened(make_site(a="---\nexecution: {cible: here, apres: [z.md]}\n---\n" + block("echo a")))
    (problem,) = make_plan(pages, settings, {}).refused
    assert (problem.path, problem.line, "z.md" in problem.cause) == ("docs/a.md", 1, True)


def test_every_problem_of_every_page_is_reported_at_once(make_site) -> None:
    pages, settings = opened(make_site(a=block("true", 'data-x="1"'), b=block("true", 'data-y="1"')))
    assert len(make_plan(pages, settings, {}).refused) == 2


def test_pages_that_each_ask_to_come_after_the_other_are_refused(make_site) -> None:
    asks = {page: f"---\nexecution: {{cible: here, apres: [{other}.md]}}\n---\n" for page, other in ("ab", "ba", "cc")}
    pages, settings = opened(make_site(**{page: head + block("echo a") for page, head in asks.items()}))
    refused = make_plan(pages, settings, {}).refused
    assert [problem.path for problem in refused] == ["docs/a.md", "docs/b.md", "docs/c.md"]
    assert "nomme a.md, qui doit elle-même la suivre ; défaire ce cercle" in str(refused[1])


def test_without_its_target_only_http_to_the_stand_in_runs_and_the_rest_says_why(make_site) -> None:
    text = (
        block("kubectl get pods")
        + block("curl -s http://localhost:8000/health | jq .status")
        + block("echo", 'data-non-execute="non"')
    )
    pages, settings = opened(make_site(settings=SERVED, a="---\nexecution: {cible: cluster}\n---\n" + text))
    steps = make_plan(pages, settings, {"cluster": "pas de cluster"}).steps
    assert [(step.mode, step.reason) for step in steps] == [
        (Mode.NOT_RUN, "pas de cluster"),
        (Mode.STAND_IN, ""),
        (Mode.NOT_RUN, "non"),
    ]


@pytest.mark.parametrize(
    ("code", "answered"),
    [
        ("curl http://localhost:8000/", True),
        ("curl -fsS 'http://localhost:8000/health' | grep ok", True),
        ("URL=http://localhost:8000; curl $URL/health", True),
        ("curl http://localhost:8001/", False),
        ("curl http://example.test/", False),
        ('curl -H "X: $TOKEN" http://localhost:8000/', False),
        ("kubectl get pods && curl http://localhost:8000/", False),
        ("curl http://localhost:8000/$(kubectl get pod -o name)", False),
        ("echo http://localhost:8000/", False),
        ("curl", False),
        ("curl http://localhost:8000/ > /etc/passwd", False),
    ],
)
def test_a_stand_in_answers_plain_http_calls_to_its_own_ports_only(make_site, code: str, answered: bool) -> None:
    pages, _ = opened(make_site(a="```bash\n" + code + "\n```\n"))
    assert answered_by(pages[0].blocks[0], frozenset(["localhost:8000"])) is answered


def test_a_block_may_refuse_the_stand_in(make_site) -> None:
    text = block("curl http://localhost:8000/", 'data-substitut="non"')
    pages, settings = opened(make_site(settings=SERVED, a="---\nexecution: {cible: cluster}\n---\n" + text))
    (step,) = make_plan(pages, settings, {"cluster": "absent"}).steps
    assert (step.mode, step.reason) == (Mode.NOT_RUN, "absent")
