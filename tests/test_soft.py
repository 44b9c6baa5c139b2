"""Corpora are read whatever their fields are called; soft labels keep only what is probable."""

import gzip
import json
from pathlib import Path

import numpy as np
import pytest

from training.corpora import Text, read_texts, text_of, texts_of
from training.datasets import DatasetError, own_examples, read_dataset
from training.parts import part_of
from training.soft import SoftLabel, read_soft, soft_labels, write_soft
from training.soft_texts import read_soft_texts

LABELS = [
    SoftLabel("b", 1, {"tariffs": 0.9}, ({"tariffs": 0.8}, {"tariffs": 1.0})),
    SoftLabel("a", 0, {}),
]


def written(path: Path, *rows: object) -> Path:
    body = "".join(json.dumps(row) + "\n" for row in rows).encode()
    path.write_bytes(gzip.compress(body) if path.name.endswith(".gz") else body)
    return path


def test_each_part_has_about_half_of_the_examples() -> None:
    parts = [part_of(example.text) for example in read_dataset([own_examples()]).examples]
    assert 0.4 < sum(parts) / len(parts) < 0.6


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"text": "A duty."}, ("", "A duty.")),
        ({"title": "Duty"}, ("Duty", "")),
        ({"title": None, "text": " A duty.\n"}, ("", "A duty.")),
        ({"headline": "H", "short_description": "D", "category": "WORLD"}, ("H", "D")),
        ({"title": "T", "dateline": "SEOUL", "body": "B"}, ("T", "B")),
        ({"title": "T", "short_title": "S", "summary": "B"}, ("T", "B")),
        ({"title": "T", "purpose": "P.", "opening": "O", "text": "all"}, ("T", "P. O")),
        ({"sentence": "S", "penta": 4}, ("", "S")),
        ({"text_original": "S", "text_following": "next"}, ("", "S")),
    ],
)
def test_title_and_text_are_found_by_field(
    row: dict[str, object], expected: tuple[str, str]
) -> None:
    assert text_of(row) == expected


def test_rows_keep_their_numbers_and_blank_ones_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "news.jsonl"
    path.write_text('{"text": "one"}\n\n{"title": "", "body": ""}\n{"text": "two"}')
    assert read_texts(path) == [Text("news", 0, "", "one"), Text("news", 3, "", "two")]


def test_a_sample_is_drawn_by_seed(tmp_path: Path) -> None:
    path = written(tmp_path / "news.jsonl.gz", *({"text": f"text {n}"} for n in range(100)))
    sample = read_texts(path, 10, seed=1)
    assert sample == read_texts(path, 10, seed=1) != read_texts(path, 10, seed=2)
    assert [text.row for text in sample] == sorted({text.row for text in sample})
    assert len(sample) == 10
    assert len(read_texts(path, 1000)) == 100


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('{"words": "x"}', "fields title"),
        ('{"text": 5}', "`text`, got `5`"),
        ("[1]", "object"),
        ("{", "truncated"),
    ],
)
def test_a_row_that_is_no_text_is_named(tmp_path: Path, line: str, said: str) -> None:
    path = tmp_path / "news.jsonl"
    path.write_text('{"text": "one"}\n' + line)
    with pytest.raises(DatasetError, match=rf"news\.jsonl, row 1: .*{said}"):
        read_texts(path)


def test_soft_labels_are_rounded_and_the_most_probable_first() -> None:
    probabilities = np.array([[[0.014, 0.3, 0.9]], [[0.018, 0.5, 0.701]]], np.float32)
    [label] = soft_labels([Text("news", 7, "", "one")], ["a", "b", "c"], probabilities)
    assert label == SoftLabel(
        "news", 7, {"c": 0.8, "b": 0.4}, ({"c": 0.9, "b": 0.3}, label.unseen[1])
    )
    assert list(label.themes) == ["c", "b"]
    assert label.unseen[1] == {"c": 0.7, "b": 0.5}


def test_what_is_written_is_read_and_bytes_repeat(tmp_path: Path) -> None:
    for name in ("x.jsonl.gz", "y.jsonl.gz", "z.jsonl"):
        write_soft(tmp_path / name, LABELS)
        assert read_soft(tmp_path / name) == LABELS
    assert (tmp_path / "x.jsonl.gz").read_bytes() == (tmp_path / "y.jsonl.gz").read_bytes()
    assert (tmp_path / "z.jsonl").read_text().splitlines()[
        1
    ] == '{"corpus":"a","row":0,"themes":{}}'


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"corpus": "a", "row": 0, "themes": {"tariffs": 1.5}}, "<= 1"),
        ({"corpus": "a", "row": -1, "themes": {}}, ">= 0"),
        ({"corpus": "a", "row": 0}, "`themes`"),
    ],
)
def test_a_wrong_soft_label_is_named_with_file_and_line(
    tmp_path: Path, row: dict[str, object], said: str
) -> None:
    path = written(tmp_path / "soft.jsonl", {"corpus": "a", "row": 0, "themes": {}}, row)
    with pytest.raises(DatasetError, match=rf"soft\.jsonl, line 2: .*{said}"):
        read_soft(path)


def test_a_soft_label_of_another_taxonomy_is_named(tmp_path: Path) -> None:
    write_soft(tmp_path / "soft.jsonl", LABELS)
    with pytest.raises(DatasetError, match=r"soft\.jsonl, row 1 of b: .*found `tariffs`"):
        read_soft_texts([tmp_path / "soft.jsonl"], tmp_path, ["cocoa"])


def test_labels_find_their_texts(tmp_path: Path) -> None:
    written(tmp_path / "a.jsonl", {"title": "T", "body": "B"})
    written(tmp_path / "b.jsonl.gz", {"text": "one"}, {"text": "two"})
    assert texts_of(LABELS, tmp_path) == [("", "two"), ("T", "B")]


def test_a_label_without_its_text_is_named_with_file_and_row(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"there is no b\.jsonl or b\.jsonl\.gz"):
        texts_of(LABELS[:1], tmp_path)
    written(tmp_path / "b.jsonl.gz", {"text": "one"})
    with pytest.raises(DatasetError, match=r"b\.jsonl\.gz, row 1: there is no such row"):
        texts_of(LABELS[:1], tmp_path)
    (tmp_path / "b.jsonl.gz").write_bytes(b"no gzip")
    with pytest.raises(DatasetError, match=r"b\.jsonl\.gz: cannot be read"):
        texts_of(LABELS[:1], tmp_path)
