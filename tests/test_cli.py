"""The command line: what it does, and that a mistake gets a sentence and an exit code, never a traceback."""

import hashlib
import json
import subprocess
import sys
from datetime import timedelta

import pytest
from django.contrib.auth import authenticate
from django.db import connection

from tests.databases import Database
from tests.people import NOW, actor, at_stage
from tests.record import without_entry
from tests.serving import ROOT, wenguo
from wenguo.cases import triggers
from wenguo.cases.models import Case, Clock, Entry, Notice
from wenguo.cli import main
from wenguo.people.businessclock import now
from wenguo.people.models import Amendment, Branch, Staff, Token

ON_EITHER = pytest.mark.parametrize("vendor", ["sqlite"], indirect=True)  # where the database makes no difference


def refusal(capsys, *arguments: str) -> str:
    """What the command says when it refuses."""
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    assert ended.value.code == 1
    said = capsys.readouterr().err
    assert said.startswith("wenguo: ") and "Traceback" not in said
    return said


def printed(capsys, *arguments: str) -> str:
    capsys.readouterr()
    main(list(arguments))
    return capsys.readouterr().out


# ---- the working calendar ----


@ON_EITHER
def test_the_calendar_is_shown_of_the_country_and_of_a_branch_and_filled_in(own_database, capsys):
    country = printed(capsys, "calendar", "--year", "2026")
    assert "2026-10-01  周四 Thu  休 rest  国庆节" in country and "2026-10-10  周六 Sat  班 work" in country
    shop = printed(capsys, "calendar", "--branch", "HZ", "--year", "2026")
    assert "行业默认" in shop and "2026-10-10  周六 Sat  08:30-18:00" in shop
    assert "2025: 33" in printed(capsys, "calendar", "seed", "--year", "2025")
    assert "days added: 0" in printed(capsys, "calendar", "seed", "--year", "2025")
    assert "2025-02-08" in printed(capsys, "calendar", "--year", "2025")
    assert "2099" in refusal(capsys, "calendar", "seed", "--year", "2099")
    assert "HZ" in refusal(capsys, "calendar", "--branch", "XX")


# ---- branches, staff and tokens ----


def test_an_empty_installation_gets_its_first_branch_and_person_from_the_command_line(empty_database, monkeypatch):
    monkeypatch.setenv("WENGUO_NEW_PASSWORD", "a long way home")
    main(["branch", "add", "G1", "--name", "澄远集团", "--name-en", "Chengyuan"])
    main(["branch", "add", "HZ", "--name", "杭州店", "--parent", "G1"])
    main(["user", "add", "zhang", "--role", "service_manager", "--branch", "HZ"])
    group, shop = Branch.objects.order_by("id")
    assert (shop.path, shop.pack, shop.parent) == (f"/{group.pk}/{shop.pk}/", "auto_dealer", group)
    assert [one.code for one in actor("zhang", now()).branches()] == ["HZ"]


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["HZ", "--name", "x", "--parent", "G1"], "HZ"),
        (["N1", "--name", "x"], "--parent"),
        (["N1", "--name", "x", "--parent", "XX"], "HZ"),  # it names those that there are
        (["新店", "--name", "x", "--parent", "G1"], "letters and digits"),
    ],
)
def test_a_branch_that_can_not_be_is_refused(database, capsys, arguments, why):
    before = Branch.objects.count()
    assert why in refusal(capsys, "branch", "add", *arguments)
    assert Branch.objects.count() == before


def test_a_new_staff_member_can_sign_in_and_holds_the_role(database, monkeypatch, capsys):
    monkeypatch.setenv("WENGUO_NEW_PASSWORD", "a long way home")
    main(["user", "add", "zhang", "--role", "reception", "--branch", "HZ", "--name", "张小雨"])
    staff = authenticate(username="zhang", password="a long way home")
    assert staff is not None and staff.name == "张小雨"
    assert actor("zhang", now()).roles_at(Branch.objects.get(code="HZ")) == {"reception"}


