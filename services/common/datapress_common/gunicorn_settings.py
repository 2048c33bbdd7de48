"""With which settings does Gunicorn run?"""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from datapress_common.allowed import LogLevel, OptionalHttpUrl, Version

Address = Annotated[
    Literal["127.0.0.1", "0.0.0.0", "::1", "::"],  # noqa: S104 - what the images need
    Meta(description="127.0.0.1, 0.0.0.0, ::1 ou ::"),
]
Port = Annotated[int, Meta(ge=1024, le=65535, description="un port entre 1024 et 65535")]
MetricsPort = Annotated[int, Meta(ge=0, le=65535, description="0, ou un port jusqu'à 65535")]
Processes = Annotated[int, Meta(ge=1, le=16, description="un nombre de processus de 1 à 16")]
Threads = Annotated[int, Meta(ge=2, le=64, description="un nombre de threads de 2 à 64")]
Seconds = Annotated[int, Meta(ge=0, le=300, description="un nombre de secondes de 0 à 300")]
Proxies = Annotated[
    str,
    Meta(
        pattern=r"^[0-9A-Fa-f:./, ]*\Z", description="des adresses ou des réseaux, par exemple 10.244.0.0/16, ou rien"
    ),
]
Ratio = Annotated[float, Meta(ge=0, le=1, description="une part entre 0 et 1")]


class GunicornSettings(Struct, frozen=True, kw_only=True):
    """How a service listens, shares its work and logs, one field per environment variable."""

    # This machine only; the images, whose network is their own, listen on all addresses.
    bind_address: Address = "127.0.0.1"
    port: Port = 8000
    # Not the usual WEB_CONCURRENCY: Gunicorn reads that one before its configuration file, and
    # ends with a stack when it is no number.
    gunicorn_workers: Processes = 1
    gunicorn_threads: Threads = 8
    gunicorn_keepalive: Seconds = 5
    log_level: LogLevel = "info"
    # Who may say for whom a request is; empty: nobody.
    trusted_proxies: Proxies = ""
    # Of what was this built? The images say so.
    revision: Version = "inconnue"
    # 0: nothing is served.
    metrics_port: MetricsPort = 0
    # Empty: nothing is traced.
    otel_exporter_otlp_endpoint: OptionalHttpUrl = ""
    # Of the traces that begin here: to record each one would cost a request a sixth more.
    otel_traces_sampler_arg: Ratio = 0.1
