"""What is published is current, valid, and says the same as the code."""

import json
import os
import re
import shutil
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml
from click.testing import CliRunner
from jsonschema import Draft7Validator, Draft202012Validator
from jsonschema.protocols import Validator

from models import events
from models.events import MAX_ARTICLE_BYTES, decode, encode
from streams import contracts, topics
from streams.decode import Rejection, decode_article
from streams.delivery import Output
from streams.settings import PREFIX, Settings, load_settings
from streams.tag import Targets, event_id, tag_records
from tests.factories import FakeRecord, RuleClassifier, article_bytes

ROOT = Path(__file__).resolve().parents[1]
CONTRACTS = ROOT / "docs" / "contracts"
GUIDE = (ROOT / "docs" / "events.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
KINDS = {topic.name: topic.event for topic in topics.ALL if topic.event}
TARGETS = Targets("articles.tagged", "relations", "articles.rejected")
NOW = datetime(2026, 11, 3, 0, 0, 12, tzinfo=UTC)

# Fields that AsyncAPI 3.0.0 has for these objects, as far as this document may use them.
ASYNCAPI_FIELDS = {
    "root": {"asyncapi", "info", "defaultContentType", "servers", "channels", "operations"},
    "server": {"host", "protocol", "description"},
    "channel": {"address", "parameters", "messages", "bindings"},
    "operation": {"action", "channel", "summary", "messages"},
    "message": {"name", "summary", "contentType", "headers", "payload", "bindings", "examples"},
}


@pytest.fixture(autouse=True)
def _no_settings_from_outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for key in [key for key in os.environ if key.startswith(PREFIX)]:
        monkeypatch.delenv(key)


def published_schema(topic: str) -> Any:
    return json.loads((CONTRACTS / "schemas" / f"{topic}.json").read_text(encoding="utf-8"))


def published_asyncapi() -> Any:
    return yaml.safe_load((CONTRACTS / "asyncapi.yaml").read_text(encoding="utf-8"))


def both_drafts(schema: Any) -> tuple[Validator, Validator]:
    return Draft202012Validator(schema), Draft7Validator(schema)


def accepted_by_schema(topic: str, value: Any) -> bool:
    """Whether the published schema takes the value; both drafts must say the same."""
    verdicts = {validator.is_valid(value) for validator in both_drafts(published_schema(topic))}
    assert len(verdicts) == 1, "the drafts differ"
    return verdicts.pop()


def accepted_by_decoder(topic: str, value: Any) -> bool:
    try:
        decode(KINDS[topic], msgspec.json.encode(value))
    except msgspec.ValidationError:
        return False
    return True


def references(node: Any) -> Iterator[str]:
    """Every `$ref` below a node."""
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for part in node.values():
            yield from references(part)
    elif isinstance(node, list):
        for part in node:
            yield from references(part)


def resolve(document: Any, pointer: str) -> Any:
    """What a reference inside a document points to."""
    for step in pointer.removeprefix("#/").split("/"):
        document = document[step]
    return document


def sections() -> dict[str, str]:
    """The parts of the guide by heading."""
    parts = re.split(r"(?m)^## ", GUIDE)[1:]
    return {part.split("\n", 1)[0]: part.split("\n", 1)[1] for part in parts}


def blocks(heading: str, language: str = "json") -> list[str]:
    """The fenced blocks of one language in one part of the guide."""
    return re.findall(rf"(?ms)^```{language}\n(.*?)^```$", sections()[heading])


def tags(article: events.Article) -> events.Tags:
    """All that a classifier can say."""
    return events.Tags(
        outcome="tagged",
        themes=(events.Theme("tariffs", "trade", 0.93, ("25% tariff",)),),
        countries=(events.Country("KOR", 5, "title"), events.Country("USA", 2, "text")),
        relations=(
            events.Relation.between("USA", "KOR", stance="neutral"),
            events.Relation.between(
                "USA",
                "KOR",
                acting="USA",
                stance="verbal_conflict",
                modality="threatened",
                themes=("tariffs",),
                probability=0.81,
                evidence=events.Span("text", 0, 9),
            ),
        ),
        subjects=(events.Subject("medtop:20000384", "Tariffs", 93),),
    )


def outputs(*values: bytes | None, **record: Any) -> list[Output]:
    """What tagging these values gives."""
    records = [FakeRecord(value=value, **record) for value in values]
    return tag_records(RuleClassifier(tags), records, TARGETS, NOW, lambda: NOW)  # type: ignore[arg-type]  # a stand-in


# The files.


def test_the_committed_files_are_current() -> None:
    assert contracts.stale(ROOT, contracts.documents(GUIDE, README)) == []


def test_the_readme_has_a_place_for_the_settings() -> None:
    assert "README.md" in contracts.documents(GUIDE, README)


def test_only_the_part_between_the_markers_is_written() -> None:
    readme = "# A\n<!-- settings -->\nold\n<!-- /settings -->\nB\n"
    written = contracts.documents(GUIDE, readme)["README.md"]
    assert written.startswith("# A\n<!-- settings -->\n| ")
    assert written.endswith(" |\n<!-- /settings -->\nB\n")
    assert contracts.documents(GUIDE, written)["README.md"] == written


def test_writing_twice_changes_nothing(tmp_path: Path) -> None:
    wanted = contracts.documents(GUIDE, README)
    assert contracts.write(tmp_path, wanted) == sorted(wanted)
    assert contracts.write(tmp_path, wanted) == []
    found = (path for path in tmp_path.rglob("*") if path.is_file())
    assert sorted(path.relative_to(tmp_path).as_posix() for path in found) == sorted(wanted)


def test_the_schema_of_a_topic_that_is_gone_is_removed(tmp_path: Path) -> None:
    wanted = contracts.documents(GUIDE, README)
    contracts.write(tmp_path, wanted)
    gone = tmp_path / "docs/contracts/schemas/articles.old.json"
    gone.write_text("{}")
    assert contracts.write(tmp_path, wanted) == ["docs/contracts/schemas/articles.old.json"]
    assert not gone.exists()


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that the command takes for its checkout."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/events.md").write_text(GUIDE, encoding="utf-8")
    (tmp_path / "README.md").write_text("<!-- settings -->\n<!-- /settings -->\n")
    monkeypatch.setattr(contracts, "ROOT", tmp_path)
    return tmp_path


