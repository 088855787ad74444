"""What docs/webhooks.md shows is what happens."""

import re
import time
from pathlib import Path

from tests.notify.telling import SECRET, opened, outlet, post
from wenguo.notify.failures import WORDS, words
from wenguo.notify.outlets import KINDS

DOCS = Path(__file__).resolve().parents[2] / "docs"


def test_the_example_knows_a_genuine_message_from_a_forged_changed_or_old_one(database, sink, monkeypatch):
    page = (DOCS / "webhooks.md").read_text("utf-8")
    example: dict = {}
    exec(re.search(r"```python\n(.*?)```", page, re.DOTALL)[1], example)
    outlet("webhook", sink.url())
    opened()
    post()
    (came,) = sink.came
    assert example["genuine"](SECRET, came.headers, came.body)
    assert not example["genuine"]("another secret of ours", came.headers, came.body)
    assert not example["genuine"](SECRET, came.headers, came.body + b" ")
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 600)
    assert not example["genuine"](SECRET, came.headers, came.body)


def test_every_key_of_a_message_is_described(database, sink):
    page = (DOCS / "webhooks.md").read_text("utf-8")
    outlet("webhook", sink.url())
    opened()
    post()
    assert [key for key in sink.came[0].told if f"`{key}`" not in page] == []


def test_every_kind_and_every_failure_has_a_word():
    assert len(KINDS) == 5 and all(words(code) for code in WORDS)
    assert words("status 502").endswith("(502)") and words("smtp 451").endswith("(451)") and words("?") == "?"
