"""Is every lost request counted, and no other?"""

import socket
from collections.abc import Callable
from threading import Event
from typing import Any

import pytest

MODES = ("gardees", "nouvelles")

Measured = Callable[..., tuple[int, dict[str, Any], str]]


def unavailable(connection: socket.socket, over: Event) -> None:
    """Answer 503."""
    connection.sendall(b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n")


def test_a_sound_service_loses_nothing(server: Callable[..., Any], measured: Measured) -> None:
    it = server()
    status, summary, table = measured(it.url)
    assert (status, summary["pertes"], summary["liste"]) == (0, 0, [])
    assert summary["requetes"] == it.received > 20
    assert f"verdict\u00a0: aucune requête perdue sur {it.received}" in table


@pytest.mark.promesse("mesure")
def test_every_failed_request_is_a_loss_and_none_is_sent_again(
    server: Callable[..., Any], measured: Measured, fault: tuple[Any, str]
) -> None:
    lose, cause = fault
    it = server(fault=lose)
    status, summary, table = measured(it.url, "--delai=2")
    assert status == 1
    assert it.faults > 1
    assert summary["pertes"] == it.faults
    assert summary["requetes"] == it.received
    assert {loss["cause"] for loss in summary["liste"]} == {cause}
    assert sum(summary["modes"][mode][f"pertes_{cause}"] for mode in MODES) == it.faults
    assert f"verdict\u00a0: {it.faults} requêtes perdues sur {it.received}" in table
    first = summary["liste"][0]
    assert summary["debut"] <= first["quand"]
    assert first["detail"]
    for shown in (f"  {first['quand']}  {first['connexion']}", first["detail"], f"({first['requete']})"):
        assert shown in table
    assert "\x1b" not in table


def test_losses_are_counted_for_the_connections_that_had_them(server: Callable[..., Any], measured: Measured) -> None:
    # Half of the requests are lost, whoever sends them: each mode has its own.
    # No more requests than what the list holds of losses, however fast the machine.
    status, summary, _ = measured(server(fault=unavailable, every=2).url, "--maximum=300")
    listed = [loss["connexion"] for loss in summary["liste"]]
    for mode in MODES:
        assert summary["modes"][mode]["pertes"] == listed.count(mode) > 0
    assert status == 1


def test_a_service_that_is_not_there_loses_everything(measured: Measured) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    status, summary, table = measured(f"http://127.0.0.1:{port}/")
    assert status == 1
    assert summary["pertes"] == summary["requetes"] > 20
    assert {loss["cause"] for loss in summary["liste"]} == {"connexion"}
    assert summary["modes"]["gardees"]["mediane_ms"] is None
    assert "connexion impossible" in table


def test_only_the_first_losses_are_shown_and_the_others_are_announced(
    server: Callable[..., Any], measured: Measured
) -> None:
    _, summary, table = measured(server(fault=unavailable, every=1).url)
    assert table.count("statut autre que 200, après") == 10
    assert f"  et {summary['pertes'] - 10} autres\n" in table


def test_kept_connections_are_kept_and_new_ones_are_new(server: Callable[..., Any], measured: Measured) -> None:
    _, summary, _ = measured(server().url, "--fils=3")
    kept, new = (summary["modes"][mode] for mode in MODES)
    assert kept["connexions"] == 3 < kept["requetes"]
    assert new["connexions"] == new["requetes"]


def test_an_announced_close_is_followed_by_a_new_connection_and_is_no_loss(
    server: Callable[..., Any], measured: Measured
) -> None:
    closing = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok"
    it = server(good=closing, close_after=True)
    status, summary, _ = measured(it.url)
    kept = summary["modes"]["gardees"]
    assert (status, summary["pertes"]) == (0, 0)
    assert kept["fermetures_annoncees"] == kept["connexions"] == kept["requetes"]
    assert summary["requetes"] == it.received


def test_a_close_between_two_requests_is_no_loss_but_is_counted_apart(
    server: Callable[..., Any], measured: Measured
) -> None:
    it = server(close_after=True)
    # Long enough a pause for the close to arrive before the next request.
    status, summary, _ = measured(it.url, "--pause=150")
    kept = summary["modes"]["gardees"]
    assert (status, summary["pertes"], kept["fermetures_annoncees"]) == (0, 0, 0)
    # The connection of each caller's last request is closed by nobody's fault but the end's.
    assert kept["fermetures_au_repos"] == kept["requetes"] - 2 > 0
    assert summary["requetes"] == it.received