def test_check_names_each_stale_file_and_what_to_do(checkout: Path) -> None:
    assert CliRunner().invoke(contracts.main).exit_code == 0
    assert CliRunner().invoke(contracts.main, ["--check"]).exit_code == 0
    (checkout / ".env.example").write_text("")
    (checkout / "docs/contracts/asyncapi.yaml").unlink()
    result = CliRunner().invoke(contracts.main, ["--check"])
    assert result.exit_code == 1
    assert result.output.splitlines() == [
        "Error: .env.example: not current",
        "docs/contracts/asyncapi.yaml: not current",
        "run `make contracts`",
    ]
    assert not (checkout / "docs/contracts/asyncapi.yaml").exists()


def test_a_readme_without_markers_is_named_and_left_alone(checkout: Path) -> None:
    (checkout / "README.md").write_text("# dyadwire\n")
    for arguments in ([], ["--check"]):
        result = CliRunner().invoke(contracts.main, arguments)
        assert result.exit_code == 1
        assert "README.md: there is no <!-- settings -->" in result.output
    assert (checkout / "README.md").read_text() == "# dyadwire\n"
    assert (checkout / ".env.example").exists()


def test_the_help_has_an_example() -> None:
    assert (
        "python -m streams.contracts --check"
        in CliRunner().invoke(contracts.main, ["--help"], prog_name="contracts").output
    )


# The schemas.


def test_every_topic_with_a_type_has_a_schema_and_no_other() -> None:
    assert {path.stem for path in (CONTRACTS / "schemas").iterdir()} == set(KINDS)


@pytest.mark.parametrize("topic", KINDS)
def test_a_schema_is_valid_and_needs_no_other_file(topic: str) -> None:
    schema = published_schema(topic)
    for validator in both_drafts(schema):
        validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$id"] == f"urn:dyadwire:{topic}:1"
    assert schema["title"] == KINDS[topic].__name__
    assert topic in schema["description"]
    assert all(resolve(schema, pointer) for pointer in references(schema))


