"""The example of docs/api.md is run as it stands there."""

import json
import os
import re
import subprocess
import sys
from zoneinfo import ZoneInfo

import pytest

from tests.api.calls import Program
from tests.serving import ROOT
from wenguo.cases.models import Case, Entry
from wenguo.people.businessclock import now
from wenguo.people.models import Customer


@pytest.mark.parametrize("vendor", ["sqlite"], indirect=True)
def test_the_example_in_python_does_what_it_says(served, vendor):
    (example,) = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "api.md").read_text("utf-8"), re.S)
    environment = os.environ | {"WENGUO_API": f"{served}/api/v1", "WENGUO_TOKEN": Program("alice").token}
    for _ in range(2):
        ran = subprocess.run([sys.executable, "-c", example], env=environment, capture_output=True, text=True)
        assert ran.returncode == 0, ran.stderr
    case = Case.objects.order_by("-id")[0]
    assert ran.stdout.split() == [case.number, "receiving", "2"]
    assert Customer.objects.get().external_id == "CRM-1001"
    assert Entry.objects.filter(verb="noted").count() == 2


@pytest.mark.parametrize("vendor", ["sqlite"], indirect=True)
def test_the_commands_for_a_shell_do_what_they_say(served, vendor, tmp_path):
    (commands,) = re.findall(r"```sh\n(.*?)```", (ROOT / "docs" / "api.md").read_text("utf-8"), re.S)
    (tmp_path / "photo.jpg").write_bytes(b"\xff\xd8\xff\xe0")
    opened = f"HZ-{now().astimezone(ZoneInfo('Asia/Shanghai')):%Y%m}-0001"
    told = commands.replace("HZ-202611-0001", opened).replace("http://localhost:8000", served)
    told = re.sub(r"^T=.*$", f"T={Program('bob').token}", told, flags=re.M)
    ran = subprocess.run(
        ["bash", "-ec", 'curl() { command curl --silent --show-error --fail-with-body "$@"; echo; }\n' + told],
        cwd=tmp_path, capture_output=True, text=True,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout + ran.stderr
    case, steps, noted, photo = map(json.loads, ran.stdout.splitlines())
    assert case["number"] == noted["number"] == opened
    assert "noted" in [one["verb"] for one in steps["items"]] and photo["name"] == "photo.jpg"
