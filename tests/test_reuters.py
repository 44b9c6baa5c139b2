"""Reuters-21578 becomes a taxonomy and examples, split as ModApte."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from models.taxonomy import parse
from training.__main__ import main
from training.datasets import Example, read_dataset


def story(number: int, lewis: str, *topics: str, **changes: object) -> dict[str, object]:
    own: dict[str, object] = {"id": number, "lewis": lewis, "topics_flag": "YES", "topics": topics}
    return own | {"title": f"STORY {number}", "body": "Prices rose.\n Reuter\n&#3;"} | changes


STORIES = [
    story(1, "TRAIN", "grain", "wheat", title="U.S. &lt;USDA> REPORT"),
    story(2, "TRAIN", "cocoa"),
    story(3, "TRAIN", "cocoa", topics_flag="NO"),
    story(4, "TRAIN", "wheat"),
    story(5, "TRAIN"),
    story(6, "NOT-USED", "cocoa"),
    story(7, "TRAIN", "grain", title="", body=""),
    story(8, "TEST", "cocoa", "tin"),
    story(9, "TEST", "grain"),
    story(10, "TEST", "tin"),
    story(11, "TEST"),
]


def reuters(corpus: Path, out: Path, *rows: dict[str, object]) -> Result:
    corpus.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return CliRunner().invoke(main, ["reuters", str(corpus), str(out)])


@pytest.fixture
def written(tmp_path: Path) -> Path:
    done = reuters(tmp_path / "corpus.jsonl", tmp_path / "out", *STORIES)
    assert done.exit_code == 0, done.output
    assert "2 topics, 2 training and 2 test articles" in done.output
    return tmp_path / "out"


def examples(written: Path, part: str) -> dict[str, Example]:
    themes = parse((written / "taxonomy.toml").read_text())
    dataset = read_dataset([written / f"{part}.jsonl"], themes)
    return {example.id: example for example in dataset.examples}


def test_the_topics_are_those_of_both_parts(written: Path) -> None:
    assert parse((written / "taxonomy.toml").read_text()).codes == ("cocoa", "grain")


def test_articles_without_text_or_such_a_topic_or_not_indexed_are_left_out(written: Path) -> None:
    train, test = examples(written, "train"), examples(written, "test")
    assert {name: example.themes for name, example in train.items()} == {
        "reuters-1": ("grain",),
        "reuters-2": ("cocoa",),
    }
    assert {name: example.themes for name, example in test.items()} == {
        "reuters-8": ("cocoa",),
        "reuters-9": ("grain",),
    }


def test_the_text_is_title_and_body_with_entities_read(written: Path) -> None:
    first = examples(written, "train")["reuters-1"]
    assert first.title == ""
    assert first.text.startswith("U.S. <USDA> REPORT\nPrices rose.")
    assert "&" not in first.text


def test_a_model_is_fitted_on_what_is_written(tmp_path: Path) -> None:
    rows = [
        story(n, lewis, code, title=f"LOT {n} OF {code}", body=f"Sale {n} of {code} at {n} dlrs.")
        for n, (lewis, code) in enumerate(
            [("TRAIN", "cocoa"), ("TRAIN", "grain")] * 10 + [("TEST", "cocoa"), ("TEST", "grain")]
        )
    ]
    done = reuters(tmp_path / "corpus.jsonl", tmp_path, *rows)
    assert done.exit_code == 0, done.output
    out = tmp_path / "model"
    told = ["--taxonomy", str(tmp_path / "taxonomy.toml"), "--alpha", "0.1", "--version", "1"]
    told += ["--examples", str(tmp_path / "train.jsonl"), "--out", str(out)]
    done = CliRunner().invoke(main, ["fit", *told])
    assert done.exit_code == 0, done.output
    assert json.loads((out / "manifest.json").read_text())["parameters"]["ridge_alpha"] == 0.1
    done = CliRunner().invoke(main, ["evaluate", str(out), str(tmp_path / "test.jsonl")])
    assert done.exit_code == 0, done.output


def test_a_corpus_of_another_kind_is_a_message(tmp_path: Path) -> None:
    done = reuters(tmp_path / "corpus.jsonl", tmp_path / "out", {"id": 1, "title": "No split"})
    assert done.exit_code == 1
    assert "corpus.jsonl, line 1: " in done.output
    done = reuters(tmp_path / "corpus.jsonl", tmp_path / "out", story(1, "TRAIN", "cocoa"))
    assert done.exit_code == 1
    assert "no topic has an article in both" in done.output


def test_the_command_has_a_sentence_and_an_example() -> None:
    shown = CliRunner().invoke(main, ["reuters", "--help"]).output
    assert "Example:" in shown
    assert "python -m training reuters" in shown
