"""Examples are read strictly; what is wrong is said with file, line and field."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from training.datasets import DatasetError, own_examples, read_dataset

RELATION = {"pair": "KOR-USA", "stance": "verbal_conflict", "direction": "USA>KOR"}


def example(**changes: Any) -> dict[str, Any]:
    return {"id": "e1", "text": "A duty.", "themes": ["tariffs"], "relations": [RELATION]} | changes


def written(path: Path, *rows: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def test_the_projects_own_examples_are_whole_articles() -> None:
    dataset = read_dataset([own_examples()])
    assert len(dataset.examples) == sum(source.examples for source in dataset.sources) > 1200
    assert all(one.is_full_length for one in dataset.examples)
    assert len({theme for one in dataset.examples for theme in one.themes}) == 41


def test_a_folder_gives_all_its_files(tmp_path: Path) -> None:
    written(tmp_path / "a.jsonl", example())
    body = (json.dumps(example(id="e2", title="T")) + "\n\n").encode()
    (tmp_path / "b.jsonl.gz").write_bytes(gzip.compress(body))
    (tmp_path / "notes.txt").write_text("no examples")
    dataset = read_dataset([tmp_path])
    assert [one.id for one in dataset.examples] == ["e1", "e2"]
    assert [source.name for source in dataset.sources] == ["a.jsonl", "b.jsonl.gz"]


def test_a_later_file_corrects_an_earlier_one(tmp_path: Path) -> None:
    first = written(tmp_path / "a.jsonl", example())
    second = written(tmp_path / "b.jsonl", example(themes=[]))
    assert [one.themes for one in read_dataset([first, second]).examples] == [()]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"themes": ["tarifs"]}, "themes.*tarifs"),
        ({"themes": "tariffs"}, r"\$\.themes"),
        ({"text": "  "}, "title.*text"),
        ({"text": None}, r"\$\.text"),
        ({"date": "2024-13-01"}, "`date`, got `2024-13-01`"),
        ({"date": "last week"}, "`date`, got `last week`"),
        ({"relations": [RELATION | {"pair": "USA-KOR"}]}, "alphabetical order, got `USA-KOR`"),
        ({"relations": [RELATION | {"direction": "USA>CHN"}]}, "direction"),
        ({"relations": [RELATION | {"stance": "angry"}]}, r"relations\[0\]\.stance"),
        ({"relations": [RELATION | {"modality": "maybe"}]}, "modality"),
    ],
)
def test_what_is_wrong_is_named_with_file_and_line(
    tmp_path: Path, changes: dict[str, Any], said: str
) -> None:
    path = written(tmp_path / "a.jsonl", example(), example(id="e2", **changes))
    with pytest.raises(DatasetError, match=rf"a\.jsonl, line 2: .*{said}"):
        read_dataset([path])


def test_a_missing_field_is_named(tmp_path: Path) -> None:
    row = example()
    del row["themes"]
    with pytest.raises(DatasetError, match=r"line 1: .*`themes`"):
        read_dataset([written(tmp_path / "a.jsonl", row)])


def test_an_id_twice_in_a_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"line 2, `id`: `e1` is there twice"):
        read_dataset([written(tmp_path / "a.jsonl", example(), example())])


@pytest.mark.parametrize("body", [b"{", b"\xff\xfe", b"[1]"])
def test_lines_that_are_no_objects_are_refused(tmp_path: Path, body: bytes) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(body)
    with pytest.raises(DatasetError, match=r"a\.jsonl, line 1: "):
        read_dataset([path])


def test_a_broken_archive_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(gzip.compress(b"{}" * 500)[:-9])
    with pytest.raises(DatasetError, match="gzip"):
        read_dataset([path])


def test_nothing_to_read_is_refused(tmp_path: Path) -> None:
    empty = written(tmp_path / "a.jsonl")
    with pytest.raises(DatasetError, match="no examples"):
        read_dataset([empty])
    with pytest.raises(DatasetError, match="no such file"):
        read_dataset([tmp_path / "missing.jsonl"])
