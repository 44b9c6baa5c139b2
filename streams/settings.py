"""The settings: one class, the only reader of the environment and of `.env`.

Every setting is the environment variable `DYADWIRE_` + its name. The table in the README and
`.env.example` are generated from here (`make contracts`).
"""

import difflib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal, Self

from annotated_types import Ge, Le
from dotenv import dotenv_values
from pydantic import (
    AfterValidator,
    Field,
    SecretStr,
    StringConstraints,
    ValidationError,
    model_validator,
)
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "DYADWIRE_"
MAX_PORT = 65_535

KafkaName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]*$", max_length=200)]


def _with_ports(servers: str) -> str:
    for server in servers.split(","):
        if not 1 <= int(server.rpartition(":")[2]) <= MAX_PORT:
            raise ValueError(f"the port of `{server}` is not between 1 and {MAX_PORT}")
    return servers


class SettingsError(Exception):
    """A setting cannot be used; the message names the key, the value found, what was expected."""


class Settings(BaseSettings):
    """How a worker or a command reaches Kafka and how it works."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file=".env",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        str_strip_whitespace=True,
    )

    bootstrap_servers: Annotated[
        str,
        StringConstraints(
            pattern=r"^(\[[0-9a-fA-F:]+\]|[^\s,:\[\]]+):\d{1,5}(,(\[[0-9a-fA-F:]+\]|[^\s,:\[\]]+):\d{1,5})*$"
        ),
        AfterValidator(_with_ports),
    ] = Field("127.0.0.1:9092", description="Kafka brokers to start from, `host:port,host:port`.")
    topic_prefix: KafkaName = Field("", description="Put before every topic name.")
    group_id: Annotated[KafkaName, StringConstraints(min_length=1)] = Field(
        "dyadwire",
        description="Consumer group of the workers; another one reads `articles` from the start.",
    )
    client_id: Annotated[KafkaName, StringConstraints(min_length=1)] = Field(
        "dyadwire", description="How the brokers' logs, metrics and quotas name this client."
    )
    session_timeout_s: Annotated[float, Ge(1), Le(300)] = Field(
        15.0, description="A worker silent for this many seconds loses its partitions."
    )
    transaction_timeout_s: Annotated[float, Ge(1), Le(900)] = Field(
        60.0, description="The broker aborts a transaction left open for this many seconds."
    )
    slice_size: Annotated[int, Ge(1), Le(10_000)] = Field(
        1024, description="At most this many articles in one transaction."
    )
    model_dir: Path | None = Field(
        None, description="Model directory; the model inside the package when not set."
    )
    compression: Literal["none", "gzip", "snappy", "lz4", "zstd"] = Field(
        "zstd", description="Compression of what is written: none, gzip, snappy, lz4 or zstd."
    )
    check_crcs: bool = Field(
        True, description="Verify the checksum of what is read; the embedded broker needs `false`."
    )
    replication_factor: Annotated[int, Ge(1), Le(32)] = Field(
        1, description="Replicas of each topic that `dyadwire topics create` makes."
    )
    security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = Field(
        "PLAINTEXT", description="PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL."
    )
    ssl_ca_file: Path | None = Field(
        None, description="PEM file of the authorities to trust; the system's when not set."
    )
    ssl_cert_file: Path | None = Field(None, description="PEM file of the client's certificate.")
    ssl_key_file: Path | None = Field(None, description="PEM file of the client's private key.")
    ssl_key_password: SecretStr | None = Field(None, description="Password of that key.")
    sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = Field(
        "PLAIN", description="PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512."
    )
    sasl_username: str | None = Field(None, description="User name for SASL.")
    sasl_password: SecretStr | None = Field(None, description="Password for SASL.")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO", description="DEBUG, INFO, WARNING or ERROR."
    )

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.security_protocol.startswith("SASL"):
            missing = [
                f"{PREFIX}{key.upper()}: found nothing, expected a value since "
                f"{PREFIX}SECURITY_PROTOCOL is {self.security_protocol}"
                for key in ("sasl_username", "sasl_password")
                if getattr(self, key) is None
            ]
            if missing:
                raise ValueError("\n".join(missing))
        for key in ("ssl_ca_file", "ssl_cert_file", "ssl_key_file"):
            path: Path | None = getattr(self, key)
            if path is not None and not path.is_file():
                raise ValueError(f"{PREFIX}{key.upper()}: found `{path}`, expected a file")
        if (self.ssl_cert_file is None) != (self.ssl_key_file is None):
            raise ValueError(
                f"{PREFIX}SSL_CERT_FILE, {PREFIX}SSL_KEY_FILE: found one, expected both or none"
            )
        if self.model_dir is not None and not self.model_dir.is_dir():
            raise ValueError(
                f"{PREFIX}MODEL_DIR: found `{self.model_dir}`, expected a model directory"
            )
        return self


def load_settings(**given: object) -> Settings:
    """The settings of this process; `given` wins over the environment, which wins over `.env`.

    Raises `SettingsError` with one line for each key that cannot be used, unknown keys included.
    """
    _refuse_unknown({**dotenv_values(".env"), **os.environ})
    try:
        return Settings(**given)  # type: ignore[arg-type]  # checked by pydantic itself
    except ValidationError as error:
        lines = [_explain(detail) for detail in error.errors(include_url=False)]
        raise SettingsError("\n".join(lines)) from None


def _refuse_unknown(environ: Mapping[str, str | None]) -> None:
    known = [PREFIX + name.upper() for name in Settings.model_fields]
    for key in sorted(environ):
        if key.startswith(PREFIX) and key not in known:
            near = difflib.get_close_matches(key, known, n=1)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise SettingsError(f"{key}: there is no such setting{hint}")


def _explain(detail: ErrorDetails) -> str:
    if not detail["loc"]:
        return detail["msg"].removeprefix("Value error, ")
    name = str(detail["loc"][0])
    found = detail["input"]
    secret = "password" in name
    shown = "********" if secret else f"`{found}`"
    meant = str(Settings.model_fields[name].description).rstrip(".")
    message = detail["msg"].removeprefix("Value error, ")
    rule = message[0].lower() + message[1:]
    if detail["type"] == "string_pattern_mismatch":
        rule = "its form is wrong"
    return f"{PREFIX}{name.upper()}: found {shown}, but {rule}; expected: {meant}"
