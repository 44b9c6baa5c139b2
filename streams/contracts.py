"""The published contract: JSON Schemas, AsyncAPI document and settings, as text from the types.

`documents` gives every generated file as path and text and touches none; the command writes or
checks them. The examples come from `docs/events.md`, where people read them. A tool of development:
it needs PyYAML and a checkout.
"""

import json
import os
import re
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any, get_args

import click
import msgspec
import yaml

from models import events
from streams import topics
from streams.cli import example
from streams.decode import Stage
from streams.settings import PREFIX, Settings
from streams.tag import ERROR_PREFIX, RELATION_TYPE, TAGGED_TYPE
from streams.topics import Topic

ROOT = Path(__file__).resolve().parents[1]
GUIDE = "docs/events.md"
README = "README.md"
SCHEMAS = "docs/contracts/schemas"
ASYNCAPI = "docs/contracts/asyncapi.yaml"
SETTINGS_BEGIN, SETTINGS_END = "<!-- settings -->", "<!-- /settings -->"
CONTRACT_VERSION = 1
KAFKA_BINDING = "0.5.0"

# Only words that mean the same in draft 7, which is what AsyncAPI tools read.
JsonSchema = dict[str, Any]

ZONE = "([Zz]|[+-][0-9]{2}:[0-9]{2})$"
ZONE_NOTE = "RFC 3339 with a zone offset; dyadwire writes UTC with `Z`"
# What the types check in code, as far as a schema can say it.
RULES: dict[type[events.Event], JsonSchema] = {
    events.Article: {
        "anyOf": [
            {"required": [name], "properties": {name: {"pattern": r"\S"}}}
            for name in ("title", "text")
        ]
    },
    events.Relation: {
        "not": {"properties": {"pair": {"pattern": r"^([A-Z]{3})-\1$"}}},
        "oneOf": [
            {"properties": {"stance": {"const": stance}, "quad": {"const": quad}}}
            for stance, quad in events.QUADS.items()
        ],
    },
}
# What no schema can say.
NOTES = {
    "direction": "`mutual`, or `KOR>USA`: the one that acts, then the other, both of `pair`",
    "published_at": "from year 1 to 9999 in UTC",
}

# What the application does on each topic, and why.
OPERATIONS = (
    ("receive", topics.ARTICLES, "Workers read each article once."),
    ("send", topics.ARTICLES, "`dyadwire send` and `dyadwire rejected replay` write articles."),
    ("send", topics.TAGGED, "One event for each article that could be read."),
    ("send", topics.RELATIONS, "One event for each relation of a tagged article."),
    ("send", topics.REJECTED, "One message for each that could not be read."),
    ("receive", topics.REJECTED, "`dyadwire rejected` lists them and sends them back."),
    ("send", topics.REPLAYED, "`dyadwire rejected replay` marks what it sent back."),
    ("receive", topics.REPLAYED, "`dyadwire rejected` skips what is marked."),
    ("send", topics.ALERTS, "Reserved: one event for each change of an alert."),
    ("receive", topics.CORRECTIONS, "Reserved: verdicts of analysts, for the next model."),
    ("send", topics.COVERAGE, "Reserved: one event for each source and minute."),
)


def documents(guide: str, readme: str) -> dict[str, str]:
    """Every generated file, path from the root to text.

    `guide` is the text of `docs/events.md`. The README is left out when it has no markers.
    """
    found = {
        schema_path(topic): json.dumps(schema(topic.event), indent=2, ensure_ascii=False) + "\n"
        for topic in topics.ALL
        if topic.event
    }
    found[ASYNCAPI] = "# Generated from the types by `make contracts`.\n" + yaml.safe_dump(
        asyncapi(examples(guide)), sort_keys=False, allow_unicode=True, width=96
    )
    found[".env.example"] = env_example()
    before, begin, rest = readme.partition(SETTINGS_BEGIN)
    _, end, after = rest.partition(SETTINGS_END)
    if end:
        found[README] = f"{before}{begin}\n{settings_table()}{end}{after}"
    return found


def schema_path(topic: Topic) -> str:
    """Where the schema of a topic is, from the root."""
    return f"{SCHEMAS}/{topic.name}.json"


def schema(kind: type[events.Event]) -> JsonSchema:
    """The self-contained JSON Schema, draft 2020-12, of one type of event.

    >>> schema(events.Coverage)["properties"]["late"]
    {'type': 'integer', 'minimum': 0}
    """
    (topic,) = (topic for topic in topics.ALL if topic.event is kind)
    _, parts = msgspec.json.schema_components([kind], ref_template="#/$defs/{name}")
    for name, part in parts.items():
        _complete(part, getattr(events, name))
    root = parts.pop(kind.__name__)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:dyadwire:{topic.name}:{CONTRACT_VERSION}",
        **root,
        **({"$defs": parts} if parts else {}),
    }


