# SPDX-FileCopyrightText: Melder contributors
# SPDX-License-Identifier: EUPL-1.2
"""The public SCIM conformance checks (scim2-tester) against a running server, with a directory's token."""

import sys

from common import SERVER, set_up, tell, token
from httpx2 import Client
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_tester import Status, check_server

#: What is no failure: conformant, or not asked of this server by its own configuration.
GOOD = (Status.SUCCESS, Status.COMPLIANT, Status.ACCEPTABLE)


def main():
    directory = token(set_up(), "directory")
    headers = {"Authorization": f"Bearer {directory}"}
    with Client(base_url=f"{SERVER}/v1/scim/v2", headers=headers, timeout=60) as http:
        results = check_server(SyncSCIMClient(http))
    passed = failed = 0
    for result in results:
        if result.status in GOOD:
            passed += 1
        else:
            failed += 1
            kind = result.resource_type or ""
            print(f"FAIL [scim] {result.status.name} {result.title} {kind}: {result.reason}\n    {result.data}")
    tell(passed, failed)
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
