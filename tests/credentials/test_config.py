from pathlib import Path
from typing import Any

import pytest

from scailable.config import DEFAULT_BASE_URL, Settings
from scailable.errors import ConfigError

FILE = """
profile = "office"
[profiles.office]
base_url = "http://office:8008/"
timeout = 20
[profiles.lab]
base_url = "http://lab:8008"
"""


def load(folder: Path, environ: dict[str, str] | None = None, **arguments: Any) -> Settings:
    return Settings.load(config_dir=folder, environ=environ or {}, **arguments)


def test_defaults(tmp_path: Path) -> None:
    settings = load(tmp_path)
    assert settings.base_url.value == DEFAULT_BASE_URL
    assert settings.profile.value == "default"
    assert settings.token.value is None
    assert settings.timeout.value is None
    origins = {settings.base_url.origin, settings.profile.origin, settings.timeout.origin}
    assert origins == {"default"}


def test_argument_before_environment_before_file(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(FILE)
    environ = {"SCAILABLE_BASE_URL": "http://env", "SCAILABLE_TIMEOUT": "7"}
    from_file = load(tmp_path)
    assert from_file.base_url.value == "http://office:8008"
    assert from_file.base_url.origin == f"profile office in {tmp_path / 'config.toml'}"
    assert from_file.timeout.value == 20
    assert from_file.profile.origin == str(tmp_path / "config.toml")
    from_environment = load(tmp_path, environ)
    assert from_environment.base_url.value == "http://env"
    assert from_environment.base_url.origin == "environment SCAILABLE_BASE_URL"
    assert from_environment.timeout.value == 7
    given = load(tmp_path, environ, base_url="http://arg", timeout=3)
    assert (given.base_url.value, given.base_url.origin) == ("http://arg", "argument")
    assert given.timeout.value == 3
    assert load(tmp_path, {"SCAILABLE_PROFILE": "lab"}).base_url.value == "http://lab:8008"
    assert load(tmp_path, {"SCAILABLE_PROFILE": "lab"}, profile="office").timeout.value == 20
    assert load(tmp_path, {"SCAILABLE_BASE_URL": ""}).base_url.value == "http://office:8008"


def test_config_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    named = Settings.load(environ={"SCAILABLE_CONFIG_DIR": str(tmp_path)})
    assert named.config_dir.value == tmp_path
    usual = Settings.load(environ={"XDG_CONFIG_HOME": str(tmp_path)})
    assert usual.config_dir.value == tmp_path / "scailable"
    assert usual.config_dir.origin == "default"


def test_describe_masks_the_token(tmp_path: Path) -> None:
    settings = load(tmp_path, {"SCAILABLE_TOKEN": "hush\n"})
    assert settings.token.value == "hush"
    for text in (settings.describe(), repr(settings), str(settings), repr(settings.token)):
        assert "hush" not in text
    assert "token = *** (environment SCAILABLE_TOKEN)" in settings.describe().splitlines()
    assert f"base_url = {DEFAULT_BASE_URL} (default)" in settings.describe().splitlines()


@pytest.mark.parametrize(
    "text",
    [
        "profiles = 3",
        "[profiles]\noffice = 3",
        "[profiles.office]\nbase_ulr = 'http://x'",
        "[profiles.office]\ntoken = 'hush'",
        "base_url = 'http://x'",
        "not toml",
        "[profiles.office]\ntimeout = 'soon'\n[profiles.default]\ntimeout = 'soon'",
        "[profiles.default]\nbase_url = 3",
        "profile = 3",
    ],
)
def test_unusable_file_is_named_and_left(tmp_path: Path, text: str) -> None:
    file = tmp_path / "config.toml"
    file.write_text(text)
    with pytest.raises(ConfigError) as caught:
        load(tmp_path)
    assert str(file) in str(caught.value)
    assert "hush" not in str(caught.value)
    assert file.read_text() == text


def test_file_that_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match="cannot be read"):
        load(tmp_path)


@pytest.mark.parametrize(
    "arguments",
    [
        {"base_url": "api.example.com"},
        {"base_url": "ftp://host"},
        {"base_url": "http://user:hush@host"},
        {"base_url": "http://host?x=hush"},
        {"base_url": "http://host:port"},
        {"base_url": "http://[::1"},
        {"base_url": ""},
        {"timeout": 0},
        {"timeout": -1},
        {"timeout": float("inf")},
        {"timeout": "soon"},
        {"timeout": True},
        {"token": ""},
        {"token": "Bearer hush"},
        {"token": "h\u00fcsh"},
        {"profile": " "},
        {"profile": "a\nb"},
    ],
)
def test_unusable_values(tmp_path: Path, arguments: dict[str, Any]) -> None:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, **arguments)
    assert "hush" not in str(caught.value)
    assert "h\u00fcsh" not in str(caught.value)
    assert "argument" in str(caught.value)