def _complete(part: JsonSchema, kind: type[events.Event]) -> None:
    """Add to one type's schema what msgspec does not know of it."""
    part["description"] = " ".join(part["description"].split("\n\n")[0].split())
    for name, field in part["properties"].items():
        notes = [field.get("description"), NOTES.get(name)]
        if field.get("format") == "date-time":
            field["pattern"] = ZONE
            notes.append(ZONE_NOTE)
        if any(notes):
            field["description"] = "; ".join(filter(None, notes))
    for base, rules in RULES.items():
        if issubclass(kind, base):
            part.update(rules)


def examples(guide: str) -> dict[str, list[str]]:
    r"""The JSON blocks under each topic's heading: a value, then, if there are two, its headers.

    >>> examples("## articles\n```json\n{}\n```\n")
    {'articles': ['{}']}
    """
    sections = re.split(r"^## (\S+)$", guide, flags=re.MULTILINE)[1:]
    return {
        name: re.findall(r"^```json\n(.*?)\n```$", section, flags=re.MULTILINE | re.DOTALL)
        for name, section in zip(sections[::2], sections[1::2], strict=True)
    }


def asyncapi(examples: Mapping[str, list[str]]) -> dict[str, Any]:
    """The AsyncAPI 3.0.0 document, seen from dyadwire: it receives articles and sends tags."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "dyadwire",
            "version": version("dyadwire"),
            "description": (
                "Tags a stream of news articles with policy themes and country relations. Outputs"
                " are written in the transaction that commits the offset of their input: consumers"
                " that set `isolation.level=read_committed` see one event on `articles.tagged` or"
                " one message on `articles.rejected` for each message on `articles`."
            ),
            "license": {
                "name": "Apache-2.0",
                "url": "https://www.apache.org/licenses/LICENSE-2.0",
            },
        },
        "defaultContentType": "application/json",
        "servers": {
            "kafka": {
                "host": Settings.model_fields["bootstrap_servers"].default,
                "protocol": "kafka",
                "description": f"The default of `{PREFIX}BOOTSTRAP_SERVERS`.",
            }
        },
        "channels": {
            _identifier(topic): _channel(topic, examples.get(topic.name, []))
            for topic in topics.ALL
        },
        "operations": {
            action + _capital(_identifier(topic)): _operation(action, topic, why)
            for action, topic, why in OPERATIONS
        },
    }


def _channel(topic: Topic, blocks: list[str]) -> dict[str, Any]:
    return {
        "address": "{prefix}" + topic.name,
        "parameters": {
            "prefix": {
                "description": f"The setting `{PREFIX}TOPIC_PREFIX`, the same for all topics.",
                "default": Settings.model_fields["topic_prefix"].default,
            }
        },
        "messages": {_message_name(topic): _message(topic, blocks)},
        "bindings": {
            "kafka": {
                "partitions": topic.partitions,
                "topicConfiguration": {
                    "cleanup.policy": ["delete"],
                    "retention.ms": topic.retention_ms,
                    "max.message.bytes": topic.max_message_bytes,
                },
                "bindingVersion": KAFKA_BINDING,
            }
        },
    }


def _operation(action: str, topic: Topic, why: str) -> dict[str, Any]:
    channel = f"#/channels/{_identifier(topic)}"
    return {
        "action": action,
        "channel": {"$ref": channel},
        "summary": why,
        "messages": [{"$ref": f"{channel}/messages/{_message_name(topic)}"}],
    }


def _identifier(topic: Topic) -> str:
    """The topic's name for generated code, `articlesTagged`: dots are no part of names there."""
    first, *rest = topic.name.split(".")
    return first + "".join(map(_capital, rest))


def _capital(word: str) -> str:
    return word[:1].upper() + word[1:]


def _message_name(topic: Topic) -> str:
    return topic.event.__name__ if topic.event else _capital(_identifier(topic))


def _message(topic: Topic, blocks: list[str]) -> dict[str, Any]:
    content_type, payload = _payload(topic)
    message: dict[str, Any] = {
        "name": _message_name(topic),
        "summary": topic.content,
        "contentType": content_type,
        "headers": _headers(topic),
        "payload": payload,
        "bindings": {"kafka": {"key": _key(topic), "bindingVersion": KAFKA_BINDING}},
    }
    if blocks:
        value, *headers = blocks
        shown: dict[str, Any] = {"payload": json.loads(value) if topic.event else value}
        if headers:
            shown["headers"] = json.loads(headers[0])
        message["examples"] = [shown]
    return {name: part for name, part in message.items() if part}


def _payload(topic: Topic) -> tuple[str, JsonSchema]:
    if topic.event:
        return "application/json", {"$ref": os.path.relpath(schema_path(topic), "docs/contracts")}
    if topic is topics.REJECTED:
        return "application/octet-stream", {"type": ["string", "null"], "format": "binary"}
    return "application/octet-stream", {"type": "string", "maxLength": 0}


def _key(topic: Topic) -> JsonSchema:
    may_be_null = topic in (topics.ARTICLES, topics.REJECTED)
    return {"type": ["string", "null"] if may_be_null else "string", "description": topic.key}


