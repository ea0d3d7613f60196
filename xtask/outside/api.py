# SPDX-FileCopyrightText: Melder contributors
# SPDX-License-Identifier: EUPL-1.2
"""Requests made up from the OpenAPI document that the server serves (schemathesis), as an owner.

Right and wrong ones: no server error, an answer that is as the document says, wrong input refused, right input taken,
nothing without a token. The same seed makes up the same requests. api.toml says what is left out, and why.
"""

import os
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from datetime import UTC, datetime, timedelta
from pathlib import Path

from common import SERVER, call, set_up, tell

HERE = Path(__file__).parent


def furnish(owner):
    """Something to find: the tester takes ids out of answers."""
    unit = call("POST", "/v1/admin/units", {"name": "Ordnungsamt"}, owner)["id"]
    ends = datetime.now(UTC) + timedelta(days=90)
    operation = {"name": "Europawahl", "ends": ends.strftime("%Y-%m-%d")}
    operation = call("POST", "/v1/admin/operations", operation, owner)["id"]
    for name in ("Ada König", "Bo Adam"):
        account = {"kind": "staff", "name": name, "unit": unit}
        account = call("POST", "/v1/admin/accounts", account, owner)["id"]
        call("POST", f"/v1/admin/accounts/{account}/invitations", {}, owner)
    group = {"kind": "channel", "name": "Lage", "rules": {"units": [{"unit": unit}]}}
    call("POST", "/v1/admin/groups", group, owner)
    call("POST", "/v1/admin/admins", {"name": "Cem", "roles": [{"role": "owner"}]}, owner)


def main():
    owner = set_up()
    furnish(owner)
    command = [
        str(Path(sys.executable).parent / "schemathesis"),
        "--config-file",
        str(HERE / "api.toml"),
        "run",
        f"{SERVER}/v1/openapi.json",
        "--report",
        "junit,ndjson",
        "--report-dir",
        "report",
        "--report-junit-path",
        "report/junit.xml",
        *sys.argv[1:],
    ]
    environment = {**os.environ, "MELDER_TOKEN": owner, "SCHEMATHESIS_HOOKS": str(HERE / "api_checks.py")}
    ended = subprocess.run(command, env=environment, check=False)
    cases = list(ElementTree.parse("report/junit.xml").getroot().iter("testcase"))
    bad = [case for case in cases if case.find("failure") is not None or case.find("error") is not None]
    tell(len(cases) - len(bad), len(bad))
    return ended.returncode


if __name__ == "__main__":
    sys.exit(main())