@pytest.mark.parametrize("topic", KINDS)
def test_no_description_is_code(topic: str) -> None:
    assert ">>>" not in json.dumps(published_schema(topic))


@pytest.mark.parametrize("topic", KINDS)
def test_what_the_code_writes_is_what_the_schema_says(topic: str) -> None:
    event = decode(KINDS[topic], blocks(topic)[0].encode())
    assert accepted_by_schema(topic, json.loads(encode(event)))
    assert accepted_by_schema(topic, json.loads(encode(event)) | {"unknown": [None]})
    for name in published_schema(topic)["required"]:
        without = {key: value for key, value in json.loads(encode(event)).items() if key != name}
        assert not accepted_by_schema(topic, without)
        assert not accepted_by_decoder(topic, without)


def test_what_tagging_gives_fits_the_schemas_and_the_headers() -> None:
    found = outputs(article_bytes(), b"{", None, headers=[("traceparent", b"00-1-2-03")])
    assert [output.topic for output in found] == [
        "articles.tagged",
        "relations",
        "relations",
        "articles.rejected",
        "articles.rejected",
    ]
    messages = {
        channel["address"].removeprefix("{prefix}"): next(iter(channel["messages"].values()))
        for channel in published_asyncapi()["channels"].values()
    }
    for output in found:
        message = messages[output.topic]
        headers = {name: (value or b"").decode() for name, value in output.headers}
        Draft7Validator(message["headers"]).validate(headers)
        key = None if output.key is None else output.key.decode()
        Draft7Validator(message["bindings"]["kafka"]["key"]).validate(key)
        if output.topic in KINDS:
            assert output.value
            assert accepted_by_schema(output.topic, json.loads(output.value))
        else:
            value = None if output.value is None else output.value.decode()
            Draft7Validator(message["payload"]).validate(value)


RELATION = {"pair": "KOR-USA", "direction": "USA>KOR", "stance": "neutral", "quad": 0}


def correction(**relation: object) -> dict[str, object]:
    """A correction with one relation."""
    return {**json.loads(blocks("corrections")[0]), "relations": [RELATION | relation]}


@pytest.mark.parametrize(
    ("topic", "value"),
    [
        ("articles", {"id": "a", "title": "t"}),
        ("articles", {"id": "a", "title": "", "text": "t"}),
        ("articles", {"id": "a", "text": "t"}),
        ("articles", {"id": "\N{GRINNING FACE}" * 256, "title": "t"}),
        ("articles", {"id": "a", "title": "t", "url": "HTTPS://example.org"}),
        ("articles", {"id": "a", "title": "t", "language": "zh-Hans-CN"}),
        ("articles", {"id": "a", "title": "t", "published_at": "2026-11-03T09:00:00.5-03:00"}),
        ("corrections", correction()),
        ("corrections", correction(direction="mutual", stance="material_conflict", quad=4)),
        ("coverage", json.loads(blocks("coverage")[0]) | {"late": 3}),
    ],
)
def test_decoder_and_schema_accept(topic: str, value: dict[str, object]) -> None:
    assert accepted_by_decoder(topic, value)
    assert accepted_by_schema(topic, value)


