"""Runs inside the environment of the published client; this project is not importable here.

Reads one call a line from standard input, as JSON with `call`, `args` and `kwargs`, and answers
each with one line: `result` or `raised`, and what was `printed`.
"""

import contextlib
import io
import json
import os
import sys


def main(base_url: str) -> None:
    calls = os.fdopen(os.dup(0))
    answers = sys.stdout
    # The client asks for e-mail and password on standard input when its session is over: with
    # nothing to read there it fails instead of taking the next call for the answer.
    sys.stdin = io.StringIO()

    import sclblpy  # type: ignore[import-not-found]  # only in that environment
    from sclblpy import auth, compute, device

    # The constants were imported by value into each module.
    auth.AUTH_MANAGER_URL = f"{base_url}/auth"
    compute.COMPUTE_API_URL = f"{base_url}/cpt"
    device.DEVICE_API_URL = f"{base_url}/dev"

    for line in calls:
        request = json.loads(line)
        printed = io.StringIO()
        answer = {}
        with contextlib.redirect_stdout(printed):
            try:
                function = getattr(sclblpy, request["call"])
                answer["result"] = function(*request["args"], **request["kwargs"])
            except Exception as error:
                answer["raised"] = repr(error)
        answers.write(json.dumps({**answer, "printed": printed.getvalue()}) + "\n")
        answers.flush()


if __name__ == "__main__":
    main(sys.argv[1])