def test_no_password_ever_stands_in_the_record(database, monkeypatch):
    monkeypatch.setenv("WENGUO_NEW_PASSWORD", "a long way home")
    main(["user", "add", "zhang", "--role", "reception", "--branch", "HZ"])
    staff = Staff.objects.get(username="zhang")
    for amendment in Amendment.objects.all():
        told = amendment.body + "".join(amendment.private.values_list("value", flat=True))
        assert "scrypt" not in told and staff.password not in told


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["alice", "--role", "reception", "--branch", "HZ"], "alice"),
        (["zhang", "--role", "sorcerer", "--branch", "HZ"], "service_manager"),  # it names those that there are
        (["zhang", "--role", "reception", "--branch", "XX"], "HZ"),
    ],
)
def test_a_wrong_name_role_or_branch_is_told(database, monkeypatch, capsys, arguments, why):
    monkeypatch.setenv("WENGUO_NEW_PASSWORD", "a long way home")
    assert why in refusal(capsys, "user", "add", *arguments)
    assert not Staff.objects.filter(username="zhang").exists()


def test_a_weak_password_is_refused(database, monkeypatch, capsys):
    monkeypatch.setenv("WENGUO_NEW_PASSWORD", "12345")
    refusal(capsys, "user", "add", "zhang", "--role", "reception", "--branch", "HZ")
    assert not Staff.objects.filter(username="zhang").exists()


@ON_EITHER
def test_without_a_terminal_and_without_a_password_nobody_is_added(own_database):
    done = wenguo(own_database, "user", "add", "zhang", "--role", "reception", "--branch", "HZ")
    assert done.returncode == 1 and "WENGUO_NEW_PASSWORD" in done.stderr


def test_a_token_is_printed_and_only_its_hash_kept(database, capsys):
    token = printed(capsys, "token", "alice").strip()
    kept = Token.objects.get()
    assert kept.digest == hashlib.sha256(token.encode()).hexdigest() and kept.staff.username == "alice"
    assert len(token) >= 32
    assert "nobody" in refusal(capsys, "token", "nobody")


# ---- packs ----


@ON_EITHER
def test_the_packs_that_ship_have_no_faults(database, capsys):
    assert printed(capsys, "pack", "check") == ""


@ON_EITHER
def test_a_faulty_pack_is_told_with_file_and_line(database, tmp_path, capsys):
    source = ROOT / "wenguo" / "packs" / "auto_dealer"
    for path in source.rglob("*.toml"):
        target = tmp_path / "auto_dealer" / path.relative_to(source)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(path.read_text().replace('then = { assigned = "investigating" }', 'then = { a = "nowhere" }'))
    with pytest.raises(SystemExit) as ended:
        main(["pack", "check", str(tmp_path / "auto_dealer")])
    told = capsys.readouterr().out
    assert ended.value.code == 1 and "processes/complaint.toml:" in told and "nowhere" in told


@ON_EITHER
def test_a_folder_without_a_pack_is_told(database, tmp_path, capsys):
    assert "pack.toml" in refusal(capsys, "pack", "check", str(tmp_path))


@ON_EITHER
def test_a_process_is_drawn_and_a_step_explained(database, capsys):
    assert printed(capsys, "pack", "diagram", "auto_dealer", "complaint").startswith("stateDiagram-v2\n")
    told = printed(capsys, "explain", "not_satisfied", "--branch", "HZ")
    assert "complaint.toml:" in told


@ON_EITHER
@pytest.mark.parametrize(
    "arguments",
    [
        ["pack", "diagram", "no_pack", "complaint"],
        ["pack", "diagram", "auto_dealer", "no_process"],
        ["explain", "no_verb"],
        ["explain", "closed", "--pack", "no_pack"],
        ["explain", "closed", "--process", "no_process"],
        ["explain", "closed", "--branch", "no_branch"],
    ],
)
def test_an_unknown_word_is_answered_with_those_that_there_are(database, capsys, arguments):
    assert "there is: " in refusal(capsys, *arguments)


