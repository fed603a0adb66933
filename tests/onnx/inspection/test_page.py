"""The page of a model, looked at in a real browser."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from onnx import ModelProto

from scailable.onnx import inspect
from scailable.onnx.inspection.render import rendered
from tests.onnx.inspection.models import branches, chain, hostile, wide
from tests.onnx.models import classifier, save

BROWSER, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")

pytestmark = [
    pytest.mark.skipif(
        BROWSER is None or DRIVER is None,
        reason="there is no Chromium with its driver (Debian: chromium, chromium-driver)",
    ),
    pytest.mark.xdist_group("browser"),
]


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    from selenium.webdriver import Chrome, ChromeOptions
    from selenium.webdriver.chrome.service import Service

    options = ChromeOptions()
    options.binary_location = BROWSER or ""
    for flag in (
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        f"--user-data-dir={tmp_path_factory.mktemp('browser')}",
    ):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = Chrome(options=options, service=Service(DRIVER))
    try:
        yield driver
    finally:
        driver.quit()


def opened(browser: Any, made: ModelProto, folder: Path, width: int = 1280) -> None:
    """Show the page of a model."""
    page = folder / "card.html"
    page.write_text(rendered(inspect(save(made, folder)), "html"), "utf-8")
    browser.set_window_size(width, 900)
    for kind in ("browser", "performance"):
        browser.get_log(kind)  # what came before is not of this page
    browser.get(page.as_uri())


def found(browser: Any, selector: str) -> list[Any]:
    from selenium.webdriver.common.by import By

    elements: list[Any] = browser.find_elements(By.CSS_SELECTOR, selector)
    return elements


def boxes(browser: Any) -> list[list[float]]:
    script = (
        "return [...document.querySelectorAll('.box rect')].map(r => { const b = r.getBBox();"
        " return [b.x, b.y, b.width, b.height]; })"
    )
    drawn: list[list[float]] = browser.execute_script(script)
    return drawn


def test_the_graph_is_drawn_and_no_boxes_overlap(browser: Any, tmp_path: Path) -> None:
    for made, count in ((classifier(), 4), (branches(), 4), (wide(30), 33)):
        opened(browser, made, tmp_path)
        drawn = boxes(browser)
        assert len(drawn) == count
        for index, (x, y, width, height) in enumerate(drawn):
            assert width > 0
            assert height > 0
            for other_x, other_y, other_width, other_height in drawn[index + 1 :]:
                apart = (
                    x + width <= other_x
                    or other_x + other_width <= x
                    or y + height <= other_y
                    or other_y + other_height <= y
                )
                assert apart


def test_the_page_asks_for_nothing_and_complains_of_nothing(browser: Any, tmp_path: Path) -> None:
    opened(browser, hostile(), tmp_path)
    assert browser.get_log("browser") == []
    requests = [
        each["message"]
        for each in browser.get_log("performance")
        if '"Network.requestWillBeSent"' in each["message"] and "card.html" not in each["message"]
    ]
    assert requests == []


def test_what_the_model_says_is_text(browser: Any, tmp_path: Path) -> None:
    opened(browser, hostile(), tmp_path)
    assert found(browser, "img") == []
    assert len(found(browser, "script")) == 1
    assert "onerror=alert(1)" in found(browser, "header p")[0].text
    from selenium.webdriver.common.alert import Alert

    with pytest.raises(Exception, match="no such alert"):
        Alert(browser).accept()


def test_search_details_and_keys(browser: Any, tmp_path: Path) -> None:
    from selenium.webdriver.common.keys import Keys

    opened(browser, classifier(), tmp_path)
    (search,) = found(browser, "#search")
    search.send_keys("flatten")
    assert found(browser, "#found")[0].text == "1 of 4 boxes"
    assert len(found(browser, ".box.dim")) == 3
    search.clear()
    search.send_keys(Keys.SPACE, Keys.BACKSPACE)
    (flatten,) = (box for box in found(browser, ".box") if "Flatten" in box.text)
    browser.execute_script("arguments[0].focus()", flatten)
    flatten.send_keys(Keys.ENTER)
    details = found(browser, "#details")[0]
    assert details.is_displayed()
    assert "Flatten" in details.text
    flatten.send_keys(Keys.ESCAPE)
    assert not details.is_displayed()


def view(browser: Any) -> list[float]:
    script = "return document.querySelector('.canvas svg').getAttribute('viewBox')"
    return [float(each) for each in browser.execute_script(script).split()]


def test_zoom_and_fit(browser: Any, tmp_path: Path) -> None:
    opened(browser, chain(40), tmp_path)
    start = view(browser)
    found(browser, "#in")[0].click()
    assert view(browser)[2] < start[2]
    found(browser, "#out")[0].click()
    assert view(browser)[2] == pytest.approx(start[2])
    found(browser, "#fit")[0].click()
    assert view(browser)[3] > 40 * 60


@pytest.mark.parametrize("width", [1280, 400])
def test_nothing_is_wider_than_the_window(browser: Any, tmp_path: Path, width: int) -> None:
    for made in (hostile(), wide(60)):
        opened(browser, made, tmp_path, width)
        beyond = browser.execute_script(
            "return document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert beyond <= 0


def test_the_graph_can_be_seen_without_script(tmp_path: Path) -> None:
    page = rendered(inspect(save(classifier(), tmp_path)), "html")
    drawing = page.split("<svg")[1].split("</svg>")[0]
    assert "Flatten" in drawing
    assert drawing.count("<rect") == 4
