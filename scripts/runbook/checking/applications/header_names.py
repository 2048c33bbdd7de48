"""Are the HTTP headers that the code names some that exist? A misspelt one is sent, and ignored."""

import ast
import re
from collections.abc import Iterator

from runbook.checking.commands.curl import HEADERS
from runbook.checking.finding import Finding, nearest
from runbook.checking.offered.model import Model

RESPONSE = (
    *(
        "Access-Control-Allow-Origin",
        "Age",
        "Allow",
        "Alt-Svc",
        "Clear-Site-Data",
        "Content-Disposition",
        "Content-Encoding",
        "Content-Language",
    ),
    *(
        "Content-Range",
        "Content-Security-Policy",
        "Cross-Origin-Embedder-Policy",
        "Cross-Origin-Opener-Policy",
        "Cross-Origin-Resource-Policy",
        "ETag",
    ),
    *(
        "Expires",
        "Keep-Alive",
        "Last-Modified",
        "Link",
        "Location",
        "Origin-Agent-Cluster",
        "Permissions-Policy",
        "Referrer-Policy",
        "Retry-After",
    ),
    *("Server", "Set-Cookie", "Strict-Transport-Security", "Tracestate", "Vary", "WWW-Authenticate", "Warning"),
)
KNOWN = frozenset(name.lower() for name in (*HEADERS, *RESPONSE))
MENTION = re.compile(r"[\"'](?:" + "|".join(map(re.escape, (*HEADERS, *RESPONSE))) + r")[\"']\s*:", re.IGNORECASE)


# The only values that browsers take; another one protects from nothing.
VALUES = {
    "X-Content-Type-Options": ("nosniff",),
    "X-Frame-Options": ("DENY", "SAMEORIGIN"),
    "Cross-Origin-Opener-Policy": ("same-origin", "same-origin-allow-popups", "noopener-allow-popups", "unsafe-none"),
    "Cross-Origin-Resource-Policy": ("same-origin", "same-site", "cross-origin"),
    "Referrer-Policy": (
        "no-referrer",
        "no-referrer-when-downgrade",
        "origin",
        "origin-when-cross-origin",
        "same-origin",
        "strict-origin",
        "strict-origin-when-cross-origin",
        "unsafe-url",
    ),
}
REPORTED = re.compile(r"[\"']Content-Security-Policy-Report-Only[\"']")
ENFORCED = re.compile(r"[\"']Content-Security-Policy[\"']")


def header_values(model: Model) -> Iterator[Finding]:
    """What the code gives to the headers that protect: a value that browsers take, and a policy that is enforced."""
    for name, text in model.code.items():
        for header, values in VALUES.items():
            for found in re.finditer(rf"[\"']{header}[\"']\]?\s*[:=]\s*[\"']([^\"']*)[\"']", text):
                if found[1].lower() not in [value.lower() for value in values]:
                    yield Finding(
                        name,
                        text.count("\n", 0, found.start()) + 1,
                        f"{header} : « {found[1]} », que les navigateurs ignorent",
                        nearest(found[1], values),
                        "header_names",
                    )
        reported = REPORTED.search(text)
        if reported and not any(ENFORCED.search(other) for other in model.code.values()):
            yield Finding(
                name,
                text.count("\n", 0, reported.start()) + 1,
                "la politique de sécurité du contenu n'est que signalée, et n'empêche rien",
                "écrire Content-Security-Policy",
                "header_names",
            )


def header_names(model: Model) -> Iterator[Finding]:
    """In a dictionary of the applications' code with one known header for a key, all keys are headers, or begin with `X-`."""
    for name, text in model.code.items():
        if not MENTION.search(text):
            continue
        for node in ast.walk(ast.parse(text)):
            keys = (
                [key for key in node.keys if isinstance(key, ast.Constant) and isinstance(key.value, str)]
                if isinstance(node, ast.Dict)
                else []
            )
            if not any(str(key.value).lower() in KNOWN and str(key.value)[:1].isupper() for key in keys):
                continue
            for key in keys:
                header = str(key.value)
                if header.lower() not in KNOWN and not header.lower().startswith("x-"):
                    yield Finding(
                        name,
                        key.lineno,
                        f"en-tête HTTP « {header} » inconnu",
                        nearest(header, [*HEADERS, *RESPONSE]),
                        "header_names",
                    )
