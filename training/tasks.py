"""The tasks: folds scored side by side on a backend of joblib, each kept until the fit is done.

A task is known by all that decides what comes out of it: examples, soft labels, parameters, our
code and the libraries below it. So a fit that was stopped goes on where it was, and one that
differs in anything begins anew. How many run at once decides nothing.
"""

import importlib.metadata
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from stat import S_ISDIR

import joblib
from threadpoolctl import threadpool_limits

from training.folds import Fold
from training.thresholds import Floats

Progress = Callable[[str], None]
Score = Callable[[Fold], Floats]

BACKENDS = ("loky", "threading", "dask", "ray")
_PACKAGES = {"dask": "dask[distributed]", "ray": "ray"}
_LIBRARIES = ("numpy", "scipy", "scikit-learn", "joblib")


class BackendError(RuntimeError):
    """Tasks cannot run on a backend; the message says what to install."""


@dataclass(frozen=True, slots=True)
class Tasks:
    """How the tasks of a fit run, and where they are kept; `key` is what decides their outcome."""

    key: str = ""
    jobs: int = 1
    backend: str = "loky"
    kept_in: Path | None = None
    progress: Progress = lambda step: None

    def score(self, name: str, score: Score, folds: Sequence[Fold]) -> list[Floats]:
        """What `score`, which has to be picklable, gives for each fold."""
        kept = joblib.Memory(self.kept_in, verbose=0).cache(_score, ignore=["score", "fold"])
        tasks = [
            joblib.delayed(kept)(f"{self.key}, {name}, {fold.name}", score, fold) for fold in folds
        ]
        self.progress(f"{name}: {len(folds)} folds")
        scores: list[Floats] = []
        # Ray hands over all results at once.
        return_as = "list" if self.backend == "ray" else "generator"
        with _running_on(self.backend, self.jobs):
            for scored in joblib.Parallel(return_as=return_as)(tasks):
                scores.append(scored)
                self.progress(f"{name}: {len(scores)} of {len(folds)} folds")
        return scores


def private_folder(path: Path) -> Path:
    """The folder, made if need be; BackendError if others may write there.

    What is kept in it is pickled, and reading that runs it.
    """
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = path.lstat()
    if not S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o022:
        raise BackendError(
            f"{path}: expected a folder that only you can write, since finished folds are read "
            "from it; remove it, or give another --out"
        )
    return path


def key_of(*given: object) -> str:
    """The digest of what is given, of our code and data, and of the libraries' versions."""
    code = sha256()
    for package in ("models", "training"):
        root = Path(str(files(package)))
        for path in sorted([*root.rglob("*.py"), *(root / "data").glob("*.t*")]):
            code.update(path.read_bytes())
    versions = [importlib.metadata.version(library) for library in _LIBRARIES]
    return str(joblib.hash((given, code.hexdigest(), versions, sys.version)))


def _score(key: str, score: Score, fold: Fold) -> Floats:
    """On one core: a hundred small fits wait longer for threads than they work."""
    with threadpool_limits(limits=1):
        return score(fold)


@contextmanager
def _running_on(backend: str, jobs: int) -> Iterator[None]:
    """joblib runs on this backend; `dask` and `ray` on the cluster that their own settings name."""
    with ExitStack() as stack:
        try:
            if backend == "dask":
                from dask import config
                from dask.distributed import Client

                workers = joblib.cpu_count() if jobs < 0 else jobs
                here = {"n_workers": workers, "threads_per_worker": 1}
                stack.enter_context(
                    Client(**({} if config.get("scheduler-address", None) else here))
                )
            elif backend == "ray":
                from ray.util.joblib import register_ray

                register_ray()
        except ImportError as error:
            raise BackendError(
                f"--backend: expected a backend that is installed, found `{backend}`; "
                f"pip install '{_PACKAGES[backend]}'"
            ) from error
        except OSError as error:
            raise BackendError(
                f"--backend: found `{backend}`, no cluster answers: {error}"
            ) from error
        stack.enter_context(joblib.parallel_config(backend=backend, n_jobs=jobs))
        yield
