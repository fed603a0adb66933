"""What is loaded when, and what SCAILABLE_LOG and SCAILABLE_HTTP do."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def run(code: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=ROOT,
        env={**os.environ, **environ},
        capture_output=True,
        text=True,
    )


def loaded_by(code: str) -> set[str]:
    got = run(f"import sys\n{code}\nprint(*sys.modules)")
    assert got.returncode == 0, got.stderr
    return set(got.stdout.split())


def test_errors_and_settings_need_no_http_library() -> None:
    modules = loaded_by("import scailable.errors, scailable.config, scailable.runtime.call")
    assert modules.isdisjoint({"httpx", "httpx2", "asyncio", "ssl", "filelock", "keyring"})


def test_sync_transport_needs_no_asyncio_of_ours() -> None:
    modules = loaded_by("import scailable.credentials")
    assert modules.isdisjoint({"filelock", "keyring", "scailable.runtime._async.transport"})


def test_plain_http_loads_no_authorities() -> None:
    code = """
import ssl
ssl.SSLContext.load_verify_locations = ssl.SSLContext.load_default_certs = None
from scailable.errors import ConnectionFailed
from scailable.runtime._sync.transport import Transport
from scailable.runtime.call import Call
from scailable.runtime.retry import Retry
call = Call(service="auth", operation="x", method="GET", path="/")
try:
    Transport("http://127.0.0.1:1", retry=Retry(attempts=1)).send(call)
except ConnectionFailed:
    print("refused")
"""
    got = run(code)
    assert got.stdout == "refused\n", got.stderr


TRY = """
from scailable.errors import ScailableError
try:
    from scailable.runtime._sync.transport import Transport
    from scailable.runtime.call import Call
    from scailable.runtime.retry import Retry
    call = Call(service="auth", operation="x", method="GET", path="/")
    Transport("http://127.0.0.1:1", retry=Retry(attempts=1)).send(call)
except ScailableError as error:
    print(type(error).__name__)
"""


@pytest.mark.parametrize(
    ("name", "value", "raised"),
    [
        ("SCAILABLE_HTTP", "requests", "ConfigError"),
        ("SCAILABLE_HTTP", "httpx", "ConnectionFailed"),
        ("SCAILABLE_LOG", "loud", "ConfigError"),
    ],
)
def test_variables(name: str, value: str, raised: str) -> None:
    assert run(TRY, **{name: value}).stdout == f"{raised}\n"


def test_forced_library_that_is_missing() -> None:
    block = "import sys\nsys.modules['httpx2'] = None\n"
    assert run(block + TRY, SCAILABLE_HTTP="httpx2").stdout == "MissingExtraError\n"
    assert run(block + TRY, SCAILABLE_HTTP="").stdout == "ConnectionFailed\n"


def test_log_goes_to_stderr_when_asked() -> None:
    quiet = run(TRY, SCAILABLE_LOG="")
    assert quiet.stderr == ""
    told = run(TRY, SCAILABLE_LOG="info")
    assert "INFO GET http://127.0.0.1:1/auth/ failed" in told.stderr
