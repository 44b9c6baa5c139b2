"""The README: its commands exist, its links lead somewhere, its settings are the settings."""

import re
import shlex
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from streams.cli import main
from training.__main__ import main as training

ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def shell_lines(page: Path) -> list[str]:
    """The commands in the page's `sh` blocks: lines that start with `$ `, or all if none do."""
    found = []
    for block in re.findall(r"^```sh\n(.*?)^```", page.read_text(), flags=re.M | re.S):
        lines = block.replace("\\\n", " ").splitlines()
        prompted = [line[2:] for line in lines if line.startswith("$ ")]
        found += prompted or [line for line in lines if line.strip() and line[0] != "#"]
    return found


def commands() -> list[tuple[str, str]]:
    return [(page.name, line) for page in PAGES for line in shell_lines(page)]


def test_the_readme_shows_its_two_commands() -> None:
    assert {"make demo", "make test"} <= set(shell_lines(ROOT / "README.md"))


@pytest.mark.parametrize(("page", "line"), commands())
def test_a_shown_command_exists(page: str, line: str) -> None:
    words = [word for word in shlex.split(line, comments=True) if not re.match(r"\w+=", word)]
    if not words or words[0] in ("git", "cd", "export", "docker", "cp", "eval", ".venv/bin/pip"):
        return
    if words[0] == "make":
        for target in words[1:]:
            subprocess.run(["make", "-n", "-C", str(ROOT), target], check=True, capture_output=True)
        return
    program = words[0].removeprefix(".venv/bin/")
    if program == "dyadwire":
        path: list[str] = []
        for word in words[1:]:
            if not re.fullmatch("[a-z]+", word) or word not in known(path):
                break
            path.append(word)
        assert path or "--help" in words, f"{page}: {line}"
        shown = CliRunner().invoke(main, [*path, "--help"]).output
        for option in (word for word in words if word.startswith("--")):
            assert option in shown, f"{page}: {line}: no option {option}"
        return
    assert program in ("python", "python3"), f"{page}: {line}: not checked by this test"
    assert words[1] == "-m", f"{page}: {line}"
    if words[2] == "training":
        shown = CliRunner().invoke(training, [words[3], "--help"]).output
        assert "Example:" in shown, f"{page}: {line}: no such command"
        for option in (word for word in words if word.startswith("--")):
            assert option in shown, f"{page}: {line}: no option {option}"
        return
    module = ROOT.joinpath(*words[2].split("."))
    assert module.with_suffix(".py").is_file() or (module / "__main__.py").is_file()


def known(path: list[str]) -> set[str]:
    command = main
    for name in path:
        command = command.commands[name]  # type: ignore[assignment]  # groups all the way
    return set(getattr(command, "commands", {}))


@pytest.mark.parametrize("page", [*PAGES, ROOT / "benchmarks/README.md"], ids=lambda p: p.name)
def test_no_figure_is_left_to_be_filled_in(page: Path) -> None:
    assert not re.search(r"^[A-Z_]{8,}$|RATE_|\(run make", page.read_text(), flags=re.M)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text()):
        if not target.startswith(("http:", "https:")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_the_changelog_is_of_this_version() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text()
    project = (ROOT / "pyproject.toml").read_text()
    top = re.search(r"^## (\S+)", changelog, flags=re.M)
    version = re.search(r'^version = "(.*)"', project, flags=re.M)
    assert top
    assert version
    assert top[1] == version[1]
