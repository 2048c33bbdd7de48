"""What does a person see on the front's page?"""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

import datapress_front

STATIC = Path(datapress_front.__file__).parent / "static"
VOID = {"meta", "link", "img", "input"}


class Page(HTMLParser):
    """The elements of a page and its text, with a check that they nest well."""

    def __init__(self, html):
        super().__init__()
        self.elements, self.text, self._open = [], "", []
        self.feed(html)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self._open.pop() == tag

    def handle_data(self, data):
        self.text += data

    def all(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture
def page(front_client, httpserver):
    """Makes the page as it is with an API that is well."""
    httpserver.expect_request("/health").respond_with_json({"status": "ok", "version": "4.5.6"})
    base = httpserver.url_for("")
    return lambda **environ: Page(front_client(API_BASE_URL=base, **environ).get("/").text)


def test_the_title_is_the_one_the_brief_asks_for(page):
    shown = page()

    assert shown.text.count("DataPress – POC") == 2
    assert len(shown.all("title")) == len(shown.all("h1")) == 1


def test_versions_environment_and_state_of_the_api_are_there(page):
    text = page(FRONT_VERSION="7.8.9", ENVIRONMENT="recette").text

    assert "7.8.9" in text
    assert "4.5.6" in text
    assert "Environnement\N{NO-BREAK SPACE}: recette" in text
    assert "API disponible" in text
    assert re.search(r"répondu en \d+,\d\N{NO-BREAK SPACE}ms", text)


def test_the_link_to_the_api_is_the_public_address(page):
    links = [link["href"] for link in page(API_PUBLIC_URL="https://api.exemple.fr").all("a")]

    assert "https://api.exemple.fr" in links


@pytest.mark.promesse("separation")
def test_without_a_public_address_there_is_no_link_and_the_page_says_why(page):
    shown = page(API_PUBLIC_URL="")

    assert {link["href"] for link in shown.all("a")} == {"/", "/indicateurs", "/status"}
    assert "n’est pas ouverte aux navigateurs" in shown.text


@pytest.mark.promesse("hors-ligne")
def test_nothing_on_the_page_comes_from_another_host(page):
    shown = page(API_PUBLIC_URL="")

    addresses = [
        value
        for _, attributes in shown.elements
        for name, value in attributes.items()
        if name in {"src", "href", "srcset", "action", "data", "poster"}
    ]
    assert len(addresses) >= 5
    assert all(address.startswith("/") and address[:2] != "//" for address in addresses)


def test_every_file_that_the_page_asks_for_is_there(page, front_client):
    asked = [attributes["href"] for attributes in page().all("link")]

    assert asked
    for path in asked:
        with front_client().get(path) as answer:
            assert answer.status_code == 200, path


def test_without_any_variable_the_link_leads_where_the_api_is_documented_to_be(page):
    assert "http://localhost:8000" in [attributes.get("href") for attributes in page().all("a")]


@pytest.mark.promesse("hors-ligne")
def test_the_page_has_no_script_and_no_inline_style(page):
    shown = page()

    assert not shown.all("script")
    assert not shown.all("style")
    for _, attributes in shown.elements:
        assert not any(name == "style" or name.startswith("on") for name in attributes)


def test_a_screen_reader_finds_language_landmarks_and_names(page):
    shown = page()
    ids = {attributes["id"] for _, attributes in shown.elements if "id" in attributes}

    assert shown.all("html") == [{"lang": "fr"}]
    assert all(len(shown.all(landmark)) == 1 for landmark in ("header", "main", "footer", "nav"))
    assert all("alt" in image for image in shown.all("img"))
    assert all(drawing["aria-hidden"] == "true" for drawing in shown.all("svg"))
    assert shown.all("section")[0]["aria-labelledby"] in ids
    assert shown.all("nav")[0]["aria-label"]


def test_a_phone_is_told_its_width_and_zoom_is_not_forbidden(page):
    meta = {attributes.get("name"): attributes.get("content") for attributes in page().all("meta")}

    assert meta["viewport"] == "width=device-width, initial-scale=1"


def test_the_version_of_the_api_is_shown_as_text_and_not_as_markup(front_client, httpserver):
    httpserver.expect_request("/health").respond_with_json({"status": "ok", "version": "<b>x"})

    html = front_client(API_BASE_URL=httpserver.url_for("")).get("/").text

    assert "&lt;b&gt;x" in html
    assert "<b>" not in html


def test_the_page_spaces_its_punctuation_as_french_does(page):
    assert not re.search(r"\w [:;!?»]|« ", page().text)


@pytest.mark.promesse("erreurs")
def test_an_unknown_path_is_a_page_for_a_browser_and_json_for_a_program(front_client):
    client = front_client()

    for_browser = client.get("/inconnu", headers={"Accept": "text/html,*/*;q=0.8"})
    for_program = client.get("/inconnu", headers={"X-Request-ID": "abc", "Accept": "*/*"})  # as curl sends it

    assert for_browser.status_code == for_program.status_code == 404
    assert for_browser.mimetype == "text/html"
    assert "Erreur 404" in Page(for_browser.text).text
    assert for_browser.headers["X-Request-ID"] in for_browser.text
    assert for_program.json == {"error": "ressource inconnue", "status": 404, "request_id": "abc"}


@pytest.mark.promesse("erreurs")
def test_an_unforeseen_error_is_a_page_that_shows_no_stack(front_client):
    client = front_client()

    def fail():
        message = "détail interne"
        raise RuntimeError(message)

    client.application.add_url_rule("/panne", view_func=fail)
    answer = client.get("/panne", headers={"Accept": "text/html"})

    assert answer.status_code == 500
    assert "erreur interne" in Page(answer.text).text
    assert "détail interne" not in answer.text
    assert "Traceback" not in answer.text


@pytest.mark.parametrize("path", ["/health", "/health/live", "/health/ready"])
def test_the_front_is_well_even_when_the_api_is_not(front_client, free_port, path):
    client = front_client(API_BASE_URL=f"http://127.0.0.1:{free_port}", FRONT_VERSION="7.8.9")

    answer = client.get(path)

    assert answer.status_code == 200
    assert answer.json == {"status": "ok", "service": "datapress-front", "version": "7.8.9"}


def test_text_and_background_colours_contrast_enough_in_light_and_dark():
    css = (STATIC / "style.css").read_text(encoding="utf-8")
    light, dark = (dict(re.findall(r"--([\w-]+): #(\w{6});", part)) for part in split_modes(css))

    assert light.keys() == dark.keys()
    for colours in (light, dark):
        for text, background in [
            ("text", "page"),
            ("text", "card"),
            ("soft", "page"),
            ("soft", "card"),
            ("link", "page"),
            ("on-link", "link"),
            *((tone, f"{tone}-card") for tone in ("good", "poor", "bad")),
            *(("text", f"{tone}-card") for tone in ("good", "poor", "bad")),
        ]:
            assert contrast(colours[text], colours[background]) >= 4.5, (text, background)


def split_modes(css):
    light, _, rest = css.partition("@media (prefers-color-scheme: dark)")
    return light, rest


def contrast(one, other):
    """The ratio of WCAG 2, for colours as six hexadecimal digits."""
    dim, bright = sorted(map(luminance, (one, other)))
    return (bright + 0.05) / (dim + 0.05)


def luminance(colour):
    parts = (int(colour[start : start + 2], 16) / 255 for start in (0, 2, 4))
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
