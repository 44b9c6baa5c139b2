"""The house rules that a machine can hold."""

import ast
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MODULES = sorted(
    path
    for package in ("models", "streams", "training", "benchmarks", "tests")
    for path in (ROOT / package).rglob("*.py")
)
PACKAGES = ("models", "streams", "training")


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_says_what_it_is_and_has_its_own_name(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text())), "no docstring"
    assert path.stem not in {"utils", "util", "helpers", "common", "misc", "base"}


@pytest.mark.parametrize(
    "path",
    [path for path in MODULES if path.relative_to(ROOT).parts[0] in PACKAGES],
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_what_is_public_is_documented(path: Path) -> None:
    undocumented = [
        f"{path.name}:{node.lineno} {node.name}"
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
        and not ast.get_docstring(node)
    ]
    assert undocumented == []


def test_importing_a_module_does_nothing(tmp_path: Path) -> None:
    names = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for path in MODULES
        if path.relative_to(ROOT).parts[0] in PACKAGES and path.stem != "__main__"
    ]
    script = (
        "import importlib, threading\n"
        f"for name in {names!r}: importlib.import_module(name)\n"
        "assert threading.active_count() == 1, threading.enumerate()\n"
    )
    done = subprocess.run(
        [sys.executable, "-B", "-c", script], cwd=tmp_path, capture_output=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert list(tmp_path.iterdir()) == []


def test_the_wheel_holds_the_model_and_the_demo_and_nothing_else(tmp_path: Path) -> None:
    subprocess.run(
        [
            sys.executable,
            "-m",
            "pip",
            "wheel",
            "-q",
            "--no-deps",
            "--no-build-isolation",
            str(ROOT),
        ],
        cwd=tmp_path,
        check=True,
    )
    [wheel] = tmp_path.glob("dyadwire-*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    for name in (
        "models/default/model.joblib",
        "models/default/manifest.json",
        "models/data/taxonomy.toml",
        "streams/data/demo_articles.jsonl",
        "models/py.typed",
    ):
        assert name in names
    assert {name.split("/")[0] for name in names} - set(PACKAGES) == {
        next(name for name in names if ".dist-info" in name).split("/")[0]
    }
    shipped = ROOT / "models" / "default"
    assert sum(path.stat().st_size for path in shipped.iterdir()) <= 15_000_000
