"""A command line with a config folder of its own, a cloud to talk to, and somebody signed in."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.shell import Shell
from tests.digits import DIGITS


@pytest.fixture(scope="session")
def server_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A cloud for all tests; they do not see each other, having each an organisation."""
    from scailable.cloud.embedded import EmbeddedCloud

    with EmbeddedCloud(tmp_path_factory.mktemp("cloud"), registrations=10_000) as cloud:
        yield cloud.url


@pytest.fixture
def offline(tmp_path: Path) -> Shell:
    """A command line whose server is not there."""
    return Shell(
        {
            "SCAILABLE_CONFIG_DIR": str(tmp_path / "config"),
            # The discard port: nothing listens there.
            "SCAILABLE_BASE_URL": "http://127.0.0.1:9",
        }
    )


@pytest.fixture
def stranger(server_url: str, tmp_path: Path) -> Shell:
    """A command line with a cloud, where nobody is signed in."""
    return Shell(
        {"SCAILABLE_CONFIG_DIR": str(tmp_path / "config"), "SCAILABLE_BASE_URL": server_url}
    )


@pytest.fixture
def shell(stranger: Shell) -> Shell:
    """A command line with a cloud, signed in."""
    stranger.register()
    return stranger


@pytest.fixture
def model(shell: Shell) -> str:
    """The UUID of a converted model named `digits`."""
    return shell.ok("models", "upload", DIGITS, "--name", "digits", "--wait", "-q").out.strip()
