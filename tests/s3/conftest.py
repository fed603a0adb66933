"""An S3 server that checks signatures, and clouds that keep their blobs there."""

import os
import secrets
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import obstore
import pytest
from obstore.store import S3Store

from tests.s3.radosgw import Radosgw, missing


@pytest.fixture(scope="session")
def server() -> Iterator[Radosgw]:
    if programs := missing():
        _do_without(f"not installed: {', '.join(programs)}")
    running = Radosgw()
    try:
        running.start()
    except (AssertionError, OSError, RuntimeError, subprocess.TimeoutExpired) as error:
        # It wants more of a machine than all other tests together: disk, memory, ports.
        _do_without(f"the S3 server did not start: {error}")
    yield running
    running.stop()


def _do_without(reason: str) -> NoReturn:
    """`make test-s3` promises a run; `make test` runs what it can."""
    # Variables of scailable itself are kept away from all tests.
    if os.environ.get("TEST_S3"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session", autouse=True)
def environment(server: Radosgw) -> Iterator[None]:
    """The variables by which an S3 client finds the server."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("HTTP_PROXY", "http_proxy", "AWS_SESSION_TOKEN"):
            patch.delenv(name, raising=False)
        for name, value in server.environment.items():
            patch.setenv(name, value)
        yield


@pytest.fixture
def bucket(server: Radosgw) -> str:
    """A new bucket, as the setting names it."""
    name = f"tests-{secrets.token_hex(6)}"
    server.make_bucket(name)
    return f"s3://{name}/some/prefix"


@pytest.fixture
def store(bucket: str) -> S3Store:
    """The bucket as somebody else's client sees it."""
    name, _, prefix = bucket.removeprefix("s3://").partition("/")
    return S3Store(name, prefix=prefix, client_options={"allow_http": True})


def keys(store: S3Store) -> list[str]:
    """Everything that is in the bucket, but the note of whose it is."""
    found = sorted(item["path"] for batch in obstore.list(store) for item in batch)
    assert found.count("owner") == 1
    return [path for path in found if path != "owner"]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"
