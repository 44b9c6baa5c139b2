"""The artifact: a fitted model as a directory of files that can be checked before it is believed.

`model.joblib` holds arrays and lists only, `manifest.json` says what they are, from which data and
how good, with the digest of every other file, `card.md` tells people the same. Nothing is unpickled
before every digest has been verified.
"""

import hashlib
import importlib.metadata
import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any, BinaryIO, Final

import joblib
import msgspec
import numpy as np

from models.candidates import NUMBERS
from models.classifier import Classifier
from models.events import ModelStamp
from models.features import Featuriser
from models.knowledge import Lexicon
from models.relations import HEADS, PAIR_NUMBERS, RelationModel
from models.taxonomy import Taxonomy, parse
from models.theme_features import ThemeFeatures
from models.themes import ThemeModel
from models.vocabulary import Vocabulary

FORMAT = 2
MANIFEST = "manifest.json"
MODEL = "model.joblib"
CARD = "card.md"
TAXONOMY = "taxonomy.toml"
DEFAULT_MODEL: Final = Path(str(files("models") / "default"))
_FILES = (MODEL, TAXONOMY, CARD)
_LIBRARIES = ("scikit-learn", "numpy", "scipy", "joblib")
# How many leading numbers of a version must be those the model was made with.
_EXACT_PARTS = {"scikit-learn": 2, "numpy": 1, "scipy": 1}


class ArtifactError(Exception):
    """A model directory cannot be used; the message says what is wrong and what to do."""


class FileDigest(msgspec.Struct, frozen=True):
    """What a file of the directory must be."""

    sha256: str
    size_bytes: int


class DataSource(msgspec.Struct, frozen=True):
    """One file that the model was trained on; `origins` counts where its texts are from."""

    name: str
    sha256: str
    examples: int
    origins: dict[str, int]


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a model is, from which data and how good; `files` is filled by `save`."""

    format: int = FORMAT
    version: str
    taxonomy: str
    labels: tuple[str, ...]
    thresholds: dict[str, float]
    calibration: dict[str, float]
    parameters: dict[str, float | int | str]
    data: tuple[DataSource, ...]
    scores: dict[str, float | int]
    libraries: dict[str, str] = msgspec.field(default_factory=dict)
    files: dict[str, FileDigest] = msgspec.field(default_factory=dict)


def make_directory(directory: Path) -> None:
    """Make a folder for a model; ArtifactError if it can't be, or holds anything but a model."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
        others = _names(directory) - {MANIFEST, *_FILES}
    except OSError as error:
        raise ArtifactError(f"{directory}: {error.strerror}; give another folder") from error
    if others:
        raise ArtifactError(
            f"{directory}: expected an empty folder or a model, found `{min(others)}`; "
            "give another folder"
        )


def save(
    directory: Path,
    taxonomy: Taxonomy,
    themes: ThemeModel,
    relations: RelationModel | None,
    manifest: Manifest,
    card: str,
) -> ModelStamp:
    """Write the model directory, which must not hold other files; returns its stamp."""
    make_directory(directory)
    content = io.BytesIO()
    joblib.dump(_content(themes, relations), content)
    bodies = {
        MODEL: content.getvalue(),
        TAXONOMY: taxonomy.content.encode("utf-8"),
        CARD: card.encode("utf-8"),
    }
    manifest = msgspec.structs.replace(
        manifest,
        libraries=_installed(),
        files={name: _digest(body) for name, body in bodies.items()},
    )
    bodies[MANIFEST] = msgspec.json.format(msgspec.json.encode(manifest), indent=1) + b"\n"
    for name, body in bodies.items():  # the manifest last
        # Never in place: a worker may have the old file mapped.
        new = directory / f".{name}"
        new.write_bytes(body)
        new.replace(directory / name)
    return _stamp(manifest, bodies[MANIFEST])


def load(directory: Path = DEFAULT_MODEL) -> Classifier:
    """The classifier in a model directory; `ArtifactError` when it is not what it says it is."""
    body = _read(directory, MANIFEST)
    manifest = _manifest(directory / MANIFEST, body)
    with _open(directory / MODEL) as model:
        bodies = _verified(directory, manifest, model.read())
        _check_libraries(directory, manifest)
        # The file that was verified, whatever has the name by now. Mapped, so that the weights of
        # all workers on a machine are in memory once.
        content = joblib.load(f"/dev/fd/{model.fileno()}", mmap_mode="r")
    try:
        taxonomy = parse(bodies[TAXONOMY].decode("utf-8"))
    except ValueError as error:
        raise ArtifactError(f"{directory / TAXONOMY}: {error}; train the model again") from error
    themes, relations = _models(directory, taxonomy, content)
    return Classifier(_stamp(manifest, body), taxonomy, themes, relations)


def read_manifest(directory: Path = DEFAULT_MODEL) -> Manifest:
    """What a model directory says about itself, unverified."""
    return _manifest(directory / MANIFEST, _read(directory, MANIFEST))


def _read(directory: Path, name: str) -> bytes:
    with _open(directory / name) as file:
        return file.read()


@contextmanager
def _open(path: Path) -> Iterator[BinaryIO]:
    try:
        file = path.open("rb")
    except OSError as error:
        raise ArtifactError(
            f"{path}: expected a file, found none that can be read "
            f"({error.strerror}); copy the whole model directory again"
        ) from error
    with file:
        yield file


def _names(directory: Path) -> set[str]:
    """The files of a directory but hidden ones, which nobody reads."""
    return {path.name for path in directory.iterdir() if not path.name.startswith(".")}


