"""The functions of skafos 0.3.0, for code that was written for it: change only the import.

    from scailable import skafos
    from scailable.skafos import models

    models.upload_version("faces.onnx", description="First try.")
    skafos.summary(compact=True)

Names, arguments and results are those of skafos; `skafos_api_token`, `org_name`, `app_name` and
`model_name` are keywords of each call, else `SKAFOS_API_TOKEN` and so on, else the profile. What
differs:

* where the service is comes from the usual settings (`SCAILABLE_BASE_URL`, ...), and without an
  API token the session of the profile is used;
* archives are made while they are sent, are the same for the same files, and never hold names
  that lead out of a folder; the token is not sent to where they are stored;
* `fetch_version` also takes `path` and `unzip`, and returns the path;
* every error is a `ScailableError` with the server's words; where skafos let errors of `requests`
  out, they are those of this library.

New code is better off with `scailable.Client().skafos`.
"""

from scailable.skafos import exceptions, models
from scailable.skafos.discovery import get_version, summary

__all__ = ["exceptions", "get_version", "models", "summary"]
