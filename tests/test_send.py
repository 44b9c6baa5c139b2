"""Sending a file: what is missing is said before the first article."""

import subprocess
import sys

import pytest

from tests.factories import article_bytes
from tests.kafka_broker import KafkaBroker, Names


def test_a_missing_topic_is_one_plain_message(
    kafka: KafkaBroker, names: Names, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DYADWIRE_BOOTSTRAP_SERVERS", kafka.bootstrap)
    monkeypatch.setenv("DYADWIRE_TOPIC_PREFIX", names.prefix)
    done = subprocess.run(
        [sys.executable, "-m", "streams", "send", "-"],
        input=article_bytes(),
        capture_output=True,
        check=False,
        timeout=30,
    )
    first, second = done.stderr.decode().splitlines()
    assert first == f"Error: {names.prefix}articles: topic is missing, wanted there"
    assert second.startswith("`dyadwire topics create` makes missing topics")
    assert done.returncode == 1