@pytest.mark.parametrize(
    ("topic", "value"),
    [
        ("articles", []),
        ("articles", {"title": "t"}),
        ("articles", {"id": "a"}),
        ("articles", {"id": "a", "title": " \n", "text": "\t"}),
        ("articles", {"id": "", "title": "t"}),
        ("articles", {"id": "a" * 257, "title": "t"}),
        ("articles", {"id": 7, "title": "t"}),
        ("articles", {"id": "a", "title": None, "text": "t"}),
        ("articles", {"id": "a", "title": "t", "source": None}),
        ("articles", {"id": "a", "title": "t", "url": "ftp://example.org"}),
        ("articles", {"id": "a", "title": "t", "language": "english language"}),
        ("articles", {"id": "a", "title": "t", "published_at": "2026-11-03T09:00:00"}),
        ("articles", {"id": "a", "title": "t", "published_at": "2026-11-03"}),
        ("articles", {"id": "a", "title": "t", "published_at": 1793700000}),
        ("corrections", correction(pair="KOR-KOR", direction="mutual")),
        ("corrections", correction(pair="kor-usa")),
        ("corrections", correction(quad=3)),
        ("corrections", correction(stance="hostile")),
        ("corrections", correction(modality="soon")),
        ("corrections", correction(probability=1.2)),
        ("corrections", correction(evidence={"field": "body", "start": 0, "end": 1})),
        ("corrections", correction(evidence={"field": "text", "start": -1, "end": 1})),
        ("coverage", json.loads(blocks("coverage")[0]) | {"late": -1}),
        ("coverage", json.loads(blocks("coverage")[0]) | {"late": 1.5}),
        ("alerts", json.loads(blocks("alerts")[0]) | {"state": "open"}),
    ],
)
def test_decoder_and_schema_refuse(topic: str, value: object) -> None:
    assert not accepted_by_decoder(topic, value)
    assert not accepted_by_schema(topic, value)


@pytest.mark.parametrize(
    ("value", "field", "said"),
    [
        (correction(pair="USA-KOR"), "pair", "alphabetical order"),
        (correction(direction="JPN>KOR"), "direction", "both of `pair`"),
    ],
)
def test_what_a_schema_cannot_say_is_in_its_description(
    value: object, field: str, said: str
) -> None:
    assert not accepted_by_decoder("corrections", value)
    assert accepted_by_schema("corrections", value)
    relation = published_schema("corrections")["$defs"]["Relation"]
    assert said in relation["properties"][field]["description"]


# The AsyncAPI document.


def test_the_document_has_the_version_of_the_package() -> None:
    document = published_asyncapi()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert document["asyncapi"] == "3.0.0"
    assert document["info"]["title"] == project["name"]
    assert document["info"]["version"] == project["version"]
    assert document["info"]["license"]["name"] == project["license"]


def test_the_document_has_only_fields_of_the_specification() -> None:
    document = published_asyncapi()
    assert set(document) == ASYNCAPI_FIELDS["root"]
    for name, part in (
        *(("server", server) for server in document["servers"].values()),
        *(("channel", channel) for channel in document["channels"].values()),
        *(("operation", operation) for operation in document["operations"].values()),
        *(
            ("message", message)
            for channel in document["channels"].values()
            for message in channel["messages"].values()
        ),
    ):
        assert set(part) <= ASYNCAPI_FIELDS[name]
    assert document["servers"]["kafka"]["protocol"] == "kafka"
    assert "&id" not in (CONTRACTS / "asyncapi.yaml").read_text(encoding="utf-8")


def test_every_topic_is_a_channel_as_it_is_created() -> None:
    channels = published_asyncapi()["channels"].values()
    described = {
        channel["address"]: (set(channel["parameters"]), channel["bindings"])
        for channel in channels
    }
    assert described == {
        "{prefix}" + topic.name: (
            {"prefix"},
            {
                "kafka": {
                    "partitions": topic.partitions,
                    "topicConfiguration": {
                        "cleanup.policy": ["delete"],
                        "retention.ms": topic.retention_ms,
                        "max.message.bytes": topic.max_message_bytes,
                    },
                    "bindingVersion": "0.5.0",
                }
            },
        )
        for topic in topics.ALL
    }


def test_identifiers_can_be_names_in_generated_code() -> None:
    document = published_asyncapi()
    for name in (*document["channels"], *document["operations"]):
        assert name.isidentifier()


def test_every_reference_leads_somewhere() -> None:
    document = published_asyncapi()
    for reference in references(document):
        if reference.startswith("#/"):
            assert resolve(document, reference)
        else:
            assert (CONTRACTS / reference).is_file()


def test_an_operation_uses_messages_of_its_channel() -> None:
    document = published_asyncapi()
    for operation in document["operations"].values():
        assert operation["action"] in ("send", "receive")
        channel = operation["channel"]["$ref"]
        assert channel.removeprefix("#/channels/") in document["channels"]
        assert operation["messages"]
        for message in operation["messages"]:
            assert message["$ref"].startswith(f"{channel}/messages/")


