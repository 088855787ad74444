"""The API against its own description: schemathesis sends what openapi.json allows and what it doesn't.

It knows a case, its file and the branch, so that it gets past the first look. The suite takes a small bite; `make fuzz`
goes on for long.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.api.calls import Program
from tests.people import at_stage, take

EXAMPLES = int(os.environ.get("WENGUO_FUZZ", "0"))  # of each operation; `make fuzz` says how many
# Who may take a step, and the rules between its fields, no schema can say: 403 and 422 may also answer what the
# description allows. And a version that has passed (412) may be told before what is wrong with the body.
CONFIG = """
dictionaries.branch.values = ["HZ"]
dictionaries.phone.values = ["13800138000", "13900139000"]
dictionaries.plate.values = ["浙A12345", "浙B12345"]
dictionaries.vin.values = ["LX0GA41C9M0012845", "LSVAU2180N2183294"]
[checks.negative_data_rejection]
expected-statuses = [400, 401, 403, 404, 405, 406, 409, 412, 413, 415, 422]
[checks.positive_data_acceptance]
expected-statuses = [200, 201, 403, 404, 409, 412, 422]
[parameters]
"path.number" = "{number}"
"path.evidence" = "{file}"
"body.branch" = {{ dictionary = "branch", probability = 0.9 }}
"body.phone" = {{ dictionary = "phone", probability = 0.5 }}
"body.plate" = {{ dictionary = "plate", probability = 0.5 }}
"body.vin" = {{ dictionary = "vin", probability = 0.5 }}
"""


def test_nothing_that_the_description_allows_or_forbids_is_answered_otherwise_than_it_says(served, tmp_path):
    file = Program("alice").upload().json()["id"]
    case = take(at_stage("planning"), "evidence_added", by="alice", files=[str(file)])
    config = tmp_path / "schemathesis.toml"
    config.write_text(CONFIG.format(number=case.number, file=file), "utf-8")
    found = subprocess.run(
        [
            Path(sys.executable).with_name("schemathesis"), "--config-file", config,
            "run", f"{served}/api/v1/openapi.json", "-H", f"Authorization: Bearer {Program('bob').token}",
            "--checks", "all", "--continue-on-failure", "--no-color", "--warnings", "off", "--seed", "7",
            "--phases", "examples,coverage,fuzzing" if EXAMPLES else "examples,fuzzing",
            "--max-examples", str(EXAMPLES or 1),
        ],
        capture_output=True, text=True, cwd=tmp_path,
    )  # fmt: skip
    assert found.returncode == 0, found.stdout[-6000:] + found.stderr
    counted = re.search(r"(\d+) generated, (\d+) passed", found.stdout)
    assert counted and counted[1] == counted[2] and int(counted[1]) > 50, found.stdout
