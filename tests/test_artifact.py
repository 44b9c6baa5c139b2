"""A model directory is believed only when every byte is what its manifest says."""

import hashlib
import json
import mmap
import os
import pickle
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from models import artifact
from models.artifact import DEFAULT_MODEL, ArtifactError, load, read_manifest, save
from models.taxonomy import taxonomy


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(DEFAULT_MODEL, tmp_path / "model"))


class Bomb:
    """Writes a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return os.mkdir, (str(self.path),)


def alter(directory: Path, change: Callable[[dict[str, Any]], object]) -> None:
    path = directory / "manifest.json"
    manifest = json.loads(path.read_text())
    change(manifest)
    path.write_text(json.dumps(manifest))


def test_the_model_that_ships_is_what_it_says() -> None:
    manifest = read_manifest()
    body = (DEFAULT_MODEL / "manifest.json").read_bytes()
    assert load().stamp.digest == f"sha256:{hashlib.sha256(body).hexdigest()}"
    assert manifest.labels == taxonomy().codes
    assert set(manifest.files) == {"model.joblib", "taxonomy.toml", "card.md"}
    assert manifest.scores["full_length_themes_micro_f1"] > 0.6
    assert all(len(source.sha256) == 64 for source in manifest.data)


def test_one_altered_byte_is_refused(copy: Path) -> None:
    path = copy / "model.joblib"
    body = bytearray(path.read_bytes())
    body[len(body) // 2] ^= 1
    path.write_bytes(body)
    with pytest.raises(ArtifactError, match=r"model\.joblib: expected sha256 .* found .* altered"):
        load(copy)


def test_a_pickle_that_acts_is_refused_before_it_is_opened(copy: Path, tmp_path: Path) -> None:
    goes_off = tmp_path / "went-off"
    (copy / "model.joblib").write_bytes(pickle.dumps(Bomb(goes_off)))
    with pytest.raises(ArtifactError, match=r"model\.joblib"):
        load(copy)
    assert not goes_off.exists()
    pickle.loads((copy / "model.joblib").read_bytes())  # noqa: S301  # the bomb is live
    assert goes_off.exists()


@pytest.mark.parametrize("name", ["model.joblib", "taxonomy.toml", "manifest.json", "card.md"])
def test_a_missing_file_is_named(copy: Path, name: str) -> None:
    (copy / name).unlink()
    with pytest.raises(ArtifactError, match=name.replace(".", r"\.")):
        load(copy)


def test_a_missing_directory_is_named(tmp_path: Path) -> None:
    with pytest.raises(ArtifactError, match="nowhere"):
        load(tmp_path / "nowhere")


def test_a_file_too_many_is_named(copy: Path) -> None:
    (copy / "extra.pkl").write_bytes(b"")
    with pytest.raises(ArtifactError, match=r"extra\.pkl: expected only the files in"):
        load(copy)


def test_an_altered_card_is_refused(copy: Path) -> None:
    (copy / "card.md").write_text("better than it is")
    with pytest.raises(ArtifactError, match=r"card\.md: expected sha256"):
        load(copy)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff", b"{}", b'{"format": 1}'])
def test_a_manifest_that_is_none_is_refused(copy: Path, body: bytes) -> None:
    (copy / "manifest.json").write_bytes(body)
    with pytest.raises(ArtifactError, match=r"manifest\.json: expected"):
        load(copy)


def test_a_path_that_leaves_the_directory_is_refused(copy: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.write_bytes(b"")
    digest = {"sha256": hashlib.sha256(b"").hexdigest(), "size_bytes": 0}
    alter(copy, lambda manifest: manifest["files"].update({"../outside": digest}))
    with pytest.raises(ArtifactError, match="outside"):
        load(copy)


@pytest.mark.parametrize(
    ("library", "version"),
    [("scikit-learn", "1.2.0"), ("numpy", "1.26.4"), ("scipy", "0.19.1")],
)
def test_other_libraries_than_it_was_made_with_are_refused(
    copy: Path, library: str, version: str
) -> None:
    alter(copy, lambda manifest: manifest["libraries"].update({library: version}))
    with pytest.raises(ArtifactError, match=rf"expected {library} {version}.* found .* install"):
        load(copy)


def test_another_patch_of_a_library_will_do(copy: Path) -> None:
    made_with = read_manifest(copy).libraries["scikit-learn"]
    patch = ".".join([*made_with.split(".")[:2], "99"])
    alter(copy, lambda manifest: manifest["libraries"].update({"scikit-learn": patch}))
    assert load(copy).stamp.version == read_manifest(copy).version


def test_another_taxonomy_than_the_model_was_trained_for_is_refused(copy: Path) -> None:
    body = b'version = "1"\n[[theme]]\ncode = "cocoa"\n'
    (copy / "taxonomy.toml").write_bytes(body)
    digest = {"sha256": hashlib.sha256(body).hexdigest(), "size_bytes": len(body)}
    alter(copy, lambda manifest: manifest["files"].update({"taxonomy.toml": digest}))
    with pytest.raises(ArtifactError, match=r"expected the themes of taxonomy\.toml"):
        load(copy)


def test_hidden_files_are_nobodys_business(copy: Path) -> None:
    (copy / ".DS_Store").write_bytes(b"")
    assert load(copy).stamp == load().stamp


def test_a_file_that_is_swapped_after_it_was_verified_is_not_opened(
    copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    goes_off = tmp_path / "went-off"
    bomb = tmp_path / "bomb"
    bomb.write_bytes(pickle.dumps(Bomb(goes_off)))
    checked = artifact._check_libraries  # noqa: SLF001  # the moment in between

    def swap(*arguments: Any) -> None:
        checked(*arguments)
        bomb.replace(copy / "model.joblib")

    stamp = load(copy).stamp
    monkeypatch.setattr(artifact, "_check_libraries", swap)
    assert load(copy).stamp == stamp
    assert not goes_off.exists()


def test_a_model_in_use_outlives_its_replacement(copy: Path) -> None:
    used = load(copy)
    before = used.themes.weights.sum()
    manifest = read_manifest(copy)
    save(copy, used.taxonomy, used.themes, None, manifest, "another")
    assert used.themes.weights.sum() == before
    assert load(copy).relations is None
    assert not [path for path in copy.iterdir() if path.name.startswith(".")]


def test_the_weights_are_mapped_and_not_read(copy: Path) -> None:
    weights = load(copy).themes.weights
    assert isinstance(weights.base, mmap.mmap) or isinstance(weights, np.memmap)
    assert not weights.flags.writeable