# ---- the loops, once ----


def test_tick_and_send_take_one_round(database, capsys):
    case = at_stage("receiving", now=now() - timedelta(days=60))
    rungs = {clock.kind: clock for clock in case.clocks.all()}
    assert " taken" in (said := printed(capsys, "tick")) and "0 taken" not in said
    assert Entry.objects.filter(case=case, verb="overdue").count() == len(rungs)
    assert "0 taken" in printed(capsys, "tick")
    bells = Notice.objects.count()
    assert f"{bells} bells rung, 0 messages" in printed(capsys, "send")


# ---- routes ----


@ON_EITHER
def test_every_route_says_its_methods_and_who_may_call_it(database, capsys):
    told = json.loads(printed(capsys, "routes", "--json"))
    by_path = {route["path"]: route for route in told}
    assert by_path["/"]["who"] == "staff" and by_path["/login/"]["who"] == "anyone"
    assert by_path["/healthz"]["methods"] == ["GET", "HEAD"]
    assert by_path["/api/v1/cases/{number}/steps/not_satisfied"] == {
        "path": "/api/v1/cases/{number}/steps/not_satisfied", "methods": ["POST"], "who": "token",
        "name": "step_not_satisfied",
    }  # fmt: skip
    assert by_path["/api/v1/openapi.json"]["who"] == "anyone"
    clocks, lookup = by_path["/api/v1/cases/{number}/clocks"], by_path["/api/v1/lookup"]
    assert (clocks["methods"], lookup["methods"], lookup["who"]) == (["GET", "HEAD"], ["POST"], "token")
    assert all(route["methods"] and route["who"] in ("staff", "token", "anyone", "monitoring") for route in told)


# ---- sample data ----


def test_sample_data_fills_an_empty_database_through_the_door_and_no_other(empty_database):
    done = wenguo(empty_database, "demo", "--cases", "4", "--seed", "7", WENGUO_DEMO_PASSWORD="very-own-password")
    assert (done.returncode, done.stderr) == (0, "")
    assert Case.objects.count() == 4 and without_entry() == []
    assert authenticate(username="manager", password="very-own-password")
    again = wenguo(empty_database, "demo")
    assert again.returncode == 1 and "Traceback" not in again.stderr
    assert Case.objects.count() == 4


# ---- mistakes ----


@ON_EITHER
@pytest.mark.parametrize("arguments", [[], ["nonsense"], ["serve", "--port", "99999"], ["demo", "--cases", "none"]])
def test_a_command_that_is_not_understood_ends_with_two(database, capsys, arguments):
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2


