"""JSON: the output holds what the page shows, value by value, whatever its layout."""

from pathlib import Path

import pytest

from runbook.matching.expect import Kind, Mismatch, check_expected, compare

COMPOSE = (Path(__file__).parent / "outputs" / "docker-compose-ps.jsonl").read_text(encoding="utf-8")
STATUS = """\
{
  "service": "datapress-front",
  "version": "1.0.0",
  "api": {
    "reachable": true,
    "status": 200,
    "latency_ms": 3.25,
    "error": null
  }
}
"""


def json(expected: str, actual: str) -> Mismatch | None:
    return compare(expected, actual, Kind.JSON)


def mismatch(expected: str, actual: str) -> Mismatch:
    assert check_expected(expected, Kind.JSON) is None
    found = json(expected, actual)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("expected", "actual"),
    [
        ('{"a": 1}', '{"b": 2, "a": 1}'),
        ("{}", '{"b": 2}'),
        ('{"a": {"b": []}}', '{"a": {"c": 1, "b": []}}'),
        ('{"a": 1}', '{"a": 1.0}'),
        ('{"a": 100}', '{"a": 1e2}'),
        ('{"a": 0.1}', '{"a": 0.10}'),
        ('{"a": 123456789012345678901234567890}', '{"a": 123456789012345678901234567890}'),
        ('{"a": "…"}', '{"a": null}'),
        ('{"a": "…"}', '{"a": {"b": [1]}}'),
        ('{"a": "…"}', '{"a": "…"}'),
        ('{"a": "2026-…Z"}', '{"a": "2026-11-24T00:36:49Z"}'),
        ('{"a": "x…y"}', '{"a": "x\\n…y"}'),
        ('{"…": "…", "a": 1}', '{"a": 1}'),
        ("[1, 2]", "[1, 2]"),
        ('[1, "…"]', "[1, 2, 3]"),
        ('["…", 3]', "[1, 2, 3]"),
        ('["…", {"a": 1}, "…"]', '[2, {"a": 2}, {"b": 0, "a": 1}, 4]'),
        ('["…"]', "[]"),
        ('"ok"', '"ok"\n'),
        ("null", "null"),
        ("[null]", "[null]"),
        ('{"a": 1}', '\x1b[32m{"a": 1}\x1b[0m\n'),
        ('{"a": 1}\n{"b": 2}', '{"a": 1}\n{"b": 2}\n'),
        ('{"a": 1}\n{"b": 2}', '{"a": 1}{"b": 2}'),
        ('…\n{"b": 2}', '{"a": 1}\n{"a": 3}\n{"b": 2}\n'),
        ('{"a": 1}\n…', '{"a": 1}\n'),
        ('{"a": 1}\n  …  \n{"b": 2}', '{"a": 1}\n{"b": 2}'),
        ('{"é": "à"}', '{"\\u00e9": "\\u00e0"}'),
    ],
)
def test_an_output_holds_what_is_shown(expected: str, actual: str) -> None:
    assert json(expected, actual) is None


