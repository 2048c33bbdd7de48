"""Does every answer of every route carry the headers that protect it?"""

import pytest

EXPECTED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def directives(answer):
    parts = answer.headers["Content-Security-Policy"].split(";")
    return {name: values for name, *values in (part.split() for part in parts)}


@pytest.fixture(params=["api", "front"])
def client(request, api_client, front_client, free_port):
    if request.param == "api":
        return api_client()
    return front_client(API_BASE_URL=f"http://127.0.0.1:{free_port}")


def every_path(client):
    rules = client.application.url_map.iter_rules()
    return ["/inconnu", *(rule.rule.replace("<path:filename>", "style.css") for rule in rules)]


def test_every_route_and_every_error_has_them(client):
    paths = every_path(client)

    assert len(paths) >= 6
    for path in paths:
        answer = client.get(path)
        assert EXPECTED.items() <= dict(answer.headers).items(), path
        assert directives(answer)["default-src"] == ["'none'"], path
        assert directives(answer)["frame-ancestors"] == ["'none'"], path
        answer.close()


def test_only_static_files_may_be_kept_by_a_cache(client):
    for path in every_path(client):
        answer = client.get(path)
        assert (answer.headers["Cache-Control"] == "no-store") is not path.startswith("/static/")
        answer.close()


def test_the_front_allows_its_own_style_and_images_and_no_script(front_client, free_port):
    answer = front_client(API_BASE_URL=f"http://127.0.0.1:{free_port}").get("/")

    assert directives(answer) == {
        "default-src": ["'none'"],
        "style-src": ["'self'"],
        "img-src": ["'self'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }


@pytest.mark.parametrize("path", ["//ailleurs.example/health", "//ailleurs.example/..", "/health//", "///"])
def test_no_path_leads_to_another_host(client, path):
    answer = client.get(
        "/", environ_overrides={"PATH_INFO": path, "RAW_URI": path}, headers={"Host": "ailleurs.example"}
    )

    assert answer.status_code in {200, 404}
    assert "Location" not in answer.headers
