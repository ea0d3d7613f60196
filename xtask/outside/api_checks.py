# SPDX-FileCopyrightText: Melder contributors
# SPDX-License-Identifier: EUPL-1.2
"""A check of our own, beside the tester's.

422 says either that a request has not the shape that the document asks for, or that it makes no sense ("a guest stays at
most two years"): no schema can say the latter. So the tester's own check of right requests lets 422 pass (api.toml), and
this one looks whether it was the shape.
"""

import schemathesis

#: What the server's reader of JSON and of queries says, before anything is looked at.
SHAPE = (" at line ", "Failed to deserialize", "missing field", "unknown field", "unknown variant", "invalid type")
#: A schema can't say which days there are, nor that they are of our time; and for it, 71.0 is a whole number.
BEYOND = ("expected a time like", "invalid type: floating point")


@schemathesis.check
def right_shape_is_taken(ctx, response, case):
    """Whatever fits the document is never refused for its shape."""
    meta = case.meta
    if meta is None or not meta.generation.mode.is_positive or response.status_code != 422:
        return
    message = response.json().get("message", "")
    if any(word in message for word in SHAPE) and not any(word in message for word in BEYOND):
        raise AssertionError(f"it fits the document, and was refused for its shape: {message}")
