"""The taxonomy of a command: the one that ships, or the file that `--taxonomy` names."""

from pathlib import Path

from models.taxonomy import Taxonomy, parse, taxonomy
from training.datasets import DatasetError


def read_taxonomy(path: Path | None) -> Taxonomy:
    """The taxonomy of this file, or ours without one; DatasetError names the file if it is none."""
    if path is None:
        return taxonomy()
    try:
        return parse(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DatasetError(f"{path}: {error}") from error
