"""Docker and Docker Compose: verbs, options, services and images are those that exist, and nothing blocks."""

from dataclasses import replace
from pathlib import Path

import pytest
from tests.engine.check.shop import block, found, make_model

from runbook.checking.offered.model import Model


@pytest.mark.parametrize(
    "code",
    [
        "docker compose up -d --wait",
        "docker compose up --build --wait --wait-timeout 60 till",
        "docker compose ps --format json",
        "docker compose logs --tail=20 till window",
        "docker compose exec -T till printenv PATH --not-an-option-of-compose",
        "docker compose run --rm -T till true",
        "docker compose -f compose.yaml -p other config --services",
        "docker compose port till 7000",
        "docker compose up -d --scale till=2",
        "docker build -t shop-x:1 -f src/till/Dockerfile src && docker image inspect shop-x:1 --format '{{.Id}}'",
        "docker image ls shop-till --format '{{.Repository}}'",
        "docker image ls --filter reference='shop-*:2.0'",
        "docker tag shop-till:2.0 shop-till:old && docker image inspect shop-till:old",
        "docker run --rm -d -p 9000:7000 shop-till:2.0 && curl -fsS http://localhost:9000/health",
        "docker version --format '{{.Server.Version}}'",
        "docker info >/dev/null",
        "docker build --build-arg EDITION=2 -q src/till",
        "docker stats --no-stream",
        "docker system df",
    ],
)
def test_what_docker_can_do_is_right(shop: Model, code: str) -> None:
    assert not found(shop, block(code))


@pytest.mark.parametrize(
    ("code", "cause", "remedy"),
    [
        ("docker compose up", "occupe le terminal", "-d --wait"),
        ("docker compose logs -f", "ne finit pas", "data-arriere-plan"),
        ("docker compose up -d tilll", "service « tilll » absent de compose.yaml", "« till »"),
        ("docker compose up -d --scale tll=2", "service « tll »", "« till »"),
        ("docker compose exec till ls", "demande un terminal", "-T"),
        ("docker compose exec -T till", "sans commande", ""),
        (
            "docker compose up -d --follow",
            "option « --follow » inconnue de « docker compose up »",
            "« docker compose logs »",
        ),
        ("docker compose -f compose.yml up -d", "« compose.yml » n'existe", "« compose.yaml »"),
        ("docker compose upp -d", "verbe « docker compose upp »", "« up »"),
        ("docker compose ps --status runing", "« --status runing »", "« running »"),
        ("docker compose port till 7001", "ne publie pas le port 7001", "« 7000 »"),
        ("docker compose up -d --wait-timeout soon", "« soon » n'est pas", "entier"),
        ("docker compose", "sans verbe", ""),
        ("docker-compose up -d", "ancienne commande", "docker compose"),
        ("docker build -t a:1 absent", "« absent » n'existe", ""),
        ("docker build -t a:1 src", "« src/Dockerfile » n'existe", "src/till/Dockerfile"),
        ("docker build src/till extra", "attend un contexte et un seul", ""),
        ("docker image inspect shop-till:2.1", "image « shop-till:2.1 »", "« shop-till:2.0 »"),
        ("docker image ls shop-til", "image « shop-til »", "« shop-till »"),
        ("docker run shop-tll:2.0", "image « shop-tll:2.0 »", "« shop-till:2.0 »"),
        ("docker image ls --filter reference='shp-*'", "image « shp-* »", "shop-till"),
        ("docker image ls --filter refernce=x", "filtre « refernce »", "« reference »"),
        ("docker image ls --format '{{.Reposiory}}'", "champ « .Reposiory »", "« Repository »"),
        ("docker version --format '{{.Server.Vresion}}'", "champ « .Server.Vresion »", "« Version »"),
        ("docker ps --format '{{.Names}'", "modèle non fermé", "}}"),
        ("docker build --build-arg EDTION=2 -q src/till", "pas d'argument « EDTION »", "« EDITION »"),
        ("docker image lss", "verbe « docker image lss »", "« image ls »"),
        ("docker tag shop-till:2.0", "docker tag attend", "les deux"),
        ("docker stats", "ne finit pas", ""),
        ("docker run -it --rm shop-till:2.0 sh", "demande un terminal", "-t"),
        ("docker logs --tial 3 x", "option « --tial »", "« --tail »"),
    ],
)
def test_what_docker_cannot_do_is_named_with_what_to_do(shop: Model, code: str, cause: str, remedy: str) -> None:
    assert any(cause in item.cause and remedy in item.remedy for item in found(shop, block(code)))


def test_a_command_may_hold_the_terminal_in_the_background(shop: Model) -> None:
    assert not found(shop, block("docker compose up", background="http://localhost:7000/health"))
    assert not found(shop, block("docker compose logs -f", not_run="never ends"))


@pytest.mark.parametrize("condition", ["http://localhost:7009/health", "http://localhost:7000/heath", "port:7009"])
def test_what_a_background_command_is_awaited_by_must_come_from_it(shop: Model, condition: str) -> None:
    assert found(shop, block("docker compose up", background=condition))


def test_a_port_that_a_program_opens_answers_from_then_on(shop: Model) -> None:
    server = block("python3 -m http.server 9009", background="http://localhost:9009/")
    call = block("curl -fsS http://localhost:9009/any", line=20)
    assert not found(shop, server, call)
    assert found(shop, call)


@pytest.mark.parametrize(
    ("code", "causes"),
    [
        ("docker build -t shop-till:3 src/till", []),
        ("docker build -t shop-till:3 -f src/till/Dockerfile ./src/till/", []),
        ("cd src && docker build -t shop-till:3 till", []),
        ("docker build -t other:3 -f src/till/Dockerfile src", []),
        (
            "docker build -t shop-till:3 -f src/till/Dockerfile src",
            ["« shop-till:3 » faite de « src », alors que Compose la fait de « src/till »"],
        ),
        (
            "docker build -t shop-till:3 -f src/window/Dockerfile src/till",
            ["faite de « src/window/Dockerfile », alors que Compose la fait de « src/till/Dockerfile »"],
        ),
    ],
)
def test_an_image_that_compose_builds_is_made_of_the_same_files(tmp_path: Path, code: str, causes: list[str]) -> None:
    shop = make_model(tmp_path)
    window = shop.root / "src/window/Dockerfile"
    window.parent.mkdir()
    window.write_text("FROM scratch\n", encoding="utf-8")
    services = {name: {**service, "build": f"src/{name}"} for name, service in shop.services.items()}
    model = replace(shop, files=shop.files | {"src/window/Dockerfile"}, compose={"services": services})
    given = [item.cause for item in found(model, block(code))]
    assert len(given) == len(causes)
    assert all(cause in one for cause, one in zip(causes, given, strict=True))


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("docker build -t shop-press:2.1 src/press", True),
        ("docker build --build-arg EDITION=2.1 -t shop-press:2.1 src/press", False),
        ("docker build -t shop-press:2.0 src/press", False),
        ("docker build -t shop-press:next src/press", False),
    ],
)
def test_an_image_says_the_version_of_its_tag(shop: Model, code: str, told: bool) -> None:
    causes = [item.cause for item in found(shop, block(code))]
    assert causes == (["« shop-press:2.1 » serait étiquetée 2.1 et se dirait 2.0"] if told else [])
