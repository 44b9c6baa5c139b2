"""The compose file and the image: hardened, pinned and in step with the code, without an engine."""

import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from streams.cli import main
from streams.settings import Settings
from tests.kafka_broker import POM

TOP = Path(__file__).resolve().parent.parent
COMPOSE = TOP / "docker-compose.yml"
DOCKERFILE = TOP / "docker" / "Dockerfile"

Service = dict[str, Any]

PINNED = r"^[a-z0-9./-]+:\d+\.\d+\.\d+(-[a-z0-9.-]+)?(@sha256:[0-9a-f]{64})?$"
HARDENED_SERVICE = {
    "type": "object",
    "required": ["image", "user", "read_only", "tmpfs", "cap_drop", "security_opt", "restart"],
    "properties": {
        "image": {"pattern": PINNED},
        "user": {"pattern": "^[1-9][0-9]*:[1-9][0-9]*$"},
        "read_only": {"const": True},
        "tmpfs": {"contains": {"pattern": "^/tmp(:|$)"}},
        "cap_drop": {"const": ["ALL"]},
        "cap_add": False,
        "privileged": False,
        "network_mode": False,
        "security_opt": {"contains": {"const": "no-new-privileges:true"}},
        "ports": {"items": {"type": "string", "pattern": r"^127\.0\.0\.1:\d+:\d+$"}},
        "environment": {"additionalProperties": {"type": "string"}},
    },
    # A service either runs on and says how it is, or runs once.
    "oneOf": [
        {
            "required": ["healthcheck", "stop_grace_period"],
            "properties": {
                "restart": {"const": "unless-stopped"},
                "healthcheck": {"required": ["test", "interval", "timeout", "retries"]},
            },
        },
        {"properties": {"restart": {"const": "no"}, "healthcheck": False}},
    ],
}


def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(COMPOSE.read_text())
    return loaded


def services() -> dict[str, Service]:
    found: dict[str, Service] = compose()["services"]
    return found


def instructions(name: str) -> list[str]:
    """The arguments of every such instruction of the Dockerfile, in their order."""
    text = DOCKERFILE.read_text().replace("\\\n", " ")
    return re.findall(rf"^{name} +(.+)$", text, flags=re.MULTILINE)


def copied() -> list[str]:
    """What the image takes from this folder."""
    lines = [line.split() for line in instructions("COPY") if not line.startswith("--from=")]
    return [source for line in lines for source in line[:-1]]


@pytest.mark.parametrize("name", services())
def test_service_is_hardened_pinned_and_watched(name: str) -> None:
    problems = Draft202012Validator(HARDENED_SERVICE).iter_errors(services()[name])
    assert [f"{problem.json_path}: {problem.message}" for problem in problems] == []


def test_a_careless_service_is_found() -> None:
    careless = {**services()["worker"], "image": "dyadwire:latest", "ports": ["8080:8080"]}
    problems = list(Draft202012Validator(HARDENED_SERVICE).iter_errors(careless))
    assert {problem.json_path for problem in problems} == {"$.image", "$.ports[0]"}


def test_services_start_in_order() -> None:
    assert set(services()) == {"kafka", "topics", "worker"}
    healthy = {"condition": "service_healthy"}
    done = {"condition": "service_completed_successfully"}
    assert services()["topics"]["depends_on"] == {"kafka": healthy}
    assert services()["worker"]["depends_on"] == {"kafka": healthy, "topics": done}


def test_data_of_kafka_is_on_a_named_volume() -> None:
    volume, target = services()["kafka"]["volumes"][0].split(":")
    assert volume in compose()["volumes"]
    assert services()["kafka"]["environment"]["KAFKA_LOG_DIRS"] == target


def test_kafka_is_the_version_that_the_tests_run() -> None:
    found = re.search(r"<kafka\.version>(.+)</kafka\.version>", POM.read_text())
    assert found is not None
    assert services()["kafka"]["image"] == f"apache/kafka:{found[1]}"


def test_image_has_the_version_of_the_package() -> None:
    version = tomllib.loads((TOP / "pyproject.toml").read_text())["project"]["version"]
    assert {services()[name]["image"] for name in ("topics", "worker")} == {f"dyadwire:{version}"}


@pytest.mark.parametrize("name", ["topics", "worker"])
def test_environment_is_settings_that_exist_and_hold(name: str) -> None:
    environment = services()[name]["environment"]
    prefix = "DYADWIRE_"
    assert all(key.startswith(prefix) for key in environment)
    given = {key.removeprefix(prefix).lower(): value for key, value in environment.items()}
    assert set(given) <= set(Settings.model_fields)
    assert Settings.model_validate(given).bootstrap_servers == "kafka:19092"


def test_commands_exist() -> None:
    commands = [services()["topics"]["command"], services()["worker"]["command"]]
    kind, program, *check = services()["worker"]["healthcheck"]["test"]
    assert [kind, program] == ["CMD", "dyadwire"]
    for words in [*commands, check]:
        command: Any = main
        for word in words:
            assert word in command.commands
            command = command.commands[word]


def test_image_is_built_from_pinned_images_and_hashed_packages() -> None:
    build = services()["worker"]["build"]
    assert (COMPOSE.parent / build["context"] / build["dockerfile"]).resolve() == DOCKERFILE
    assert all(re.match(PINNED, line.split(" AS ")[0]) for line in instructions("FROM"))
    installs = " ".join(instructions("RUN"))
    assert "--require-hashes --requirement requirements.lock" in installs
    assert "--no-deps ." in installs
    assert instructions("USER")[-1] == services()["worker"]["user"]


def test_image_has_what_the_package_is_made_of_and_nothing_else() -> None:
    project = tomllib.loads((TOP / "pyproject.toml").read_text())
    packages = {f"{package}/" for package in project["tool"]["setuptools"]["packages"]}
    files = {"requirements.lock", "pyproject.toml", "README.md", "LICENSE"}
    assert set(copied()) == packages | files
    assert all((TOP / source).exists() for source in copied())
    ignore = (TOP / ".dockerignore").read_text().splitlines()
    assert "*" in ignore
    assert {line[1:] for line in ignore if line.startswith("!")} == set(copied())


def has_compose() -> bool:
    if shutil.which("docker") is None:
        return False
    asked = subprocess.run(["docker", "compose", "version"], capture_output=True, check=False)
    return asked.returncode == 0


@pytest.mark.skipif(not has_compose(), reason="needs docker's compose plugin; no engine is used")
def test_docker_accepts_the_compose_file() -> None:
    ran = subprocess.run(
        ["docker", "compose", "--file", str(COMPOSE), "config", "--quiet"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