def _manifest(path: Path, body: bytes) -> Manifest:
    try:
        found = msgspec.json.decode(body, type=dict[str, Any]).get("format")
        if found != FORMAT:
            raise ArtifactError(
                f"{path}: expected manifest format {FORMAT}, found {found!r}; "
                "use the version of dyadwire that made the model, or train it again"
            )
        return msgspec.json.decode(body, type=Manifest)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ArtifactError(
            f"{path}: expected a manifest, found something else ({error}); "
            "copy the whole model directory again"
        ) from error


def _verified(directory: Path, manifest: Manifest, model: bytes) -> dict[str, bytes]:
    """The bytes of every file that the manifest names, all as it says, and no other file."""
    if set(manifest.files) != set(_FILES):
        raise ArtifactError(
            f"{directory / MANIFEST}: expected digests of {', '.join(_FILES)}, found those of "
            f"{', '.join(sorted(manifest.files)) or 'no file'}; copy the model directory again"
        )
    present = _names(directory) - {MANIFEST}
    for name in sorted(present - set(manifest.files)):
        raise ArtifactError(
            f"{directory / name}: expected only the files in {MANIFEST}, found this one too; "
            "remove it, or copy the whole model directory again"
        )
    bodies = {MODEL: model, **{name: _read(directory, name) for name in (TAXONOMY, CARD)}}
    for name, expected in manifest.files.items():
        found = _digest(bodies[name])
        if found != expected:
            raise ArtifactError(
                f"{directory / name}: expected sha256 {expected.sha256} "
                f"({expected.size_bytes} bytes), found {found.sha256} ({found.size_bytes} "
                "bytes); the file was altered or cut short, copy the model directory again"
            )
    return bodies


def _check_libraries(directory: Path, manifest: Manifest) -> None:
    installed = _installed()
    for name, parts in _EXACT_PARTS.items():
        made_with = manifest.libraries.get(name, "unknown")
        if made_with.split(".")[:parts] != installed[name].split(".")[:parts]:
            raise ArtifactError(
                f"{directory / MANIFEST}: expected {name} {made_with}, with which the model was "
                f"made, found {installed[name]}; install that version, or train the model again"
            )


def _installed() -> dict[str, str]:
    return {name: importlib.metadata.version(name) for name in _LIBRARIES}


def _digest(body: bytes) -> FileDigest:
    return FileDigest(hashlib.sha256(body).hexdigest(), len(body))


def _stamp(manifest: Manifest, body: bytes) -> ModelStamp:
    return ModelStamp(
        version=manifest.version,
        taxonomy=manifest.taxonomy,
        digest=f"sha256:{hashlib.sha256(body).hexdigest()}",
    )


def _content(themes: ThemeModel, relations: RelationModel | None) -> dict[str, Any]:
    """What is pickled: plain names and arrays. Those of relations are in half precision."""
    return {
        "themes": {
            "codes": list(themes.codes),
            "bits": themes.features.vocabulary.bits,
            "idf": themes.features.idf,
            "begun_buckets": themes.features.lexicon.begun_buckets,
            "term_hashes": themes.features.lexicon.hashes,
            "term_themes": themes.features.lexicon.themes,
            "weights": themes.weights,
            "intercepts": themes.intercepts,
            "thresholds": themes.thresholds,
            "slopes": themes.slopes,
            "offsets": themes.offsets,
            "is_telling": themes.is_telling,
        },
        "relations": relations
        and {
            "heads": list(HEADS),
            "numbers": list(NUMBERS),
            "pair_numbers": list(PAIR_NUMBERS),
            **_featuriser_content(relations.featuriser),
            "word_weights": relations.word_weights.astype(np.float16),
            "number_weights": relations.number_weights,
            "intercepts": relations.intercepts,
            "pair_weights": relations.pair_weights,
            "pair_intercept": relations.pair_intercept,
            "threshold": relations.threshold,
        },
    }


def _featuriser_content(featuriser: Featuriser) -> dict[str, Any]:
    return {
        "words": "\n".join(featuriser.words),
        "pairs": featuriser.pairs,
        "idf": featuriser.idf,
    }


def _models(
    directory: Path, taxonomy: Taxonomy, content: Mapping[str, Any]
) -> tuple[ThemeModel, RelationModel | None]:
    themes, relations = content["themes"], content["relations"]
    expected = [list(taxonomy.codes), list(HEADS), list(NUMBERS), list(PAIR_NUMBERS)]
    found = [themes["codes"], *expected[1:]]
    if relations:
        found[1:] = [relations["heads"], relations["numbers"], relations["pair_numbers"]]
    if found != expected:
        raise ArtifactError(
            f"{directory / MODEL}: expected the themes of {TAXONOMY} and the features of this "
            "version of dyadwire, found others; train the model again"
        )
    return (
        ThemeModel(
            tuple(themes["codes"]),
            ThemeFeatures(
                Vocabulary.from_bits(themes["bits"]),
                themes["idf"],
                Lexicon.from_arrays(
                    themes["begun_buckets"], themes["term_hashes"], themes["term_themes"]
                ),
            ),
            themes["weights"],
            themes["intercepts"],
            themes["thresholds"],
            themes["slopes"],
            themes["offsets"],
            themes["is_telling"],
        ),
        relations
        and RelationModel(
            _featuriser(relations),
            relations["word_weights"].astype(np.float32),
            relations["number_weights"],
            relations["intercepts"],
            relations["pair_weights"],
            relations["pair_intercept"],
            relations["threshold"],
        ),
    )


def _featuriser(content: Mapping[str, Any]) -> Featuriser:
    return Featuriser.of(content["words"].split("\n"), content["pairs"], content["idf"])
