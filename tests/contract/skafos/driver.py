"""Runs inside the environment of the published client; this project is not importable here.

Reads one call a line from standard input, as JSON with `call` (dotted), `args` and `kwargs`, and
answers each with one line: `result` or `raised` and its `words`, and what was `printed`.
"""

import contextlib
import io
import json
import os
import sys


def main(base_url: str) -> None:
    calls = os.fdopen(os.dup(0))
    answers = sys.stdout

    import skafos  # type: ignore[import-not-found]  # only in that environment
    from skafos import models, utilities

    # The constants were imported by value into each module. The client decides what it raises by
    # the words `download` and `deploy` in the address.
    models.API_BASE_URL = utilities.API_BASE_URL = f"{base_url}/skafos/v2"
    models.DOWNLOAD_BASE_URL = f"{base_url}/skafos/download/v2"

    for line in calls:
        request = json.loads(line)
        printed = io.StringIO()
        answer = {}
        function = skafos
        for name in request["call"].split("."):
            function = getattr(function, name)
        with contextlib.redirect_stdout(printed):
            try:
                answer["result"] = function(*request["args"], **request["kwargs"])
            except Exception as error:
                answer["raised"], answer["words"] = type(error).__name__, str(error)
        answers.write(json.dumps({**answer, "printed": printed.getvalue()}) + "\n")
        answers.flush()


if __name__ == "__main__":
    main(sys.argv[1])
