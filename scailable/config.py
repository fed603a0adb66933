"""Settings: argument > environment > profile file > default, each with where it came from.

The profile file is `config.toml` in the config folder:

    profile = "office"                  # the profile used when none is named

    [profiles.office]
    base_url = "http://127.0.0.1:8008"
    timeout = 20                        # seconds

    [profiles.office.skafos]            # what a call means that does not say
    app = "doors"
    model = "faces"
"""

import math
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, TypeVar
from urllib.parse import urlsplit

from scailable.errors import ConfigError
from scailable.redact import MASK, redact_url

DEFAULT_BASE_URL = "https://api.sclbl.nxvms.com"
DEFAULT_PROFILE = "default"

_PROFILE_KEYS = ("base_url", "timeout")
# Tables that a profile may hold, each of a service, with their keys.
_PROFILE_TABLES = {"skafos": ("organization", "app", "model")}

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Setting(Generic[T]):
    """A value and where it came from."""

    value: T = field(repr=False)
    origin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SkafosSettings:
    """Which token Skafos gets in place of the session, and what a call means that does not say."""

    token: Setting[str | None]
    organization: Setting[str | None]
    app: Setting[str | None]
    model: Setting[str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a client works with. Make one with `Settings.load`."""

    config_dir: Setting[Path]
    profile: Setting[str]
    base_url: Setting[str]
    token: Setting[str | None]
    timeout: Setting[float | None]
    skafos: SkafosSettings

    @classmethod
    def load(
        cls,
        *,
        profile: str | None = None,
        base_url: str | None = None,
        token: str | None = None,
        timeout: float | None = None,
        config_dir: str | os.PathLike[str] | None = None,
        environ: Mapping[str, str] = os.environ,
    ) -> "Settings":
        """Settle every setting; what is not given here comes from elsewhere.

        Args:
            profile: name under which tokens, and settings in `config.toml`, are kept.
            base_url: where the services are, http or https.
            token: an access token to use in place of a signed-in session.
            timeout: seconds, for every call; without it each has its documented one.
            config_dir: folder of `config.toml` and the tokens.

        Raises:
            ConfigError: a value, or the file, cannot be used; the file is left as it is.

        >>> settings = Settings.load(base_url="http://127.0.0.1:8008/", environ={})
        >>> settings.base_url.value, settings.base_url.origin
        ('http://127.0.0.1:8008', 'argument')
        """
        folder = _first(
            _argument(None if config_dir is None else os.fspath(config_dir)),
            _environment("SCAILABLE_CONFIG_DIR", environ),
            default=str(_default_config_dir(environ)),
        )
        config_folder = Setting(Path(folder.value).expanduser(), folder.origin)
        path = config_folder.value / "config.toml"
        document = _read_profiles(path)
        chosen = _first(
            _argument(profile),
            _environment("SCAILABLE_PROFILE", environ),
            _entry(document, "profile", path),
            default=DEFAULT_PROFILE,
        )
        values = document.get("profiles", {}).get(chosen.value, {})
        place = f"profile {chosen.value} in {path}"
        url = _first(
            _argument(base_url),
            _environment("SCAILABLE_BASE_URL", environ),
            _entry(values, "base_url", place),
            default=DEFAULT_BASE_URL,
        )
        limit = _first(
            _argument(timeout),
            _environment("SCAILABLE_TIMEOUT", environ),
            _entry(values, "timeout", place),
            default=None,
        )
        secret: Setting[str | None] = _first(
            _argument(token), _environment("SCAILABLE_TOKEN", environ), default=None
        )
        return cls(
            config_dir=config_folder,
            profile=Setting(_checked_profile(chosen), chosen.origin),
            base_url=Setting(_checked_url(url), url.origin),
            token=Setting(_checked_token(secret), secret.origin),
            timeout=Setting(_checked_timeout(limit), limit.origin),
            skafos=_skafos(values.get("skafos", {}), place, environ),
        )

    def describe(self) -> str:
        """One line a setting, with its origin; the token is masked."""
        shown = {
            "base_url": self.base_url.value,
            "profile": self.profile.value,
            "token": "none" if self.token.value is None else MASK,
            "timeout": "as documented for each operation"
            if self.timeout.value is None
            else f"{self.timeout.value:g} s",
            "config_dir": str(self.config_dir.value),
        }
        return "\n".join(
            f"{name} = {text} ({getattr(self, name).origin})" for name, text in shown.items()
        )

    def __repr__(self) -> str:
        return f"Settings({self.describe()!r})"


def _skafos(table: Mapping[str, Any], place: str, environ: Mapping[str, str]) -> SkafosSettings:
    def name(key: str, variable: str) -> Setting[str | None]:
        found: Setting[str | None] = _first(
            _environment(variable, environ), _entry(table, key, f"skafos of {place}"), default=None
        )
        _check_name(key, found)
        return found

    token: Setting[str | None] = _first(_environment("SKAFOS_API_TOKEN", environ), default=None)
    return SkafosSettings(
        token=Setting(_checked_token(token), token.origin),
        organization=name("organization", "SKAFOS_ORG_NAME"),
        app=name("app", "SKAFOS_APP_NAME"),
        model=name("model", "SKAFOS_MODEL_NAME"),
    )


def _argument(value: T | None) -> Setting[T] | None:
    return None if value is None else Setting(value, "argument")


def _environment(name: str, environ: Mapping[str, str]) -> Setting[str] | None:
    # An empty variable is the usual way of unsetting one in CI.
    value = environ.get(name, "")
    return Setting(value, f"environment {name}") if value else None


def _entry(table: Mapping[str, Any], key: str, place: object) -> Setting[Any] | None:
    return Setting(table[key], str(place)) if key in table else None


def _first(*found: Setting[Any] | None, default: Any) -> Setting[Any]:
    return next((setting for setting in found if setting is not None), Setting(default, "default"))


def _default_config_dir(environ: Mapping[str, str]) -> Path:
    if sys.platform == "win32":
        return Path(environ.get("APPDATA") or Path.home() / "AppData" / "Roaming") / "scailable"
    return Path(environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "scailable"


def _read_profiles(path: Path) -> dict[str, Any]:
    """The checked content of config.toml; empty when there is none."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as cause:
        raise ConfigError(
            f"{path} cannot be read: {cause}",
            hint="Make it a readable text file, or remove it.",
        ) from cause
    import tomllib

    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as cause:
        raise ConfigError(
            f"{path} is not valid TOML: {cause}", hint="Correct the file, or remove it."
        ) from cause
    profiles = document.get("profiles", {})
    if not isinstance(profiles, dict) or not all(isinstance(v, dict) for v in profiles.values()):
        raise ConfigError(
            f"{path}: profiles must be tables.", hint="Write each as [profiles.NAME]."
        )
    unknown = [key for key in document if key not in ("profile", "profiles")]
    for name, values in profiles.items():
        tables = {key: values[key] for key in _PROFILE_TABLES if isinstance(values.get(key), dict)}
        unknown += [
            f"profiles.{name}.{key}" for key in values if key not in (*_PROFILE_KEYS, *tables)
        ]
        unknown += [
            f"profiles.{name}.{table}.{key}"
            for table, content in tables.items()
            for key in content
            if key not in _PROFILE_TABLES[table]
        ]
    if unknown:
        raise ConfigError(
            f"{path} has settings that do not exist: {', '.join(unknown)}.",
            hint=f"A profile holds {' and '.join(_PROFILE_KEYS)}, and the tables "
            + " and ".join(f"{name} ({', '.join(keys)})" for name, keys in _PROFILE_TABLES.items())
            + ". Tokens do not belong into it: use `scailable login` or SCAILABLE_TOKEN.",
        )
    return document


def _checked_profile(setting: Setting[Any]) -> str:
    name = setting.value
    if not isinstance(name, str) or not name.isprintable() or not name.strip():
        raise ConfigError(
            f"The profile name {name!r} ({setting.origin}) is not usable.",
            hint="Give a name of letters, digits and dashes.",
        )
    return name


def _check_name(key: str, setting: Setting[Any]) -> None:
    name = setting.value
    if name is not None and (not isinstance(name, str) or not name.strip()):
        raise ConfigError(
            f"The {key} {name!r} ({setting.origin}) is no name.", hint="Give its name or its id."
        )


def _checked_url(setting: Setting[Any]) -> str:
    url = setting.value
    problem = None
    try:
        parts = urlsplit(url if isinstance(url, str) else "")
        if parts.scheme not in ("http", "https") or not parts.hostname:
            problem = "does not begin with http:// or https:// and a host"
        elif parts.username is not None or parts.query or parts.fragment:
            problem = "has a user name, a query or a fragment"
        elif parts.port == 0:
            problem = "has port 0"
    except ValueError:
        problem = "is not a URL"
    if problem:
        shown = redact_url(url) if isinstance(url, str) and problem != "is not a URL" else MASK
        raise ConfigError(
            f"The base URL {shown} ({setting.origin}) {problem}.",
            hint=f"Give it like {DEFAULT_BASE_URL}.",
        )
    return f"{parts.scheme}://{parts.netloc.lower()}{parts.path.rstrip('/')}"


def _checked_token(setting: Setting[Any]) -> str | None:
    token = setting.value
    if token is None:
        return None
    # A token read from a file usually ends in a line break.
    token = str(token).strip()
    if not token.isascii() or not token.isprintable() or " " in token or not token:
        raise ConfigError(
            f"The token ({setting.origin}) is empty, or holds blanks or control characters.",
            hint="Give the token alone, without quotes and without the word Bearer.",
        )
    return token


def _checked_timeout(setting: Setting[Any]) -> float | None:
    if setting.value is None:
        return None
    try:
        seconds = float(setting.value)
    except (TypeError, ValueError):
        seconds = math.nan
    if isinstance(setting.value, bool) or not 0 < seconds < math.inf:
        raise ConfigError(
            f"The time-out {setting.value!r} ({setting.origin}) is not a number above 0.",
            hint="Give it in seconds, such as 30.",
        )
    return seconds
