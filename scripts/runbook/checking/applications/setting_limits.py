"""Does each setting's default obey its own limits, and does what people are told of a value agree with what is allowed?"""

import re
from collections.abc import Iterator
from typing import Any, Literal, get_args, get_origin

import msgspec

from runbook.checking.finding import Finding
from runbook.checking.offered.applications import named
from runbook.checking.offered.model import Model

RULE = "setting_limits"
NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?![\w.]*\w)")


def setting_limits(model: Model) -> Iterator[Finding]:
    """Each field of each settings structure."""
    for source in model.settings.model.applications.values():
        for reference in source.settings:
            for field in msgspec.structs.fields(named(reference)):
                path, line = _place(model, reference, field.name)
                name = field.name.upper()
                if field.default is not msgspec.NODEFAULT:
                    try:
                        msgspec.convert(field.default, type=field.type, strict=False)
                    except msgspec.ValidationError as error:
                        yield Finding(
                            path,
                            line,
                            f"{name} : son défaut « {field.default} » n'est pas permis ({error})",
                            "changer le défaut, ou ce qui est permis",
                            RULE,
                        )
                yield from (
                    Finding(path, line, f"{name} : {cause}", "faire dire à la description ce qui est permis", RULE)
                    for cause in _told(field.type)
                )


def _told(kind: Any) -> Iterator[str]:
    """What is wrong in the description of a type, which a refusal shows to people."""
    metas = [meta for meta in get_args(kind) if isinstance(meta, msgspec.Meta)]
    description = next((meta.description for meta in metas if meta.description), None)
    if description is None:
        return
    limits = [limit for meta in metas for limit in (meta.ge, meta.gt, meta.le, meta.lt) if limit is not None]
    numbers = [float(number) for number in NUMBER.findall(description)]
    if limits and len(numbers) == len(limits) and sorted(numbers) != sorted(map(float, limits)):
        yield f"« {description} », et sont permis de {min(limits)} à {max(limits)}"
    choices = next((get_args(part) for part in get_args(kind) if get_origin(part) is Literal), ())
    listed = re.split(r", | ou | or ", description)
    if choices and all(re.fullmatch(r"\S+", word) for word in listed) and set(listed) != set(map(str, choices)):
        yield f"« {description} », et sont permis {', '.join(map(str, choices))}"
    pattern = next((meta.pattern for meta in metas if meta.pattern), None)
    example = re.search(r"(?:par exemple|e\.g\.|for example) (\S+)$", description)
    if pattern and example and not re.search(pattern, example[1]):
        yield f"l'exemple « {example[1]} » serait refusé"


def _place(model: Model, reference: str, field: str) -> tuple[str, int]:
    module = reference.partition(":")[0].replace(".", "/")
    path = next(
        (path for path in model.code if path.endswith((f"{module}.py", f"{module}/__init__.py"))), "pyproject.toml"
    )
    lines = model.code.get(path, "").split("\n")
    return path, next((number for number, text in enumerate(lines, 1) if re.match(rf"\s+{field}\s*:", text)), 1)
