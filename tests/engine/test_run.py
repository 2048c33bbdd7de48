"""What a run says of each kind of command, and that nothing of it is left afterwards."""

import socket

import psutil
import pytest

from runbook.judging import Journal, Judged, judged, verdict
from runbook.outcome import Outcome
from runbook.plan import make_plan
from runbook.reading.blocks import find_blocks
from runbook.reading.pages import read_site
from runbook.running.run import opened
from runbook.settings import load
from tests.engine.runs import fence, free_port, one, outcomes, run_site


def test_an_output_that_is_what_the_page_shows_is_verified(make_site) -> None:
    assert one(make_site(index=fence("echo bonjour", "", "bon…"))).outcome is Outcome.VERIFIED


def test_success_without_an_expected_result_is_not_called_verified(make_site) -> None:
    assert one(make_site(index=fence("echo bonjour"))).outcome is Outcome.EXECUTED


def test_another_output_fails_at_the_line_of_the_page_that_promised_it(make_site) -> None:
    result = one(make_site(index=fence("printf 'a\\nx\\n'", "", "a\nb")))
    assert result.outcome is Outcome.FAILED
    assert result.place == "docs/index.md:10"
    assert "b" in result.reason
    assert any("x" in row for row in result.diff)


def test_an_exit_status_other_than_the_expected_one_fails(make_site) -> None:
    journal = run_site(
        make_site(a=fence("(exit 4)", 'data-code="4"'), b=fence("true", 'data-code="4"'), c=fence("(exit 4)"))
    )
    assert outcomes(journal) == [Outcome.VERIFIED, Outcome.FAILED, Outcome.FAILED]
    assert "code de sortie 0 au lieu de 4" in journal.results[1].reason


def test_errors_are_compared_when_nothing_else_was_printed(make_site) -> None:
    assert one(make_site(index=fence("echo raté >&2", "", "raté"))).outcome is Outcome.VERIFIED


def test_each_page_has_a_shell_of_its_own(make_site) -> None:
    journal = run_site(make_site(a=fence("X=1"), b=fence('echo "[$X]"', "", "[]")))
    assert journal.results[-1].outcome is Outcome.VERIFIED


def test_after_a_failure_the_rest_of_the_page_is_not_run_and_says_so(make_site) -> None:
    journal = run_site(make_site(index=fence("false") + fence("touch ran"), other=fence("true")))
    assert outcomes(journal) == [Outcome.FAILED, Outcome.NOT_RUN, Outcome.EXECUTED]
    assert journal.results[1].reason == "l'étape de la ligne 4 n'a pas abouti"


def test_a_page_whose_prerequisite_failed_is_not_run(make_site) -> None:
    root = make_site(a=fence("false"), b="---\nexecution: {cible: here, apres: [a.md]}\n---\n" + fence("true"))
    assert outcomes(run_site(root)) == [Outcome.FAILED, Outcome.NOT_RUN]


def test_cleanup_runs_after_a_failure_in_a_fresh_shell(make_site) -> None:
    root = make_site(index=fence('echo "[$X]" >cleaned', 'data-nettoyage="oui"') + fence("X=1; false"))
    journal = run_site(root)
    assert outcomes(journal) == [Outcome.FAILED, Outcome.EXECUTED]
    assert (root / "cleaned").read_text() == "[]\n"


def test_a_command_reads_nothing_from_standard_input(make_site) -> None:
    journal = run_site(
        make_site(
            index=fence('cat; read -r x || echo "read: $?"', "", "read: 1") + fence("echo still here", "", "still here")
        )
    )
    assert outcomes(journal) == [Outcome.VERIFIED, Outcome.VERIFIED]


def test_a_retried_step_holds_as_soon_as_its_result_does(make_site) -> None:
    code = "echo x >>tries; wc -l <tries"
    result = one(make_site(index=fence(code, 'data-reessayer="10"', "3")))
    assert (result.outcome, result.attempts) == (Outcome.VERIFIED, 3)


def test_a_clean_up_is_retried_like_any_step(make_site) -> None:
    code = "echo x >>tries; wc -l <tries"
    result = one(make_site(index=fence(code, 'data-nettoyage="oui" data-reessayer="10"', "3")))
    assert (result.outcome, result.attempts) == (Outcome.VERIFIED, 3)


def test_a_retried_step_that_never_holds_fails_with_the_number_of_attempts(make_site) -> None:
    result = one(make_site(index=fence("false", 'data-reessayer="1.2"')))
    assert result.outcome is Outcome.FAILED
    assert f"après {result.attempts} essais" in result.reason
    assert result.attempts >= 2


