"""What does a person see of the indicators, without any script?"""

import json
import re

import pytest

from datapress_api import create_app as create_api
from datapress_api.migrate import migrate
from datapress_front.api_data import Row
from datapress_front.chart import HEIGHT, WIDTH, draw

from .test_front_page import Page


@pytest.fixture
def api(httpserver):
    """The real API with its example, behind a tiny server."""
    app = create_api({})
    database = app.extensions["datapress-database"]
    migrate(database.engine, with_sample=True)
    client = app.test_client()

    def answer(request):
        return client.get(request.full_path, headers={"X-Request-ID": request.headers["X-Request-ID"]})

    httpserver.expect_request(re.compile("/.*")).respond_with_handler(answer)
    yield httpserver
    database.engine.dispose()


@pytest.fixture
def front(front_client, api):
    return front_client(API_BASE_URL=api.url_for(""))


def test_the_page_shows_the_last_month_of_everything_and_one_series_drawn_and_told(front):
    answer = front.get("/indicateurs")
    shown = Page(answer.text)

    assert answer.status_code == 200
    assert len(shown.all("table")) == 2
    assert "Dernières valeurs" in shown.text
    assert shown.text.count("octobre 2026") >= 7 + 1
    assert len(shown.all("option")) == 1 + 7
    (drawing,) = [svg for svg in shown.all("svg") if svg.get("role") == "img"]
    named = {attributes["id"] for _, attributes in shown.elements if "id" in attributes}
    assert set(drawing["aria-labelledby"].split()) <= named
    assert ", mois par mois</title>" in answer.text
    assert "au plus haut" in shown.text
    assert len([circle for circle in shown.all("circle") if circle.get("class") == "point"]) == 24


def test_filters_are_a_form_that_keeps_what_was_asked(front):
    html = front.get("/indicateurs?nom=Taux de conversion&depuis=2025-03&jusqua=2025-05").text
    shown = Page(html)

    labelled = {label["for"] for label in shown.all("label")}
    assert labelled == {field["id"] for field in (*shown.all("select"), *shown.all("input"))}
    assert [option for option in shown.all("option") if "selected" in option]
    assert {field["value"] for field in shown.all("input")} == {"2025-03", "2025-05"}
    assert re.findall(r'scope="row">(\w+ 2025)', html) == ["mai 2025", "avril 2025", "mars 2025"]


def test_the_download_holds_what_the_page_shows(front):
    shown = Page(front.get("/indicateurs?nom=Budget publicitaire&depuis=2026-01").text)
    (link,) = [anchor["href"] for anchor in shown.all("a") if ".csv" in anchor["href"]]
    answer = front.get(link)

    assert answer.mimetype == "text/csv"
    assert "attachment" in answer.headers["Content-Disposition"]
    assert [line.split(",")[1:3] for line in answer.text.splitlines()[1:]] == [
        ["Budget publicitaire", f"2026-{month:02d}"] for month in range(1, 11)
    ]


def test_a_filter_that_the_api_refuses_is_refused_with_its_words(front):
    answer = front.get("/indicateurs?depuis=hier")

    assert answer.status_code == 400
    assert "un mois, par exemple 2026-11" in answer.text


def test_nothing_found_is_said(front):
    answer = front.get("/indicateurs?nom=Rien de tel")

    assert answer.status_code == 200
    assert "Aucun indicateur" in answer.text


@pytest.mark.parametrize("path", ["/indicateurs", "/indicateurs.csv"])
def test_without_the_api_the_page_says_so(front_client, free_port, path):
    answer = front_client(API_BASE_URL=f"http://127.0.0.1:{free_port}").get(path)

    assert answer.status_code == 503
    assert "Indicateurs indisponibles" in answer.text
    assert "Connexion refusée" in answer.text


@pytest.mark.parametrize("body", [b"", b"[]", b'{"indicateurs": [{}]}', b"x" * 1_000_000])
def test_an_answer_that_is_no_list_of_indicators_is_not_shown(front_client, httpserver, body):
    httpserver.expect_request("/indicateurs").respond_with_data(body)

    answer = front_client(API_BASE_URL=httpserver.url_for("")).get("/indicateurs")

    assert answer.status_code == 503


def test_names_are_shown_as_text_and_not_as_markup(front_client, httpserver):
    row = {"nom": "<b>x", "periode": "2026-01", "valeur": 1, "unite": "<i>", "source": "<u>"}
    httpserver.expect_request("/indicateurs").respond_with_data(
        json.dumps({"indicateurs": [row, row | {"periode": "2026-02"}], "total": 2, "noms": ["<b>x"]})
    )

    html = front_client(API_BASE_URL=httpserver.url_for("")).get("/indicateurs").text

    assert not re.search("<[biu]>", html)


def series(*values):
    return [
        Row("x", f"{2000 + number // 12}-{number % 12 + 1:02d}", value, "u", "s") for number, value in enumerate(values)
    ]


@pytest.mark.parametrize(
    "values", [(1, 2), (5, 5, 5), (0, 0), (-3, 4, 1e9), (0.001, 0.0012), (1e12, -1e12), tuple(range(200))]
)
def test_every_point_is_on_the_drawing_and_between_round_values(values):
    chart = draw(series(*values))

    assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y, _ in chart.points)
    assert 2 <= len(chart.values) <= 9
    assert len(chart.months) <= 7
    heights = [y for _, y, _ in chart.points]
    assert (heights.index(min(heights)), heights.index(max(heights))) == (
        values.index(max(values)),
        values.index(min(values)),
    )


def test_one_month_is_no_line():
    assert draw(series(1)) is None
