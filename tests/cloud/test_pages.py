"""The pages for people."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

import scailable.cloud
from scailable.cloud.embedded import EmbeddedCloud
from scailable.runtime import services
from tests.cloud.conftest import document
from tests.cloud.people import get

SERVICES = {service.name: service.prefix for service in services.SERVICES.values()}


def test_the_first_page_lists_the_services(cloud: EmbeddedCloud) -> None:
    listed = get(f"{cloud.url}/").json()["Services"]
    assert {service["Name"]: service["URL"] for service in listed} == {
        name: f"{prefix}/" for name, prefix in SERVICES.items()
    }
    page = get(f"{cloud.url}/", headers={"Accept": "text/html"})
    for prefix in SERVICES.values():
        assert f'href="{prefix}/openapi.html"' in page.text
    (style,) = re.findall(r'rel="stylesheet" href="([^"]+)"', page.text)
    assert get(f"{cloud.url}{style}").headers["Content-Type"].startswith("text/css")


@pytest.mark.parametrize(("service", "prefix"), SERVICES.items())
def test_every_document_is_served_and_browsable(
    cloud: EmbeddedCloud, service: str, prefix: str
) -> None:
    assert get(f"{cloud.url}{prefix}/openapi.json").json() == document(service)
    assert get(f"{cloud.url}{prefix}/").status_code == 200
    page = get(f"{cloud.url}{prefix}/openapi.html")
    assert page.headers["Content-Security-Policy"].startswith("default-src 'self'")
    links = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert len(links) == 4
    for link in links:
        if link != "data:,":
            assert link.startswith("/static/")
            assert get(f"{cloud.url}{link}").status_code == 200
    assert "<script>" not in page.text  # the policy would refuse it


BROWSER = shutil.which("chromium") or shutil.which("google-chrome")


@pytest.mark.skipif(BROWSER is None, reason="needs Chromium or Chrome")
def test_a_browser_shows_the_operations_of_the_service(
    cloud: EmbeddedCloud, tmp_path: Path
) -> None:
    command = [
        str(BROWSER),
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--enable-logging=stderr",
        "--virtual-time-budget=20000",
        f"--user-data-dir={tmp_path}",
        "--dump-dom",
        f"{cloud.url}/cpt/openapi.html",
    ]
    shown = subprocess.run(command, capture_output=True, text=True, timeout=100, check=True)
    assert "Return a list of functions" in shown.stdout
    # What is tried out goes to this service.
    assert '<option value="/cpt">' in shown.stdout
    assert "CONSOLE" not in shown.stderr  # where refusals by the policy would be told


def test_static_files_do_not_leave_their_folder(cloud: EmbeddedCloud) -> None:
    for path in ("/static/../kernel.py", "/static/%2e%2e/kernel.py", "/static/swagger-ui"):
        assert get(f"{cloud.url}{path}").status_code == 404


def test_vendored_files_carry_their_licence() -> None:
    folder = Path(scailable.cloud.__file__).with_name("static") / "swagger-ui"
    assert "Apache License" in (folder / "LICENSE").read_text()
    assert (folder / "NOTICE").is_file()
