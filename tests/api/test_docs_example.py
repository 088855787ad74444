"""The example of docs/api.md is run as it stands there."""

import os
import re
import subprocess
import sys

import pytest

from tests.api.calls import Program
from tests.serving import ROOT
from wenguo.cases.models import Case, Entry
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