@pytest.mark.parametrize(
    ("expected", "actual"),
    [
        ('{"a": 1}', '{"a": true}'),
        ('{"a": true}', '{"a": 1}'),
        ('{"a": 0}', '{"a": false}'),
        ('{"a": null}', "{}"),
        ('{"a": null}', '{"a": false}'),
        ('{"a": "…"}', "{}"),
        ('{"a": 1}', '{"a": "1"}'),
        ('{"a": "1"}', '{"a": 1}'),
        ('{"a": "x…"}', '{"a": 1}'),
        ('{"a": 30080}', '{"a": 30081}'),
        ('{"a": 0.1}', '{"a": 0.1000000000000000001}'),
        ('{"a": 123456789012345678901234567890}', '{"a": 123456789012345678901234567891}'),
        ('{"a": "Running"}', '{"a": "running"}'),
        ('{"a": "b c"}', '{"a": "b\u00a0c"}'),
        ('{"a": "b"}', '{"a": "b "}'),
        ('{"a": {}}', '{"a": []}'),
        ('{"a": {}}', '{"a": null}'),
        ("[1, 2]", "[2, 1]"),
        ("[1, 2]", "[1, 2, 3]"),
        ("[1, 2]", "[1]"),
        ("[]", "[1]"),
        ('["…", 3]', "[1, 3, 2]"),
        ('["…", 1, 2, "…"]', "[1, 3, 2]"),
        ('{"a": 1}', '{"a": 1}\n{"a": 1}'),
        ('{"a": 1}\n{"a": 1}', '{"a": 1}'),
        ('{"a": 1}\n{"b": 1}', '{"b": 1}\n{"a": 1}'),
        ('{"a": 1}', '[{"a": 1}]'),
        ('{"…": "…"}', "[]"),
        ('{"a": 1}', '{"a": 1} done'),
        ('{"a": 1}', 'starting\n{"a": 1}'),
        ('{"a": "…"}', '{"a": NaN}'),
        ("1", "1 1"),
        ("404", "404Not Found"),
        ("[1]", ""),
    ],
)
def test_an_output_lacks_what_is_shown(expected: str, actual: str) -> None:
    assert json(expected, actual) is not None


@pytest.mark.parametrize(
    ("old", "new", "line", "reason"),
    [
        ('"reachable": true', '"reachable": false', 4, "$.api.reachable : attendu « true », obtenu « false »"),
        (
            '"status": 200',
            '"status": "200"',
            5,
            '$.api.status : attendu « 200 », obtenu « "200" » (chaîne au lieu de nombre)',
        ),
        ('"latency_ms": 3.25,\n', "", 6, "$.api.latency_ms manque dans la sortie ; attendu « 3.25 »"),
        (
            '"error": null',
            '"error": "refused"',
            7,
            '$.api.error : attendu « null », obtenu « "refused" » (chaîne au lieu de null)',
        ),
        ("datapress-front", "Datapress-front", 1, "seules les majuscules diffèrent"),
        ('"api": {', '"spi": {', 3, "$.api manque dans la sortie"),
    ],
)
def test_the_reason_has_the_path_and_the_line(old: str, new: str, line: int, reason: str) -> None:
    assert old in STATUS
    found = mismatch(STATUS, STATUS.replace(old, new))
    assert found.line == line
    assert found.reason.startswith("$.")
    assert reason in found.reason.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("expected", "actual", "line", "reason"),
    [
        ('{"pods": [\n  {"a": 1},\n  {"a": 2}\n]}', '{"pods": [{"a": 1}, {"a": 3}]}', 2, (
            "$.pods[1].a : attendu « 2 », obtenu « 3 »"
        )),
        ('{"pods": [\n  1,\n  2\n]}', '{"pods": [1]}', 2, "$.pods[1] manque dans la sortie ; attendu « 2 »"),
        ('{"a": 0, "pods": [\n  1\n]}', '{"a": 0, "pods": [1, 2]}', 0, "$.pods a un élément de trop : « 2 »"),
        ('["…",\n {"a": 2}]', '[{"a": 1}, {"a": 3}]', 1, "aucun élément de $ n'est « {\"a\": 2} »"),
        ('["…",\n {"a": 2}]', '[{"a": 3}]', 1, "$[1].a : attendu « 2 », obtenu « 3 »"),
        ('["…"\n, 2]', "[]", 1, "$[1] manque dans la sortie"),
        ('{"a b": {"": 1}}', '{"a b": {"": 2}}', 0, '$["a b"][""] : attendu « 1 »'),
        ((
            '{"x": "a\\"b", "y": [[], {"z": 1},\n{"z": 2}]}'
        ), '{"x": "a\\"b", "y": [[], {"z": 1}, {"z": 3}]}', 1, "$.y[2].z"),
        ('{"a": 1}\n{"a": 2}', '{"a": 1}\n{"a": 3}', 1, "document 2 de la sortie, $.a : attendu « 2 », obtenu « 3 »"),
        ('{"a": 1}\n{"a": 2}', '{"a": 1}\n', 1, "il manque dans la sortie le document JSON « {\"a\": 2} »"),
        ('…\n{"a": 2}\n…', '{"a": 1}\n{"a": 3}', 1, "aucun document JSON de la sortie n'est « {\"a\": 2} »"),
        ('{"a": 1}', '{"a": 1}\n{"a": 2}', None, "la sortie a un document JSON de trop : « {\"a\": 2} »"),
        ('\n{"a": 1}', '{"a": 2}', 1, "$.a : attendu « 1 », obtenu « 2 »"),
        ('{"a": 1}', "", 0, "la sortie est vide ; attendu « {\"a\": 1} »"),
        ('{"a": 1}', "<html>\n<body>", None, (
            "la sortie n'est pas du JSON (valeur attendue, à « <html> ») : « <html> »"
        )),
        ('{"a": 1}', '{"a": 1}\n\nboot', None, "à partir de sa ligne 3 (valeur attendue, à « boot ») : « boot »"),
        ('{"a": 1}', '{"a": 1', None, "à « fin du texte »"),
        ('…\n{"a": 2}', '{"a": 3}', 1, "$.a : attendu « 2 », obtenu « 3 »"),
        ('{"a": 1}\n{"a": 2}', '{"a": 1}\n{"a": 3}\n{"a": 4}', 1, "document 2 de la sortie, $.a : attendu « 2 »"),
        ("[1e3]", "[1E+4]", 0, "$[0] : attendu « 1E+3 », obtenu « 1E+4 »"),
    ],
)  # fmt: skip
def test_the_reason_tells_kinds_of_difference_apart(expected: str, actual: str, line: int | None, reason: str) -> None:
    found = mismatch(expected, actual)
    assert found.line == line
    assert reason in found.reason.replace("\u00a0", " ")


