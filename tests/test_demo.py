"""The demo: shows what comes out, ends by itself, and leaves no process behind."""

import re
import signal
import subprocess
import sys
import time

import psutil
import pytest

from models.artifact import load
from models.events import Article
from streams import lifeline
from streams.decode import Rejection, decode_article
from streams.demo import BROKEN, demo_articles

COMMAND = [sys.executable, "-m", "streams", "demo"]


def test_the_articles_are_many_long_and_of_many_pairs() -> None:
    decoded = [decode_article(value) for value in demo_articles()]
    articles = [article for article in decoded if isinstance(article, Article)]
    assert sum(isinstance(each, Rejection) for each in decoded) == len(BROKEN) == 5
    assert len(articles) >= 60
    assert all(150 <= len(article.text.split()) <= 400 for article in articles)
    assert len({article.id for article in articles}) == len(articles)


def test_the_tags_name_many_pairs_and_themes() -> None:
    decoded = [decode_article(value) for value in demo_articles()]
    tags = load().tag_many([each for each in decoded if isinstance(each, Article)])
    assert len({found.pair for each in tags for found in each.relations}) >= 20
    assert len({theme.code for each in tags for theme in each.themes}) >= 35


def test_a_child_that_says_nothing_in_time_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lifeline, "FIRST_LINE_WITHIN_S", 0.01)
    with lifeline.running("broker") as (child, line):
        assert line == ""
        assert child.wait(10) == -signal.SIGKILL


def test_it_ends_by_itself_with_a_summary() -> None:
    done = subprocess.run(COMMAND, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    output = done.stdout.decode()
    assert done.returncode == 0, output + done.stderr.decode()
    summary = re.search(
        r"received (\d+), tagged (\d+), rejected (\d+); (\d+) articles a second; "
        r"latency median (\d+) ms, 99th percentile (\d+) ms",
        output,
    )
    assert summary, output
    received, tagged, rejected, *_ = map(int, summary.groups())
    assert (tagged, rejected) == (received - 5, 5)
    assert re.search(r"semiconductors \d\.\d\d", output)
    assert re.search(r"KOR.USA \w+_cooperation", output)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_however_it_ends_its_children_end_too(number: signal.Signals) -> None:
    # A test run in a shell's background ignores SIGINT, and what it starts would too.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with subprocess.Popen(
        [*COMMAND, "--rate", "1"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as demo:
        children: list[psutil.Process] = []
        while not any("worker" in child.cmdline() for child in children):
            assert demo.poll() is None
            time.sleep(0.1)
            children = psutil.Process(demo.pid).children(recursive=True)
        demo.send_signal(number)
        demo.wait(30)
    _, alive = psutil.wait_procs(children, timeout=30)
    assert alive == []
