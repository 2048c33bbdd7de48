"""Which headers protect every answer?"""

from flask import Flask, Response

_ALWAYS = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def register(app: Flask, content_security_policy: str) -> None:
    """Add them to every answer of `app`; what says nothing about caches is kept out of them."""

    def protect(response: Response) -> Response:
        response.headers.update(_ALWAYS)
        response.headers["Content-Security-Policy"] = content_security_policy
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    app.after_request(protect)