def test_containers_of_compose_are_documents_one_a_line() -> None:
    expected = '…\n{"Service": "front", "State": "running", "Publishers": [{"PublishedPort": 18080}, "…"]}'
    assert json(expected, COMPOSE) is None
    assert (
        "document 2 de la sortie"
        in mismatch(f'{{"Service": "api"}}\n{expected[2:].replace("18080", "18081")}', COMPOSE).reason
    )
    assert json('{"Service": "api", "Health": "healthy", "Command": "\\"python3 -m http.ser…\\""}\n…', COMPOSE) is None


@pytest.mark.parametrize(
    ("expected", "fault"),
    [
        ('{"a": 1,}', "ligne 1"),
        ('{\n  "a": 1\n  "b": 2\n}', 'ligne 3 du résultat attendu : virgule ou fin attendue, à « "b": 2 »'),
        ("{'a': 1}", "nom de champ entre guillemets attendu"),
        ('{"a": …}', 'écrire "…" entre guillemets'),
        ('{"a": 1, …}', 'écrire "…" entre guillemets'),
        ('{"a" 1}', "deux-points attendus"),
        ('{"a": "1}', "guillemet fermant attendu"),
        ('{"a": "\\x"}', "échappement inconnu"),
        ('{"a": 1, "b": {"c": 1, "c": 1}}', "champ « c » écrit deux fois"),
        ('{"a": NaN}', "NaN n'est pas une valeur JSON"),
        ("ok", "valeur attendue"),
        ('{"a": 1} ok', "ligne 1"),
        ("[1e99999999999999999999]", "nombre hors de toute mesure"),
        ("[" * 100_000, "trop d'objets ou de tableaux imbriqués"),
    ],
)
def test_a_mistake_of_the_author_is_told(expected: str, fault: str) -> None:
    assert fault in str(check_expected(expected, Kind.JSON)).replace("\u00a0", " ")
    assert json(expected, "{}") is not None


def test_nothing_is_too_deep_to_be_judged() -> None:
    deep = "[" * 900 + "]" * 900
    found = json(deep, deep)
    assert found is not None
    assert "imbriqués" in found.reason
    assert json("{}", "[" * 100_000) is not None


@pytest.mark.parametrize("fine", [STATUS, COMPOSE, '…\n{"a": 1}', '{"a": "…"}', "[]", '["…"]'])
def test_good_json_is_no_mistake(fine: str) -> None:
    assert check_expected(fine, Kind.JSON) is None