def _headers(topic: Topic) -> JsonSchema:
    """What is known of a topic's headers; others may be there."""
    if topic is topics.ARTICLES:
        return {
            "type": "object",
            "properties": {
                "content-type": _text("`application/cloudevents+json` for a structured CloudEvent"),
                "traceparent": _text("W3C Trace Context, given on to every output"),
            },
        }
    if topic is topics.TAGGED:
        return _cloud_event_headers(TAGGED_TYPE.decode())
    if topic is topics.RELATIONS:
        return _cloud_event_headers(RELATION_TYPE.decode())
    if topic is topics.REJECTED:
        return _error_headers()
    return {}


def _cloud_event_headers(kind: str) -> JsonSchema:
    always: JsonSchema = {
        "ce_specversion": {"type": "string", "const": "1.0"},
        "ce_id": _text("the event's `id`"),
        "ce_source": _text("`/topic/partition` that the article came from"),
        "ce_type": {"type": "string", "const": kind},
        "ce_time": {"type": "string", "format": "date-time", "description": "as `tagged_at`"},
        "content-type": {"type": "string", "const": "application/json"},
    }
    return {
        "type": "object",
        "properties": {**always, "traceparent": _text("as it came with the article")},
        "required": list(always),
    }


def _error_headers() -> JsonSchema:
    number = "^[0-9]+$"
    always: JsonSchema = {
        ERROR_PREFIX + "topic": _text("where the message came from"),
        ERROR_PREFIX + "partition": {"type": "string", "pattern": number},
        ERROR_PREFIX + "offset": {"type": "string", "pattern": number},
        ERROR_PREFIX + "stage": {"type": "string", "enum": list(get_args(Stage))},
        ERROR_PREFIX + "exception.class.name": _text("the kind of error"),
        ERROR_PREFIX + "exception.message": _text("what was wrong, with the field's path"),
    }
    return {
        "type": "object",
        "description": "The headers of the original message, then these.",
        "properties": always,
        "required": list(always),
    }


def _text(description: str) -> JsonSchema:
    return {"type": "string", "description": description}


def settings_table() -> str:
    """The README's table: each setting, its default, what it means."""
    rows = ["| setting | default | |", "|---|---|---|"]
    for name, field in Settings.model_fields.items():
        default = f"`{shown}`" if (shown := _shown(field.default)) else "not set"
        rows.append(f"| `{PREFIX}{name.upper()}` | {default} | {field.description} |")
    return "\n".join(rows) + "\n"


def env_example() -> str:
    """The settings as a file to copy to `.env`; what has no default is empty, which means not set.

    >>> env_example().splitlines()[3]
    'DYADWIRE_BOOTSTRAP_SERVERS=127.0.0.1:9092'
    """
    lines = ["# Copy to .env and change what differs; empty means not set.", ""]
    for name, field in Settings.model_fields.items():
        lines += [f"# {field.description}", f"{PREFIX}{name.upper()}={_shown(field.default)}"]
    return "\n".join(lines) + "\n"


def _shown(default: object) -> str:
    """A default as it is written in the environment."""
    if default is None:
        return ""
    return str(default).lower() if isinstance(default, bool) else str(default)


def stale(root: Path, wanted: Mapping[str, str]) -> list[str]:
    """The paths whose files are missing, differ, or are schemas of no topic any more."""
    differing = [path for path, text in wanted.items() if _text_of(root / path) != text]
    found = (path.relative_to(root).as_posix() for path in (root / SCHEMAS).glob("*.json"))
    return sorted([*differing, *(path for path in found if path not in wanted)])


def write(root: Path, wanted: Mapping[str, str]) -> list[str]:
    """Make what is stale current, each file at once or not at all; gives the paths."""
    changed = stale(root, wanted)
    for path in changed:
        if path in wanted:
            _replace(root / path, wanted[path])
        else:
            (root / path).unlink()
    return changed


def _replace(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(path.name + ".new")
    beside.write_text(text, encoding="utf-8")
    beside.replace(path)


def _text_of(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None


@click.command(epilog=example("python -m streams.contracts --check"))
@click.option("--check", is_flag=True, help="Write nothing; status 1 if a file is not current.")
def main(check: bool) -> None:
    """Write the schemas, the AsyncAPI document, .env.example and the README's settings table."""
    wanted = documents(_text_of(ROOT / GUIDE) or "", _text_of(ROOT / README) or "")
    faults = []
    if README not in wanted:
        faults.append(
            f"{README}: there is no {SETTINGS_BEGIN} followed by {SETTINGS_END};"
            " put both where the settings table belongs"
        )
    if check:
        old = stale(ROOT, wanted)
        faults += [f"{path}: not current" for path in old]
        faults += ["run `make contracts`"] if old else []
    else:
        for path in write(ROOT, wanted):
            click.echo(path)
    if faults:
        raise click.ClickException("\n".join(faults))


if __name__ == "__main__":
    main(prog_name="python -m streams.contracts")