def test_operations_say_who_reads_and_writes() -> None:
    document = published_asyncapi()
    found = {
        (operation["action"], resolve(document, operation["channel"]["$ref"])["address"])
        for operation in document["operations"].values()
    }
    assert {
        ("receive", "{prefix}articles"),
        ("send", "{prefix}articles.tagged"),
        ("send", "{prefix}relations"),
        ("send", "{prefix}articles.rejected"),
    } <= found
    assert {address for _, address in found} == {"{prefix}" + topic.name for topic in topics.ALL}


def test_every_payload_and_example_is_valid() -> None:
    for channel in published_asyncapi()["channels"].values():
        topic = channel["address"].removeprefix("{prefix}")
        for message in channel["messages"].values():
            if topic in KINDS:
                assert message["payload"] == {"$ref": f"schemas/{topic}.json"}
                assert message["contentType"] == "application/json"
                payload = published_schema(topic)
                assert message["examples"]
            else:
                payload = message["payload"]
            headers = message.get("headers", {})
            for part in (payload, headers, message["bindings"]["kafka"]["key"]):
                Draft7Validator.check_schema(part)
            for example in message.get("examples", []):
                Draft7Validator(payload).validate(example["payload"])
                if "headers" in example:
                    Draft7Validator(headers).validate(example["headers"])


# The settings.


def settings_of(env_file: Path | None) -> Settings:
    """The settings that a file gives; pydantic's own option, which its type does not show."""
    option: dict[str, Any] = {"_env_file": env_file}
    return Settings(**option)


def test_the_example_file_has_each_setting_once_with_a_description() -> None:
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    described = [
        (before, line.partition("=")[0])
        for before, line in pairwise(lines)
        if "=" in line and not line.startswith("#")
    ]
    assert described == [
        (f"# {field.description}", PREFIX + name.upper())
        for name, field in Settings.model_fields.items()
    ]


def test_the_example_file_is_the_defaults(tmp_path: Path) -> None:
    defaults = settings_of(None)
    assert settings_of(ROOT / ".env.example") == defaults
    shutil.copy(ROOT / ".env.example", tmp_path / ".env")
    assert load_settings() == defaults


def test_the_example_file_has_no_secrets() -> None:
    for line in (ROOT / ".env.example").read_text(encoding="utf-8").splitlines():
        assert not re.match(r"[A-Z_]*PASSWORD=.", line)


def test_the_table_has_each_setting_once_with_its_default() -> None:
    table = contracts.documents(GUIDE, "<!-- settings --><!-- /settings -->")["README.md"]
    rows = re.findall(rf"(?m)^\| `{PREFIX}(\w+)` \| (.+?) \| (.+) \|$", table)
    assert [name.lower() for name, _, _ in rows] == list(Settings.model_fields)
    for name, default, description in rows:
        field = Settings.model_fields[name.lower()]
        assert description == field.description
        assert "|" not in description
        if default == "not set":
            assert field.default in (None, "")
        else:
            given = {name.lower(): default.strip("`")}
            assert getattr(Settings.model_validate(given), name.lower()) == field.default


# The guide.


@pytest.mark.parametrize("topic", KINDS)
def test_an_example_in_the_guide_is_an_event(topic: str) -> None:
    value = json.loads(blocks(topic)[0])
    event = decode(KINDS[topic], blocks(topic)[0].encode())
    # Nothing in it is unknown, so nothing is lost; only an article's times are brought to UTC.
    assert json.loads(encode(event)).keys() == value.keys()
    if topic != "articles":
        assert json.loads(encode(event)) == value


def test_every_json_block_of_the_guide_belongs_to_a_topic() -> None:
    count = sum(len(blocks(topic.name)) for topic in topics.ALL)
    assert GUIDE.count("```json") == count == len(KINDS) + 3


@pytest.mark.parametrize("topic", KINDS)
def test_the_guide_names_every_field(topic: str) -> None:
    inherited = sections()["articles.tagged"] if topic == "relations" else ""
    for name in published_schema(topic)["properties"]:
        assert f"`{name}`" in sections()[topic] + inherited or (
            topic == "coverage" and f'"{name}"' in blocks(topic)[0]
        )


