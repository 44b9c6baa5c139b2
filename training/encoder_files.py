"""The files of an encoder: a given folder, or what the extra `dyadwire[teacher]` brings along."""

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from training.lesson import TeacherError

_EXTRA = ("torch", "transformers", "safetensors")
_ENCODER = "all_minilm_l6_v2"


def require_extra(encoder: Path | None) -> None:
    """Refuse if a package of the extra is missing; TeacherError says how to install it."""
    needed = _EXTRA if encoder else (*_EXTRA, _ENCODER)
    if missing := [name for name in needed if find_spec(name) is None]:
        names = ", ".join(missing)
        raise TeacherError(f"not installed: {names}. Try: pip install 'dyadwire[teacher]'")


@contextmanager
def encoder_folder(given: Path | None) -> Iterator[Path]:
    """The folder of an encoder: the given one, or that of the extra, unpacked for a while."""
    if given:
        yield given
        return
    found = find_spec(_ENCODER)  # not imported: the package prints when it is
    if not found or not found.origin:
        raise TeacherError(f"{_ENCODER} cannot be found")
    with TemporaryDirectory() as folder:
        with zipfile.ZipFile(Path(found.origin).with_name("model.zip")) as packed:
            packed.extractall(folder)
        yield Path(folder)