def test_a_condition_that_is_false_is_a_reason_of_the_page(make_site) -> None:
    result = one(make_site(index=fence("false", 'data-si="test -e nowhere"')))
    assert result.outcome is Outcome.NOT_RUN
    assert result.page_reason
    assert "test -e nowhere" in result.reason


def test_a_background_step_is_awaited_and_stopped_at_the_end_of_the_page(make_site) -> None:
    port = free_port()
    serve = fence(f"python -m http.server {port} --bind 127.0.0.1", f'data-arriere-plan="http://localhost:{port}/"')
    call = fence(f"curl -so /dev/null -w '%{{http_code}}\\n' http://localhost:{port}/", "", "200")
    assert outcomes(run_site(make_site(index=serve + call))) == [Outcome.VERIFIED, Outcome.VERIFIED]
    with pytest.raises(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):  # noqa: PT011 — any refusal
        pass


def test_a_background_step_that_ends_before_it_is_ready_fails_with_its_output(make_site) -> None:
    result = one(make_site(index=fence("echo no such thing >&2; exit 7", f'data-arriere-plan="port:{free_port()}"')))
    assert result.outcome is Outcome.FAILED
    assert "no such thing" in result.err


def test_a_readiness_that_holds_already_is_somebody_elses(make_site) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        result = one(make_site(index=fence("tail -f /dev/null", f'data-arriere-plan="port:{other.getsockname()[1]}"')))
    assert result.outcome is Outcome.FAILED
    assert "un autre programme" in result.reason


def test_secret_values_are_masked_wherever_they_come_from(make_site) -> None:
    root = make_site(
        index=fence("PASSWORD=correct-horse; echo $PASSWORD; echo $PASSWORD >&2")
        + fence("cat secret.yaml", "", "nothing like it")
    )
    (root / "secret.yaml").write_text(
        "kind: Secret\napiVersion: v1\nmetadata: {name: s}\nstringData: {key: battery-staple}\n"
    )
    first, second = run_site(root).results
    assert "correct-horse" not in first.out + first.err
    assert "battery-staple" not in second.out + second.reason + "".join(second.diff)


def test_an_interrupted_run_cleans_up_and_leaves_no_process(make_site) -> None:
    text = (
        fence("tail -f /dev/null & tail -f /dev/null & true")
        + fence("true")
        + fence("touch cleaned", 'data-nettoyage="oui"')
    )
    root = make_site(index=text)
    settings, journal = load(root), Journal()
    site = read_site(root, settings.site)
    plan = make_plan([find_blocks(page, site, settings.targets) for page in site.pages], settings, {})
    with opened(settings, root) as run:
        events = judged(plan, run, journal)
        for event in events:
            if isinstance(event, Judged):
                break
        events.close()
    assert (root / "cleaned").exists()
    assert not psutil.Process().children(recursive=True)


def test_a_busy_port_is_a_fault_that_names_its_holder_and_fails_the_run(make_site) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        settings = f"""
            [tool.runbook.targets.here]
            title = "Here"
            services = ["web"]
            [tool.runbook.services.web]
            command = ["true"]
            ready = "http://localhost:{port}/"
            ports = [{port}]
            """
        journal = run_site(make_site(settings=settings, index=fence("true")))
    assert outcomes(journal) == [Outcome.NOT_RUN]
    assert f"le port {port} du service « web » est déjà occupé par" in journal.faults[0]
    assert verdict(journal.results, journal.faults) == 1


def test_a_service_that_cannot_start_is_a_fault_with_its_last_words(make_site) -> None:
    settings = f"""
        [tool.runbook.targets.here]
        title = "Here"
        services = ["web"]
        [tool.runbook.services.web]
        command = ["bash", "-c", "echo bad setting; exit 3"]
        ready = "http://localhost:{free_port()}/"
        ports = []
        """
    journal = run_site(make_site(settings=settings, index=fence("true")))
    assert "s'est arrêté (code 3) : bad setting" in journal.faults[0]


def test_what_was_there_before_the_run_is_not_torn_down(make_site) -> None:
    settings = """
        [tool.runbook.targets.here]
        title = "Here"
        present = "test -e deployed"
        teardown = ["rm -f deployed"]
        """
    root = make_site(settings=settings, index=fence("touch deployed"))
    run_site(root)
    assert not (root / "deployed").exists()
    (root / "deployed").touch()
    journal = run_site(root)
    assert (root / "deployed").exists()
    assert "laissé en place" in journal.notes[0]


def test_nothing_run_is_not_a_success(make_site) -> None:
    journal = run_site(make_site(index=fence("true", 'data-non-execute="pas ici"')))
    assert verdict(journal.results, []) == 1
