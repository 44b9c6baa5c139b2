"""A small fit writes a model that loads and tags; the commands say what they do."""

import json
import sys
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from scipy.sparse import csr_matrix

from models.artifact import DEFAULT_MODEL, MANIFEST, load, read_manifest
from models.events import Article
from models.taxonomy import taxonomy
from training.__main__ import main
from training.datasets import own_examples, read_dataset
from training.evaluate import Score, macro_f1, score_sets, total
from training.examples import Parameters
from training.fit import fit as fit_models
from training.ridge import Matrix, fit_ridge
from training.soft_texts import no_soft_texts
from training.tasks import BackendError, Tasks, key_of
from training.thresholds import best_cut, calibration_error, fit_sigmoids, fit_thresholds

FULL_LENGTH = own_examples() / "full_length.jsonl"


@pytest.fixture(scope="module")
def examples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first sixty of the project's own examples."""
    path = tmp_path_factory.mktemp("data") / "sixty.jsonl"
    lines = FULL_LENGTH.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(lines[:60]), encoding="utf-8")
    return path


def fit(examples: Path, out: Path, *options: str) -> Path:
    told = ["--examples", str(examples), "--out", str(out), "--version", "2026.1.1"]
    result = CliRunner().invoke(main, ["fit", *told, *options], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    assert "2026.1.1 in" in result.output
    return out


def test_a_small_fit_loads_and_tags_and_is_the_same_twice(examples: Path, tmp_path: Path) -> None:
    first, second = fit(examples, tmp_path / "one"), fit(examples, tmp_path / "two")
    for name in ("model.joblib", "taxonomy.toml", "manifest.json", "card.md"):
        assert (first / name).read_bytes() == (second / name).read_bytes()
    classifier = load(first)
    row = json.loads(examples.read_text(encoding="utf-8").splitlines()[0])
    (tags,) = classifier.tag_many([Article(id="a", title=row["title"], text=row["text"])])
    assert tags.outcome == "tagged"
    manifest = read_manifest(first)
    assert manifest.data[0].examples == 60
    assert 0 <= manifest.scores["full_length_themes_micro_f1"] <= 1
    assert "Cross-validated" in (first / "card.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def fitted(examples: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model fitted on one core, without a pause."""
    return fit(examples, tmp_path_factory.mktemp("models") / "one")


def same(first: Path, second: Path) -> bool:
    """Whether two model directories hold the same bytes; the manifest has digests of all else."""
    return (first / MANIFEST).read_bytes() == (second / MANIFEST).read_bytes()


@pytest.mark.parametrize("backend", ["threading", "loky"])
def test_the_model_is_the_same_for_any_number_of_jobs(
    examples: Path, fitted: Path, tmp_path: Path, backend: str
) -> None:
    assert same(fitted, fit(examples, tmp_path / "two", "--jobs", "2", "--backend", backend))


@pytest.mark.parametrize(
    ("backend", "package", "installed_by"),
    [("dask", "distributed", "dask[distributed]"), ("ray", "ray", "ray")],
)
def test_a_cluster_gives_the_same_model_or_says_what_to_install(
    examples: Path, fitted: Path, tmp_path: Path, backend: str, package: str, installed_by: str
) -> None:
    options = ["--jobs", "2", "--backend", backend]
    if find_spec(package):
        assert same(fitted, fit(examples, tmp_path / "two", *options))
        return
    arguments = ["fit", "--examples", str(examples), "--out", str(tmp_path / "o"), *options]
    done = CliRunner().invoke(main, [*arguments, "--version", "1"])
    assert done.exit_code == 1
    assert f"found `{backend}`; pip install '{installed_by}'" in done.output


def test_no_jobs_at_all_is_a_message(examples: Path, tmp_path: Path) -> None:
    arguments = ["fit", "--examples", str(examples), "--out", str(tmp_path / "o"), "--jobs", "0"]
    done = CliRunner().invoke(main, [*arguments, "--version", "1"])
    assert (done.exit_code, "found 0" in done.output) == (2, True)


class Stopped(Exception):
    """Somebody stops a fit."""


def test_a_fit_that_was_stopped_goes_on_where_it_was(
    examples: Path, fitted: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(step: str) -> None:
        if step == "themes: 4 of 6 folds":
            raise Stopped

    dataset, out = read_dataset([examples]), tmp_path / "two"
    tasks = Tasks(kept_in=tmp_path / ".two.folds", progress=stop)
    nothing = no_soft_texts(len(taxonomy().codes))
    with pytest.raises(Stopped):
        fit_models(dataset.examples, taxonomy(), nothing, Parameters(), tasks)
    learned: list[int] = []

    def counted(rows: csr_matrix, targets: Matrix, *others: Any) -> tuple[Matrix, Matrix]:
        learned.append(len(targets))
        return fit_ridge(rows, targets, *others)

    monkeypatch.setattr("training.themes.fit_ridge", counted)
    assert same(fitted, fit(examples, out))
    assert len(learned) == 2 + 1  # the last folds, and all examples
    assert [path.name for path in tmp_path.iterdir()] == ["two"]


def test_what_was_kept_of_another_fit_is_not_used(examples: Path, tmp_path: Path) -> None:
    dataset = read_dataset([examples]).examples
    keys = {
        key_of(dataset, Parameters()),
        key_of(dataset[1:], Parameters()),
        key_of(dataset, Parameters(ridge_alpha=2.0)),
    }
    assert len(keys) == 3
    assert key_of(read_dataset([examples]).examples, Parameters()) in keys


def test_folds_by_date_judge_what_is_later(examples: Path, tmp_path: Path) -> None:
    rows = [json.loads(line) for line in examples.read_text(encoding="utf-8").splitlines()]
    dated = tmp_path / "dated.jsonl"
    # The last block names no countries at all.
    rows[50:] = [{"text": f"Cocoa {n * n}.", "themes": ["agriculture-food"]} for n in range(10)]
    lines = [row | {"date": f"20{number:02}"} for number, row in enumerate(rows)]
    dated.write_text("".join(json.dumps(line) + "\n" for line in lines))
    model = fit(dated, tmp_path / "model", "--folds", "date")
    manifest = read_manifest(model)
    assert manifest.parameters["folds"] == "date"
    assert manifest.scores["full_length_examples"] == 30
    assert manifest.scores["short_examples"] == 10
    card = (model / "card.md").read_text(encoding="utf-8")
    assert "blocks in the order of their" in card
    assert "| 2020-01-01 to 2029-01-01 | 10 |" in card


def test_soft_labels_are_judged_by_hash_alone(examples: Path, tmp_path: Path) -> None:
    arguments = ["--examples", str(examples), "--out", str(tmp_path / "o"), "--version", "1"]
    soft = ["--soft", str(examples), "--corpora", str(tmp_path), "--folds", "date"]
    done = CliRunner().invoke(main, ["fit", *arguments, *soft])
    assert (done.exit_code, "--folds date: --soft needs" in done.output) == (2, True)


TAXONOMY = """
version = "crops"
[[theme]]
code = "cocoa"
[[theme]]
code = "grain"
area = "food"
"""


def test_a_model_for_other_themes_is_fitted_and_evaluated(tmp_path: Path) -> None:
    words = {
        "cocoa": ["cocoa", "beans", "ivory", "coast", "crop", "board"],
        "grain": ["wheat", "maize", "grain", "terminal", "river", "shipments"],
    }
    random = np.random.default_rng(0)
    lines = [
        {"text": " ".join(random.choice([*own, "sold", "left", "of"], 12)), "themes": [code]}
        for _ in range(12)
        for code, own in words.items()
    ]
    examples, taxonomy = tmp_path / "crops.jsonl", tmp_path / "crops.toml"
    examples.write_text("".join(json.dumps(line) + "\n" for line in lines))
    taxonomy.write_text(TAXONOMY)
    arguments = ["--taxonomy", str(taxonomy), "--examples", str(examples), "--version", "1"]
    done = CliRunner().invoke(main, ["fit", *arguments, "--out", str(tmp_path / "model")])
    assert done.exit_code == 0, done.output
    classifier = load(tmp_path / "model")
    assert (classifier.themes.codes, classifier.relations) == (("cocoa", "grain"), None)
    (tags,) = classifier.tag_many([Article(id="a", text="The wheat grain terminal on the river.")])
    assert [(theme.code, theme.area) for theme in tags.themes] == [("grain", "food")]
    done = CliRunner().invoke(main, ["evaluate", str(tmp_path / "model"), str(examples)])
    assert done.exit_code == 0, done.output


def test_labelled_rows_and_soft_labels_are_learned_from(examples: Path, tmp_path: Path) -> None:
    corpus = [{"title": "Chip duty", "text": f"Duty number {n} on chips."} for n in range(30)]
    (tmp_path / "news.jsonl").write_text("".join(json.dumps(row) + "\n" for row in corpus))
    rows, soft = tmp_path / "rows.jsonl", tmp_path / "soft.jsonl"
    rows.write_text(json.dumps({"corpus": "news", "row": 3, "themes": ["tariffs"]}) + "\n")
    label = {"corpus": "news", "themes": {"tariffs": 0.9}, "unseen": [{"tariffs": 0.8}, {}]}
    soft.write_text("".join(json.dumps(label | {"row": n}) + "\n" for n in range(30)))
    arguments = ["--rows", str(rows), "--soft", str(soft), "--examples", str(examples)]
    told = ["fit", *arguments, "--out", str(tmp_path / "model"), "--version", "1"]
    assert "--corpora" in CliRunner().invoke(main, told).output
    done = CliRunner().invoke(main, [*told, "--corpora", str(tmp_path)])
    assert done.exit_code == 0, done.output
    sources = read_manifest(tmp_path / "model").data
    assert [(source.name, source.examples) for source in sources] == [
        ("sixty.jsonl", 60), ("rows.jsonl", 1), ("soft.jsonl", 0),
    ]  # fmt: skip
    (tags,) = load(tmp_path / "model").tag_many([Article(id="a", text="A duty on chips is due.")])
    assert tags.themes[0].code == "tariffs"
    rows.write_text(json.dumps({"corpus": "news", "row": 3, "themes": ["tarifs"]}) + "\n")
    done = CliRunner().invoke(main, [*told, "--corpora", str(tmp_path)])
    assert (done.exit_code, "row 3 of news: there is no theme `tarifs`" in done.output) == (1, True)


def test_examples_without_any_theme_are_a_message(tmp_path: Path) -> None:
    examples = tmp_path / "sport.jsonl"
    examples.write_text(json.dumps({"text": "A late goal won the cup.", "themes": []}) + "\n")
    arguments = ["fit", "--examples", str(examples), "--out", str(tmp_path / "o")]
    done = CliRunner().invoke(main, [*arguments, "--version", "1"])
    assert (done.exit_code, "no example has a theme" in done.output) == (1, True)


def test_a_taxonomy_that_is_none_is_a_message(examples: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.toml"
    bad.write_text("version = 1")
    arguments = ["--taxonomy", str(bad), "--examples", str(examples), "--version", "1"]
    done = CliRunner().invoke(main, ["fit", *arguments, "--out", str(tmp_path / "o")])
    assert done.exit_code == 1
    assert "bad.toml: expected `version` and a `[[theme]]`" in done.output


def test_evaluate_prints_a_table(examples: Path) -> None:
    result = CliRunner().invoke(main, ["evaluate", str(DEFAULT_MODEL), str(examples)])
    assert result.exit_code == 0, result.output
    assert "themes, micro" in result.output
    assert "pairs" in result.output


def test_evaluate_says_when_the_model_has_seen_the_examples() -> None:
    result = CliRunner().invoke(main, ["evaluate", str(DEFAULT_MODEL), str(FULL_LENGTH)])
    assert "The model was trained on some of these examples" in result.output


def test_a_wrong_file_is_a_message_and_not_a_traceback(tmp_path: Path) -> None:
    bad = tmp_path / "bad.jsonl"
    bad.write_text("{}\n")
    result = CliRunner().invoke(
        main, ["fit", "--examples", str(bad), "--out", str(tmp_path / "o"), "--version", "1"]
    )
    assert result.exit_code == 1
    assert "bad.jsonl, line 1" in result.output


@pytest.mark.parametrize("command", ["fit", "evaluate"])
def test_each_command_has_a_sentence_and_an_example(command: str) -> None:
    result = CliRunner().invoke(main, [command, "--help"])
    assert "Example:" in result.output
    assert f"python -m training {command}" in result.output


def test_the_best_cut_lies_between_the_two_groups() -> None:
    scores = np.array([0.9, 0.1, 0.8, 0.2])
    assert 0.2 < best_cut(scores, scores > 0.5, np.ones(4)) < 0.8


def test_rare_themes_lean_on_the_threshold_of_all() -> None:
    random = np.random.default_rng(0)
    truth = np.zeros((400, 2), dtype=bool)
    truth[:200, 0] = True
    truth[0, 1] = True
    scores = np.where(truth, 0.6, 0.2) + random.normal(0, 0.05, (400, 2))
    scores[0, 1] = 5.0
    thresholds = fit_thresholds(scores, truth, np.ones(400))
    assert abs(thresholds[1] - thresholds[0]) < 0.15


def test_sigmoids_give_the_share_of_the_true() -> None:
    random = np.random.default_rng(0)
    probabilities = random.random((5000, 1))
    truth = random.random((5000, 1)) < probabilities
    scores = np.log(probabilities / (1 - probabilities))
    slopes, offsets = fit_sigmoids(scores, truth, np.ones(5000))
    assert abs(slopes[0] - 1) < 0.1
    assert abs(offsets[0]) < 0.1
    assert calibration_error(probabilities[:, 0], truth[:, 0]) < 0.03


def test_scores_count_hits_false_alarms_and_misses() -> None:
    scores = score_sets([{"a", "b"}, {"a"}, set()], [{"a"}, {"a", "b"}, {"c"}])
    assert scores == {"a": Score(2, 0, 0), "b": Score(0, 1, 1), "c": Score(0, 1, 0)}
    assert total(list(scores.values())) == Score(2, 2, 1)
    assert macro_f1(list(scores.values())) == 0.5


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--alpha", "nan"], "--alpha: expected a number"),
        (["--version", " "], "--version: expected a version"),
        (["--seed", "-1"], "--seed"),
        (["--folds", "date"], "expected examples with a `date`"),
        (["--folds", "source"], "expected two sources or more"),
    ],
)
def test_an_option_that_cannot_be_is_named(
    examples: Path, tmp_path: Path, options: list[str], said: str
) -> None:
    arguments = ["fit", "--examples", str(examples), "--out", str(tmp_path / "o"), "--version", "1"]
    done = CliRunner().invoke(main, [*arguments, *options])
    assert done.exit_code in (1, 2)
    assert said in done.output


def test_a_folder_that_cannot_take_the_model_is_named_before_anything_is_fitted(
    examples: Path, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "notes").write_text("")
    for out, said in (("file/model", "give another folder"), ("taken", "found `notes`")):
        arguments = ["fit", "--examples", str(examples), "--out", str(tmp_path / out)]
        done = CliRunner().invoke(main, [*arguments, "--version", "1"])
        assert (done.exit_code, said in done.output) == (1, True)
    assert not (tmp_path / ".taken.folds").exists()


def test_folds_are_not_read_from_a_folder_that_others_can_write(
    examples: Path, tmp_path: Path
) -> None:
    (tmp_path / ".o.folds").mkdir(mode=0o777)
    (tmp_path / ".o.folds").chmod(0o777)
    arguments = ["fit", "--examples", str(examples), "--out", str(tmp_path / "o")]
    done = CliRunner().invoke(main, [*arguments, "--version", "1"])
    assert done.exit_code == 1
    assert "that only you can write" in done.output


@pytest.mark.parametrize("address", [None, "tcp://10.0.0.1:8786"])
def test_dask_uses_the_cluster_that_its_settings_name(
    monkeypatch: pytest.MonkeyPatch, address: str | None
) -> None:
    asked: list[dict[str, int]] = []

    class Client:
        def __init__(self, **options: int) -> None:
            asked.append(options)
            raise OSError("nobody there")

    config = SimpleNamespace(get=lambda name, default: address)
    monkeypatch.setitem(sys.modules, "dask", SimpleNamespace(config=config))
    monkeypatch.setitem(sys.modules, "dask.distributed", SimpleNamespace(Client=Client))
    with pytest.raises(BackendError, match="no cluster answers: nobody there"):
        Tasks(jobs=2, backend="dask").score("x", lambda fold: np.zeros(1), [])
    assert asked == ([{}] if address else [{"n_workers": 2, "threads_per_worker": 1}])
