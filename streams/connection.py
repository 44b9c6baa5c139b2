"""How to reach Kafka: the settings, as options of an aiokafka client and as Faust credentials."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import faust
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError
from faust.types.auth import CredentialsT

from streams.settings import Settings, SettingsError

# The broker alone judges sizes: a rejected message is as large as it came in.
MAX_REQUEST_BYTES = 512 * 1024 * 1024
CONNECT_WITHIN_S = 10.0

Client = TypeVar("Client", AIOKafkaConsumer, AIOKafkaProducer, AIOKafkaAdminClient)


class BrokerUnreachable(Exception):
    """No broker answered, or it refused this client."""


@asynccontextmanager
async def connected(client: Client, settings: Settings) -> AsyncIterator[Client]:
    """A client, started and in the end stopped; `BrokerUnreachable` when no broker lets it in."""
    stop = client.close if isinstance(client, AIOKafkaAdminClient) else client.stop
    try:
        await start(client, settings)
        yield client
    finally:
        await stop()


async def start(client: Client, settings: Settings, within_s: float = CONNECT_WITHIN_S) -> None:
    """Start a client; raises `BrokerUnreachable` when no broker lets it in, in time."""
    try:
        await asyncio.wait_for(client.start(), within_s)
    except (KafkaError, OSError, TimeoutError) as error:
        login = settings.security_protocol.startswith("SASL")
        raise BrokerUnreachable(
            f"DYADWIRE_BOOTSTRAP_SERVERS: found `{settings.bootstrap_servers}`, "
            f"but no broker let us in over {settings.security_protocol}: {error!r}"
            f"{'; check DYADWIRE_SASL_USERNAME and DYADWIRE_SASL_PASSWORD too' if login else ''}"
        ) from error


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


def reader_options(settings: Settings) -> dict[str, str | float | bool]:
    """Options of librdkafka for a reader of committed data that joins no group."""
    options: dict[str, Any] = {
        "bootstrap.servers": settings.bootstrap_servers,
        "client.id": settings.client_id,
        "group.id": settings.group_id,
        "isolation.level": "read_committed",
        "enable.auto.commit": False,
        "security.protocol": settings.security_protocol,
        "log_level": 0,
    }
    if settings.security_protocol.endswith("SSL"):
        password = settings.ssl_key_password
        options |= {
            "ssl.ca.location": settings.ssl_ca_file and str(settings.ssl_ca_file),
            "ssl.certificate.location": settings.ssl_cert_file and str(settings.ssl_cert_file),
            "ssl.key.location": settings.ssl_key_file and str(settings.ssl_key_file),
            "ssl.key.password": password.get_secret_value() if password else None,
        }
    if settings.security_protocol.startswith("SASL"):
        secret = settings.sasl_password
        options |= {
            "sasl.mechanism": settings.sasl_mechanism,
            "sasl.username": settings.sasl_username,
            "sasl.password": secret.get_secret_value() if secret else None,
        }
    return {name: value for name, value in options.items() if value is not None}


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
    try:
        context = ssl.create_default_context(cafile=settings.ssl_ca_file)
    except (OSError, ValueError) as error:
        raise SettingsError(
            f"DYADWIRE_SSL_CA_FILE: found `{settings.ssl_ca_file}`, expected a PEM file: {error}"
        ) from error
    if settings.ssl_cert_file and settings.ssl_key_file:
        password = settings.ssl_key_password
        try:
            context.load_cert_chain(
                settings.ssl_cert_file,
                settings.ssl_key_file,
                # Never None: OpenSSL would ask whoever started a worker in the background.
                password.get_secret_value() if password else "",
            )
        except (OSError, ValueError) as error:
            raise SettingsError(
                f"DYADWIRE_SSL_CERT_FILE, DYADWIRE_SSL_KEY_FILE: found `{settings.ssl_cert_file}`, "
                f"`{settings.ssl_key_file}`, expected PEM files of a pair, and the key's password, "
                f"if it has one, in DYADWIRE_SSL_KEY_PASSWORD: {error}"
            ) from error
    return context
