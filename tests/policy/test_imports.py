"""What a pack says of tables from elsewhere: every slip is named by file and line."""

import pytest

from tests.policy.planting import PackCopy
from wenguo.policy.load import default_pack
from wenguo.reports.kinds import columns

FILE = "imports.toml"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('staff = ["administrator"]', 'staff = ["janitor"]', "unknown role 'janitor'"),
        ('takes_over = "taken_over"', 'takes_over = "assigned"', "no step 'assigned' of 'complaint' opens a case"),
        ("history_days = 60", "history_days = 0", "a complaint isn't history on its first day"),
        ("[titles.customers]", "[titles.clients]", "unknown kind of table 'clients'"),
        ("[words.source]", "[words.sources]", "unknown list of codes 'sources'"),
        ('\nforum = ["', '\nfora = ["', "unknown code of 'source' 'fora'"),
        ('\norder_no = ["', '\norder = ["', "unknown column 'order'"),
        ("history_days = 60", "history_day = 60", "unknown key 'history_day'"),
        ('severity]\nordinary = ["普通"', 'severity]\nordinary = [1', "'words.severity' must be { key = [words] }"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(tmp_path, old, new, message):
    copy = PackCopy(tmp_path)
    path = copy.folder / FILE
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    assert any(fault.startswith(f"auto_dealer/{FILE}:") and message in fault for fault in copy.faults()), copy.faults()


def test_a_second_opening_step_is_only_for_what_takes_over(tmp_path):
    copy = PackCopy(tmp_path)
    (copy.folder / FILE).unlink()
    assert any("a case is opened by 'registered' already" in fault for fault in copy.faults())


def test_no_two_columns_of_a_kind_have_the_same_title():
    for kind in ("complaints", "customers", "vehicles", "visits", "staff"):
        for language in ("zh", "en"):
            words = [one.label.word(language) for one in columns(default_pack(), kind)]
            assert len(set(words)) == len(words), words
