"""Settings: a bad value names the key, what was found, and what was expected."""

from pathlib import Path

import pytest

from streams.connection import ssl_context
from streams.settings import Settings, SettingsError, load_settings

SECRET = "hunter2"


@pytest.fixture(autouse=True)
def _empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_defaults_work_on_one_machine() -> None:
    settings = load_settings()
    assert settings.bootstrap_servers == "127.0.0.1:9092"
    assert settings.security_protocol == "PLAINTEXT"


def test_the_environment_wins_over_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("DYADWIRE_GROUP_ID=file\nDYADWIRE_SLICE_SIZE=7\nOTHER=1\n")
    monkeypatch.setenv("DYADWIRE_GROUP_ID", "environment")
    settings = load_settings()
    assert (settings.group_id, settings.slice_size) == ("environment", 7)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("BOOTSTRAP_SERVERS", "broker-without-port"),
        ("BOOTSTRAP_SERVERS", "a:1,,b:2"),
        ("BOOTSTRAP_SERVERS", "a:0"),
        ("BOOTSTRAP_SERVERS", "a:9092,[::1]:65536"),
        ("TOPIC_PREFIX", "with space"),
        ("GROUP_ID", "a/b"),
        ("SESSION_TIMEOUT_S", "0"),
        ("SESSION_TIMEOUT_S", "soon"),
        ("SLICE_SIZE", "0"),
        ("SLICE_SIZE", "1.5"),
        ("MODEL_DIR", "/no/such/folder"),
        ("SECURITY_PROTOCOL", "TLS"),
        ("SASL_MECHANISM", "GSSAPI"),
        ("COMPRESSION", "brotli"),
        ("SSL_CA_FILE", "/no/such/file.pem"),
        ("LOG_LEVEL", "LOUD"),
    ],
)
def test_a_bad_value_is_named(key: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"DYADWIRE_{key}", value)
    with pytest.raises(SettingsError) as error:
        load_settings()
    assert f"DYADWIRE_{key}: found `{value}`" in str(error.value)
    assert "expected" in str(error.value)


def test_all_bad_values_are_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DYADWIRE_SLICE_SIZE", "none")
    monkeypatch.setenv("DYADWIRE_SESSION_TIMEOUT_S", "none")
    with pytest.raises(SettingsError) as error:
        load_settings()
    assert {line.split(":")[0] for line in str(error.value).splitlines()} == {
        "DYADWIRE_SLICE_SIZE",
        "DYADWIRE_SESSION_TIMEOUT_S",
    }


def test_an_unknown_key_is_named_with_its_nearest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DYADWIRE_BOOTSTRAP_SERVER", "kafka:9092")
    with pytest.raises(SettingsError, match="did you mean DYADWIRE_BOOTSTRAP_SERVERS"):
        load_settings()


def test_an_unknown_key_in_the_file_is_named(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("DYADWIRE_GROUPID=x\n")
    with pytest.raises(SettingsError, match="DYADWIRE_GROUPID"):
        load_settings()


def test_sasl_needs_a_user_and_a_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DYADWIRE_SECURITY_PROTOCOL", "SASL_SSL")
    with pytest.raises(SettingsError) as error:
        load_settings()
    assert [line.split(",")[0] for line in str(error.value).splitlines()] == [
        "DYADWIRE_SASL_USERNAME: found nothing",
        "DYADWIRE_SASL_PASSWORD: found nothing",
    ]


@pytest.mark.parametrize("servers", ["a:1", "a:65535,[::1]:9092"])
def test_every_port_there_is_can_be_used(servers: str) -> None:
    assert load_settings(bootstrap_servers=servers).bootstrap_servers == servers


def test_a_file_that_is_no_certificate_is_named(tmp_path: Path) -> None:
    file = tmp_path / "ca.pem"
    file.write_text("not a certificate")
    settings = load_settings(security_protocol="SSL", ssl_ca_file=file)
    with pytest.raises(SettingsError, match=f"DYADWIRE_SSL_CA_FILE: found `{file}`"):
        ssl_context(settings)


def test_a_key_that_is_none_is_named_and_nobody_is_asked_for_a_password(tmp_path: Path) -> None:
    file = tmp_path / "key.pem"
    file.write_text("not a key")
    settings = load_settings(
        security_protocol="SSL", ssl_cert_file=file, ssl_key_file=file, ssl_key_password=SECRET
    )
    with pytest.raises(SettingsError, match="DYADWIRE_SSL_KEY_FILE") as error:
        ssl_context(settings)
    assert SECRET not in str(error.value)


def test_a_secret_is_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "hunter2" not in repr(Settings.model_validate({"sasl_password": "hunter2"}))
    monkeypatch.setenv("DYADWIRE_SASL_PASSWORD", "hunter2")
    monkeypatch.setenv("DYADWIRE_SASL_USERNAME", "reader")
    monkeypatch.setenv("DYADWIRE_SECURITY_PROTOCOL", "SASL_PLAIN")
    with pytest.raises(SettingsError) as error:
        load_settings()
    assert "hunter2" not in str(error.value)
