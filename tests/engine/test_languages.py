"""Every shell fence, whatever it is called: it runs, it says why not, or it is undecided."""

import pytest

from runbook.reading.blocks import find_blocks
from runbook.reading.pages import read_site


def read(root, targets=("here", "away")):
    site = read_site(root, "mkdocs.yml")
    return find_blocks(site.pages[0], site, targets)


@pytest.mark.parametrize("language", ["bash", "Bash", "BASH", "sh", "Shell", "shellscript", " { .Bash #id }"])
def test_what_bash_reads_runs_in_any_case(make_site, language: str) -> None:
    (block,) = read(make_site(index=f"```{language}\ntrue\n```\n")).blocks
    assert (block.target, block.undecided) == ("here", "")


@pytest.mark.parametrize(
    ("opening", "code", "why"),
    [
        ("Console", "true", "langage « Console »"),
        ("console", "$ true\nfalse", "invite de commande"),
        ("shell-session", "$ true", "invite de commande"),
        ("bash-session", "x", "langage « bash-session »"),
        ("fish", "set x 1", "langage « fish »"),
        ("PowerShell", "$env:X = 1", "langage « PowerShell »"),
        ("pwsh", "Get-Item", "langage « pwsh »"),
        ("zsh", "true", "langage « zsh »"),
        ("bat", "dir", "langage « bat »"),
        ("", "# as root\n$ true", "invite de commande"),
        ("bash", "$ true", "invite de commande"),
        ("bash", "cd /\nroot@host:~# true", "invite de commande"),
        ("sh", "(venv) me@host:~/x$ true", "invite de commande"),
    ],
)
def test_what_bash_cannot_be_given_is_undecided_with_its_reason(make_site, opening: str, code: str, why: str) -> None:
    page = read(make_site(index=f'```{opening}\n{code}\n```\n\n```text title="Résultat attendu"\nx\n```\n'))
    (block,) = page.all_blocks
    assert (page.blocks, page.problems, block.code, why in block.undecided) == ((), (), code, True)
    assert [(doubt.line, why in doubt.cause) for doubt in page.doubts] == [(4, True)]


def test_what_goes_on_after_its_line_in_a_session_is_not_judged_by_its_beginning(make_site) -> None:
    typed = "$ cat > x <<EOF\na: 1\nEOF\n$ curl -d '{\n}'\n$ ls \\\n  -l\n$ true"
    (block,) = read(make_site(index=f"```console\n{typed}\n```\n")).all_blocks
    assert block.typed.strip("\n").split("\n") == ["ls \\", "  -l", "true"]


def test_a_reason_not_to_run_decides(make_site) -> None:
    page = read(make_site(index='``` { .console data-non-execute="une session" }\n$ true\n```\n'))
    assert ([block.not_run for block in page.all_blocks], page.doubts) == (["une session"], ())


@pytest.mark.parametrize("text", ["```\nprice: $ 3\n```", "```text\n$ true\n```", "```python\nx\n```", "    $ true"])
def test_what_no_reader_takes_for_commands_is_none(make_site, text: str) -> None:
    page = read(make_site(index=text + "\n"))
    assert (page.all_blocks, page.problems, page.doubts) == ((), (), ())


@pytest.mark.parametrize("code", ['$HOME/bin/x || true\n"$(which true)"', "> log\ncat <<END\n> x\nEND", "# x\nls"])
def test_commands_that_look_like_a_prompt_are_commands(make_site, code: str) -> None:
    page = read(make_site(index=f"```bash\n{code}\n```\n"))
    assert (len(page.blocks), page.doubts) == (1, ())


def test_a_block_without_a_place_is_undecided_and_a_finding_only_where_places_are_described(make_site) -> None:
    root = make_site(index="---\ntitle: T\n---\n```bash\ntrue\n```\n")
    assert ["aucune cible" in one.cause for one in read(root).doubts] == [True]
    page = read(root, targets=())
    assert (page.blocks[0].undecided[:12], page.doubts, page.problems) == ("aucune cible", (), ())


@pytest.mark.parametrize("title", ["Expected result", "Résultat attendu"])
@pytest.mark.parametrize("language", ["text", "Text", "console-output", "json"])
def test_both_titles_are_taken_and_a_language_that_cannot_be_compared_is_said(make_site, title, language) -> None:
    page = read(make_site(index=f'```bash\ntrue\n```\n\n```{language} title="{title}"\n{{}}\n```\n'))
    if language == "console-output":
        assert "résultat attendu en « console-output »" in page.problems[0].cause
    else:
        assert (page.blocks[0].expected is not None, page.problems) == (True, ())


@pytest.mark.parametrize(
    "title",
    [
        "Resultat attendu",
        "Résultats attendus",
        "Résultat atendu",
        "expected result",
        "Expected output",
        "Erwartetes Ergebnis",
    ],
)
def test_a_block_after_a_command_that_looks_like_its_result_is_a_finding(make_site, title: str) -> None:
    root = make_site(index=f'```bash\ntrue\n```\n\n```text title="{title}"\nx\n```\n')
    assert [one.line for one in read(root).problems] == [8]


@pytest.mark.parametrize("title", ["config.yaml", "Sortie", "Output", "Résultat du calcul en ligne"])
def test_another_title_is_its_authors_affair(make_site, title: str) -> None:
    assert not read(make_site(index=f'```bash\ntrue\n```\n\n```text title="{title}"\nx\n```\n')).problems


def test_what_was_typed_in_a_session_can_be_checked_at_its_line(make_site) -> None:
    session = "$ kubectl get pods \\\n>   -n here\nNAME  READY\n\nroot@host:~# ls\nPS C:\\> dir"
    page = read(make_site(index=f"```console\n{session}\n```\n\n```fish\n$ ls\n```\n\n```bash\ntrue\n```\n"))
    assert [(block.line, block.code) for block in page.readable] == [
        (4, "kubectl get pods \\\n  -n here\n\n\nls\n"),
        (17, "true"),
    ]


def test_what_bash_cannot_read_at_all_is_undecided_where_nobody_said_that_it_should_run(make_site) -> None:
    root = make_site(
        index="---\ntitle: T\n---\n```bash\ncurl x\nHTTP/1.1 200 (OK)\n```\n\n```bash\necho ${x@Q} {a,b}\n```\n"
    )
    nobody = read(root, targets=())
    assert [(block.line, block.undecided[:30]) for block in nobody.all_blocks if block.session] == [
        (4, "bash ne saurait le lire : un t")
    ]
    assert [block.line for block in nobody.blocks] == [9]
    assert [block.line for block in read(root).blocks] == [4, 9]
