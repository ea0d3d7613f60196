# SPDX-FileCopyrightText: Melder contributors
# SPDX-License-Identifier: EUPL-1.2
"""What the outside tests share: a fresh server is set up over its own API, with Python's own library alone.

`cargo xtask test` starts `melder serve` on an empty folder and says where it is (xtask/src/outside.rs).
"""

import json
import os
import urllib.request

#: Where the server listens, without a slash at the end.
SERVER = os.environ.get("MELDER_SERVER", "").rstrip("/")


def call(method, path, body=None, token=None):
    """One request; its answer, or an exception."""
    headers = {"Content-Type": "application/json"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(SERVER + path, data=data, headers=headers, method=method)
    with urllib.request.urlopen(request, timeout=60) as answer:
        text = answer.read()
    return json.loads(text) if text else None


def set_up():
    """The first organisation; its owner's token."""
    body = {"token": os.environ["MELDER_SETUP"], "organisation": "Musterstadt"}
    return call("POST", "/v1/admin/setup", body)["owner_token"]


def token(owner, scope):
    """A narrower token."""
    body = {"name": scope, "scopes": [scope]}
    return call("POST", "/v1/admin/tokens", body, owner)["text"]


def tell(passed, failed):
    """The line that is counted."""
    print(f"outside result: {passed} passed; {failed} failed", flush=True)
