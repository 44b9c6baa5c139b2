"""How to reach Kafka: the settings, as options of an aiokafka client and as Faust credentials."""

import ssl
from typing import Any

import faust
from faust.types.auth import CredentialsT

from streams.settings import Settings

# The broker alone judges sizes: a rejected message is as large as it came in.
MAX_REQUEST_BYTES = 512 * 1024 * 1024


class BrokerUnreachable(Exception):
    """No broker answered, or it refused this client."""


def client_options(settings: Settings) -> dict[str, Any]:
    """Options that every aiokafka client of these settings takes."""
    options: dict[str, Any] = {
        "bootstrap_servers": settings.bootstrap_servers.split(","),
        "client_id": settings.client_id,
        "security_protocol": settings.security_protocol,
    }
    if settings.security_protocol.endswith("SSL"):
        options["ssl_context"] = ssl_context(settings)
    if settings.security_protocol.startswith("SASL"):
        assert settings.sasl_password is not None  # noqa: S101  # Settings holds it
        options |= {
            "sasl_mechanism": settings.sasl_mechanism,
            "sasl_plain_username": settings.sasl_username,
            "sasl_plain_password": settings.sasl_password.get_secret_value(),
        }
    return options


def producer_options(settings: Settings) -> dict[str, Any]:
    """Options of every producer of these settings: durable, idempotent, compressed."""
    return client_options(settings) | {
        "acks": "all",
        "enable_idempotence": True,
        "compression_type": None if settings.compression == "none" else settings.compression,
        "max_request_size": MAX_REQUEST_BYTES,
        "max_batch_size": 256 * 1024,
    }


def faust_credentials(settings: Settings) -> CredentialsT | None:
    """The same for Faust's own consumer."""
    if settings.security_protocol == "PLAINTEXT":
        return None
    if settings.security_protocol == "SSL":
        return faust.SSLCredentials(context=ssl_context(settings))
    assert settings.sasl_password is not None  # noqa: S101  # Settings holds it
    return faust.SASLCredentials(
        username=settings.sasl_username,
        password=settings.sasl_password.get_secret_value(),
        mechanism=settings.sasl_mechanism,
        ssl_context=ssl_context(settings) if settings.security_protocol == "SASL_SSL" else None,
    )


def ssl_context(settings: Settings) -> ssl.SSLContext:
    """A context that verifies the broker, with the client's certificate where there is one."""
    context = ssl.create_default_context(cafile=settings.ssl_ca_file)
    if settings.ssl_cert_file and settings.ssl_key_file:
        password = settings.ssl_key_password
        context.load_cert_chain(
            settings.ssl_cert_file,
            settings.ssl_key_file,
            password.get_secret_value() if password else None,
        )
    return context