def test_a_database_out_of_reach_is_told(tmp_path):
    nowhere = Database("postgresql", tmp_path, "postgres://app:x@127.0.0.1:1/none")
    code = "from wenguo.jobs import schema; schema.PATIENCE = 1; from wenguo.cli import main; main(['tick'])"
    done = subprocess.run(
        [sys.executable, "-c", f"import os; os.environ['DJANGO_SETTINGS_MODULE'] = 'wenguo.settings'\n"
         f"import django; django.setup()\n{code}"],
        env=nowhere.environment(), cwd=ROOT, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 1
    assert "waiting for the database" in done.stdout and "Traceback" not in done.stderr


def test_a_data_folder_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    home = Database("sqlite", tmp_path / "file" / "home")
    done = wenguo(home, "tick")
    assert done.returncode == 1 and "Traceback" not in done.stderr


@ON_EITHER
def test_a_reader_that_has_seen_enough_is_no_error(own_database):
    done = subprocess.run(
        f"'{sys.executable}' -m wenguo routes --json | head -1", shell=True, cwd=ROOT, env=own_database.environment(),
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.stderr == ""


def test_the_time_given_for_tests_is_only_taken_in_tests(own_database):
    at_stage("receiving")
    due = Clock.objects.order_by("due_at")[0].due_at
    early = {"WENGUO_NOW": (due - timedelta(hours=1)).isoformat()}
    assert "0 taken" in wenguo(own_database, "tick", **early).stdout
    assert "0 taken" not in wenguo(own_database, "tick", WENGUO_TEST="0", **early).stdout
    assert Entry.objects.filter(verb="overdue", at__gt=NOW).exists()


# ---- seals, audit, anchors, proofs ----


@ON_EITHER
def test_the_audit_says_that_all_is_well_or_names_the_first_bad_row(empty_database, capsys, tmp_path, monkeypatch):
    monkeypatch.setenv("WENGUO_NEW_PASSWORD", "a long way home")
    main(["branch", "add", "HZ", "--name", "杭州店"])
    main(["user", "add", "zhang", "--role", "reception", "--branch", "HZ"])
    kept = tmp_path / "anchor.txt"
    assert "已写入" in printed(capsys, "audit", "anchor", str(kept))
    assert "记录完整" in printed(capsys, "audit", "verify", "--anchor", str(kept))
    Branch.objects.update(name="绍兴店")
    with pytest.raises(SystemExit) as ended:
        main(["audit", "verify"])
    said = capsys.readouterr().out
    assert ended.value.code == 1
    assert said.startswith("branch 1: “name”与变更记录不符") and "the record is not whole" in said


@ON_EITHER
def test_the_audit_says_which_triggers_are_missing_and_puts_none_back(own_database, capsys):
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER cases_seal_delete")
    with pytest.raises(SystemExit):  # the tests' dealer group was made past amend(), which it finds as well
        main(["audit", "verify"])
    assert "missing: cases_seal_delete" in capsys.readouterr().out
    assert triggers.installed(connection) == ["cases_seal_delete"]


@ON_EITHER
def test_an_anchor_is_never_overwritten_and_what_is_none_is_refused(database, capsys, tmp_path):
    at_stage("receiving")
    kept, other = tmp_path / "anchor.txt", tmp_path / "other.txt"
    main(["audit", "anchor", str(kept)])
    assert "exists already" in refusal(capsys, "audit", "anchor", str(kept))
    other.write_text("no anchor", "utf-8")
    assert "no anchor of wenguo" in refusal(capsys, "audit", "verify", "--anchor", str(other))
    assert "No such file" in refusal(capsys, "audit", "verify", "--anchor", str(tmp_path / "none.txt"))


@ON_EITHER
def test_where_nothing_is_sealed_there_is_no_anchor_to_be_written(empty_database, capsys, tmp_path):
    assert "nothing is sealed yet" in refusal(capsys, "audit", "anchor", str(tmp_path / "anchor.txt"))


@ON_EITHER
def test_a_proof_is_written_and_checked(database, capsys, tmp_path):
    case = at_stage("receiving")
    kept, proof = str(tmp_path / "anchor.txt"), tmp_path / "proof.json"
    main(["audit", "anchor", kept])
    printed(capsys, "audit", "prove", case.number, str(proof), "--anchor", kept)
    assert "the proof holds" in printed(capsys, "audit", "check", str(proof), "--anchor", kept)
    proof.write_text(proof.read_text("utf-8").replace('"registered"', '"noted"'), "utf-8")
    with pytest.raises(SystemExit) as ended:
        main(["audit", "check", str(proof), "--anchor", kept])
    assert ended.value.code == 1 and f"{case.number} #1" in capsys.readouterr().out
    assert "there is no case" in refusal(capsys, "audit", "prove", "HZ-1", str(tmp_path / "x"), "--anchor", kept)


@ON_EITHER
def test_a_round_of_sealing_by_hand(database, capsys):
    at_stage("receiving")
    assert printed(capsys, "seal") != "封存 · 0 sealed\n"
    assert printed(capsys, "seal") == "封存 · 0 sealed\n"
