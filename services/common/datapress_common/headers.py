"""Which headers protect every answer?"""

from flask import Flask, Response

_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


def register(app: Flask, content_security_policy: str) -> None:
    """Add the protective headers to every answer of `app`, and keep dynamic ones out of caches."""

    def protect(response: Response) -> Response:
        for name, value in _ALWAYS.items():
            response.headers[name] = value
        response.headers["Content-Security-Policy"] = content_security_policy
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    app.after_request(protect)
