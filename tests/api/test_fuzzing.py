"""The API against its own description: schemathesis sends what openapi.json allows and what it doesn't.

The suite takes a small bite of it on one database; `make fuzz` goes on for long, on both.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.api.calls import Program
from tests.people import at_stage

EXAMPLES = int(os.environ.get("WENGUO_FUZZ", "0"))  # of each operation; `make fuzz` says how many
# Left out: `positive_data_acceptance` (a form has rules between its fields that no schema can say), and what needs
# links between operations, which the description has none of.
LEFT_OUT = "positive_data_acceptance,use_after_free,ensure_resource_availability,object_level_authorization"


@pytest.mark.parametrize("vendor", ["sqlite", "postgresql"] if EXAMPLES else ["sqlite"], indirect=True)
def test_nothing_that_the_description_allows_or_forbids_is_answered_otherwise_than_it_says(served, vendor):
    for stage in ("receiving", "planning", "calling_back"):
        at_stage(stage)
    phases = "coverage,fuzzing" if EXAMPLES else "fuzzing"
    found = subprocess.run(
        [
            Path(sys.executable).with_name("schemathesis"), "run", f"{served}/api/v1/openapi.json",
            "--url", f"{served}/api/v1", "-H", f"Authorization: Bearer {Program('bob').token}",
            "--checks", "all", "--exclude-checks", LEFT_OUT, "--continue-on-failure", "--no-color", "--warnings", "off",
            "--phases", phases, "--max-examples", str(EXAMPLES or 1), "--seed", "7",
        ],
        capture_output=True, text=True, cwd=Path(sys.executable).parent,
    )  # fmt: skip
    assert found.returncode == 0, found.stdout[-4000:] + found.stderr
    counted = re.search(r"(\d+) generated, (\d+) passed", found.stdout)
    assert counted and counted[1] == counted[2] and int(counted[1]) > 50, found.stdout