def test_the_relation_in_the_guide_is_that_of_its_article() -> None:
    tagged = json.loads(blocks("articles.tagged")[0])
    found = json.loads(blocks("relations")[0])
    assert found.items() >= tagged["relations"][0].items()
    assert all(found[name] == tagged[name] for name in ("article", "model", "tagged_at"))
    assert found["id"] == tagged["id"] + "-0"


def test_the_tagged_article_in_the_guide_is_that_of_its_article() -> None:
    article = decode(events.Article, blocks("articles")[0].encode())
    tagged = decode(events.TaggedArticle, blocks("articles.tagged")[0].encode())
    assert tagged.article == article.ref()
    span = tagged.relations[0].evidence
    assert isinstance(span, events.Span)
    assert article.text[span.start : span.end].endswith("deal is signed.")


def test_the_headers_in_the_guide_are_those_that_are_written() -> None:
    tagged = json.loads(blocks("articles.tagged")[0])
    written = outputs(blocks("articles")[0].encode(), partition=3, offset=17)[0]
    shown = json.loads(blocks("articles.tagged")[1])
    assert shown["ce_id"] == tagged["id"]
    assert shown["ce_time"] == tagged["tagged_at"]
    assert {name: (value or b"").decode() for name, value in written.headers} == shown | {
        "ce_time": "2026-11-03T00:00:12Z"
    }


def test_the_rejection_in_the_guide_is_the_one_that_is_written() -> None:
    value, headers = blocks("articles.rejected")
    (rejected,) = outputs(value.strip().encode(), partition=3, offset=17)
    assert {name: (text or b"").decode() for name, text in rejected.headers} == json.loads(headers)
    assert rejected.value == value.strip().encode()


def test_the_ids_in_the_guide_are_as_it_says() -> None:
    (code,) = blocks("Ids", "python")
    expression, _, shown = code.strip().partition("  # ")
    assert expression == 'hashlib.blake2b(b"articles/3/17", digest_size=16).hexdigest()'
    assert shown == event_id("articles", 3, 17) == json.loads(blocks("articles.tagged")[0])["id"]


UNREADABLE = {
    "Tombstone": None,
    "TooLarge": b" " * (MAX_ARTICLE_BYTES + 1),
    "UnicodeDecodeError": b'{"id": "\xff"}',
    "DecodeError": b"{",
    "RecursionError": b'{"id": "a1", "deep": ' + b"[" * 100_000,
    "ValidationError": b"{}",
}


def test_the_rejections_in_the_guide_are_those_there_are() -> None:
    rows = re.findall(r"(?m)^\| `(\w+)` \| `(\w+)` \| ", sections()["articles.rejected"])
    assert [kind for _, kind in rows] == list(UNREADABLE)
    for stage, kind in rows:
        found = decode_article(UNREADABLE[kind])
        assert isinstance(found, Rejection)
        assert (found.stage, found.kind) == (stage, kind)


def test_the_quads_in_the_guide_are_those_there_are() -> None:
    rows = re.findall(r"(?m)^\| (\d) \| `(\w+)` \|$", sections()["articles.tagged"])
    assert {stance: int(quad) for quad, stance in rows} == events.QUADS


def test_the_topics_in_the_guide_are_as_they_are_created() -> None:
    rows = re.findall(r"(?m)^\| \[`([\w.]+)`\]\(#(\w+)\) .*\| (\d+) \| ([\w ]+) \|$", GUIDE)
    assert rows == [
        (
            topic.name,
            topic.name.replace(".", ""),
            str(topic.partitions),
            "forever" if topic.retention_ms < 0 else f"{topic.retention_ms // 86_400_000} days",
        )
        for topic in topics.ALL
    ]


def test_the_links_of_the_guide_lead_somewhere() -> None:
    for target in re.findall(r"\]\(([^)]+)\)", GUIDE):
        if target.startswith("#"):
            anchors = {heading.lower().replace(".", "").replace(" ", "-") for heading in sections()}
            assert target.removeprefix("#") in anchors
        else:
            assert (ROOT / "docs" / target).exists()
