"""Sessions: sign in, keep the tokens, renew them, sign out. Passwords are never kept.

Tokens are kept by profile and base URL, in `credentials.json` (mode 0600) of the config folder, or
in the system's keyring where the extra `keyring` is installed and has a usable backend. They are
only ever sent to the base URL that issued them.
"""

import base64
import binascii
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from scailable.config import Settings
from scailable.durable import write_private
from scailable.errors import (
    APIStatusError,
    ConfigError,
    ConnectionFailed,
    CredentialsError,
    RateLimited,
    ResponseParsingError,
    ServerError,
    SessionExpired,
    Unauthenticated,
)
from scailable.runtime._sync.transport import Transport
from scailable.runtime.auth import Auth, StaticToken
from scailable.runtime.call import Call, JsonBody
from scailable.runtime.clock import Clock
from scailable.runtime.decode import decode_json, not_as_expected
from scailable.runtime.http import Verify
from scailable.runtime.logs import logger

_LOCK_WAIT = 60.0
_SERVICE = "scailable"


@dataclass(frozen=True, slots=True)
class Tokens:
    """The pair of tokens of a session, with when each was received (seconds since the epoch)."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    access_since: float
    refresh_since: float


def claims(token: str) -> dict[str, Any]:
    """What a JWT says, unverified; empty for a token that is no JWT.

    For showing who is signed in and for knowing when to renew; the server does the checking.
    """
    parts = token.removeprefix("nxcdb-").split(".")
    if len(parts) != 3:
        return {}
    try:
        payload = base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4))
        decoded = json.loads(payload)
    except (binascii.Error, ValueError):
        return {}
    return decoded if isinstance(decoded, dict) else {}


def _expiry(token: str) -> float | None:
    expiry = claims(token).get("exp")
    return float(expiry) if isinstance(expiry, int | float) else None


def _due(token: str, since: float, now: float, margin: float) -> bool:
    """Whether a token should be renewed: a fifth of its life, or `margin` seconds, are left.

    A token whose whole life is short against the margin goes by the fifth alone; it would
    otherwise be renewed at every call.
    """
    expiry = _expiry(token)
    if expiry is None:
        return False
    life = expiry - since
    fifth = life / 5
    return expiry - now < (max(fifth, margin) if life > 2 * margin else fifth)


# --- the store -----------------------------------------------------------------------------------


class TokenStore:
    """The tokens of one profile at one base URL. Change them only inside `locked()`."""

    def __init__(self, settings: Settings) -> None:
        self._folder = settings.config_dir.value
        self._key = f"{settings.profile.value} {settings.base_url.value}"
        self.path = self._folder / "credentials.json"
        self._keyring: Any = _UNDECIDED

    def load(self) -> Tokens | None:
        """The tokens, or None when nobody is signed in.

        Raises:
            ConfigError: the stored tokens cannot be read; they are left as they are.
        """
        keyring = self._usable_keyring()
        if keyring is not None:
            with _keyring_errors(keyring):
                text = keyring.get_password(_SERVICE, self._key)
            if text is not None:
                place = f"the keyring's entry '{_SERVICE}', '{self._key}'"
                return _tokens(_object(text, place), place)
        entry = self._read_file().get(self._key)
        return None if entry is None else _tokens(entry, str(self.path))

    def save(self, tokens: Tokens) -> None:
        keyring = self._usable_keyring()
        if keyring is None:
            self._change_file(tokens)
            return
        with _keyring_errors(keyring):
            keyring.set_password(_SERVICE, self._key, json.dumps(asdict(tokens)))
        self._change_file(None)

    def delete(self) -> None:
        keyring = self._usable_keyring()
        if keyring is not None:
            with _keyring_errors(keyring):
                if keyring.get_password(_SERVICE, self._key) is not None:
                    keyring.delete_password(_SERVICE, self._key)
        self._change_file(None)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep all other processes and threads from changing the tokens."""
        from filelock import FileLock, Timeout

        path = self._folder / "credentials.lock"
        lock = FileLock(path, timeout=_LOCK_WAIT, mode=0o600)
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock.acquire()
        except Timeout:
            raise CredentialsError(
                f"Another process has held {path} for {_LOCK_WAIT:.0f} s.",
                hint="End the process that hangs while it renews its session, and try again.",
            ) from None
        except OSError as cause:
            raise _unwritable(self._folder, cause) from cause
        try:
            yield
        finally:
            lock.release()

    def _read_file(self) -> dict[str, Any]:
        try:
            text = self.path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return {}
        except (OSError, UnicodeDecodeError) as cause:
            raise _unreadable(str(self.path)) from cause
        return _object(text, str(self.path))

    def _change_file(self, tokens: Tokens | None) -> None:
        entries = self._read_file()
        if tokens is None:
            if self._key not in entries:
                return
            del entries[self._key]
        else:
            entries[self._key] = asdict(tokens)
        try:
            write_private(self.path, json.dumps(entries, indent=1).encode())
        except OSError as cause:
            raise _unwritable(self.path, cause) from cause

    def _usable_keyring(self) -> Any:
        """The module `keyring`, or None when it is missing or has no real backend."""
        if self._keyring is _UNDECIDED:
            try:
                import keyring
            except ImportError:
                self._keyring = None
            else:
                # Below 1 are stand-ins for "no backend here" and stores without protection.
                usable = keyring.get_keyring().priority >= 1
                self._keyring = keyring if usable else None
        return self._keyring


_UNDECIDED = object()


@contextmanager
def _keyring_errors(keyring: Any) -> Iterator[None]:
    try:
        yield
    except keyring.errors.KeyringError as cause:
        raise ConfigError(
            f"The system's keyring refuses: {cause}",
            hint="Unlock the keyring, or set PYTHON_KEYRING_BACKEND=keyring.backends.fail.Keyring "
            "to keep tokens in a file.",
        ) from cause


def _object(text: str, place: str) -> dict[str, Any]:
    try:
        decoded = json.loads(text)
    except ValueError:
        decoded = None
    if not isinstance(decoded, dict):
        raise _unreadable(place)
    return decoded


def _tokens(entry: Any, place: str) -> Tokens:
    try:
        tokens = Tokens(**entry)
        if not isinstance(tokens.access, str) or not isinstance(tokens.refresh, str):
            raise _unreadable(place)
        return replace(
            tokens,
            access_since=float(tokens.access_since),
            refresh_since=float(tokens.refresh_since),
        )
    except (TypeError, ValueError):
        raise _unreadable(place) from None


def _unreadable(place: str) -> ConfigError:
    # Causes are not chained: their texts quote what they read.
    return ConfigError(
        f"The tokens in {place} cannot be read.",
        hint="Move it away and sign in again with `scailable login`.",
    )


def _unwritable(path: Path, cause: OSError) -> ConfigError:
    return ConfigError(
        f"{path} cannot be written: {cause}",
        hint="Set SCAILABLE_CONFIG_DIR to a folder that can be written.",
    )


# --- the session ---------------------------------------------------------------------------------


class SessionAuth:
    """The tokens of a signed-in user, renewed as needed; an `Auth` for the transports.

    Renews an access token before it ends, and once after a 401; one renewal at a time over all
    threads and processes that share the store. Never prompts.

    Raises, from `header` and `refresh`:
        CredentialsError: nobody is signed in with this profile at this base URL.
        SessionExpired: the server no longer renews this session.
    """

    def __init__(
        self, settings: Settings, *, verify: Verify = True, clock: Clock | None = None
    ) -> None:
        self.store = TokenStore(settings)
        self._settings = settings
        self._verify = verify
        self._clock = clock or Clock()
        self._lock = threading.Lock()
        self._tokens: Tokens | None = None

    def __repr__(self) -> str:
        base_url, profile = self._settings.base_url.value, self._settings.profile.value
        return f"SessionAuth(profile={profile!r}, base_url={base_url!r})"

    def tokens(self) -> Tokens:
        """The tokens as they are, without renewing them."""
        if self._tokens is None:
            self._tokens = self._stored()
        return self._tokens

    def ready(self, security: tuple[str, ...]) -> bool:
        if "User" not in security:
            return "Refresh" not in security or self._tokens is not None
        return self._tokens is not None and not self._access_due(self._tokens)

    def header(self, security: tuple[str, ...]) -> str | None:
        if "User" in security:
            tokens = self.tokens()
            if self._access_due(tokens):
                tokens = self._renew_in_time(tokens)
            return f"Bearer {tokens.access}"
        if "Refresh" in security:
            return f"Bearer {self.tokens().refresh}"
        return None

    def refresh(self, rejected: str) -> bool:
        refused = rejected.removeprefix("Bearer ")
        if refused == self.tokens().refresh:
            return False
        return self._renew(refused).access != refused

    def _stored(self) -> Tokens:
        tokens = self.store.load()
        if tokens is None:
            raise CredentialsError(
                f"Nobody is signed in at {self._settings.base_url.value} "
                f"(profile {self._settings.profile.value})."
            )
        return tokens

    def _access_due(self, tokens: Tokens) -> bool:
        return _due(tokens.access, tokens.access_since, self._clock.now(), margin=60)

    def _renew_in_time(self, tokens: Tokens) -> Tokens:
        """Renew before the end; a server in trouble does no harm while the token is still good."""
        try:
            return self._renew(tokens.access, only_if_due=True)
        except (ConnectionFailed, ServerError, RateLimited) as error:
            if (_expiry(tokens.access) or 0) <= self._clock.now():
                raise
            logger.debug("The session could not be renewed yet: %s", error.message)
            return tokens

    def _renew(self, refused: str, *, only_if_due: bool = False) -> Tokens:
        """New tokens in place of the `refused` access token, made here or by somebody else."""
        with self._lock, self.store.locked():
            # Whoever held the locks before may have done it already.
            tokens = self._stored()
            if tokens.access == refused or (only_if_due and self._access_due(tokens)):
                tokens = self._exchange(tokens)
            self._tokens = tokens
            return tokens

    def _exchange(self, tokens: Tokens) -> Tokens:
        now = self._clock.now()
        if _due(tokens.refresh, tokens.refresh_since, now, margin=3600):
            tokens = self._grant("RefreshToken", tokens)
        return self._grant("AccessToken", tokens)

    def _grant(self, kind: str, tokens: Tokens) -> Tokens:
        """Ask for one token, and store what comes before it is used: the old one may be void."""
        logger.debug("Renewing the session: %s", kind)
        call = _call("/authenticate/refresh-token", "refreshToken", {"GrantType": kind}, "Refresh")
        auth = StaticToken(tokens.refresh, "Refresh")
        try:
            answer = _send(self._settings, call, auth, verify=self._verify, clock=self._clock)
        except APIStatusError as error:
            if error.status not in (401, 403) and not error.authorization_invalid:
                raise
            raise SessionExpired(
                f"The session at {self._settings.base_url.value} has ended"
                f"{': ' + error.words if error.words else '.'}"
            ) from error
        tokens = _adopt(answer, tokens, self._clock.now())
        self.store.save(tokens)
        return tokens


def sign_in(
    settings: Settings,
    username: str,
    password: str,
    *,
    keep: bool = True,
    verify: Verify = True,
    clock: Clock | None = None,
) -> Tokens:
    """Sign in and keep the tokens for the profile and base URL of the settings.

    Args:
        username: the e-mail address of the account.
        password: sent once, never kept.
        keep: ask the server for a long session.

    Returns:
        the tokens; `claims(tokens.access)` tells who it is.

    Raises:
        Unauthenticated: the server does not accept them; tokens kept before stay.
        ConnectionFailed: the server was not reached.
    """
    body = {"Username": username, "Password": password, "KeepLoggedIn": keep}
    call = _call("/authenticate/signin", "signIn", body)
    try:
        answer = _send(settings, call, None, verify=verify, clock=clock)
    except Unauthenticated as error:
        error.hint = "Check the e-mail address and the password, and try again."
        raise
    return start_session(settings, answer, verify=verify, clock=clock)


def start_session(
    settings: Settings,
    answer: Mapping[str, Any],
    *,
    verify: Verify = True,
    clock: Clock | None = None,
) -> Tokens:
    """Keep the tokens of an answer to sign-in or registration.

    The answer holds a `RefreshToken` and perhaps an `AccessToken`; a missing one is fetched.

    Raises:
        ResponseParsingError: it holds no refresh token.
    """
    auth = SessionAuth(settings, verify=verify, clock=clock)
    if not isinstance(answer.get("RefreshToken"), str):
        raise ResponseParsingError("The server answered without a refresh token.")
    now = auth._clock.now()
    tokens = _adopt(answer, Tokens("", "", now, now), now)
    with auth.store.locked():
        if not tokens.access:
            return auth._grant("AccessToken", tokens)
        auth.store.save(tokens)
    return tokens


def sign_out(settings: Settings, *, verify: Verify = True, clock: Clock | None = None) -> bool:
    """End the session at the server, and remove the tokens here whatever the server says.

    Returns:
        True when the server ended the session; False when it could not be told, or there was none.

    Raises:
        ConfigError: the stored tokens cannot be read or removed.
    """
    auth = SessionAuth(settings, verify=verify, clock=clock)
    if auth.store.load() is None:
        return False
    try:
        call = _call("/authenticate/signout", "signOut", None, "User")
        _send(settings, call, auth, verify=verify, clock=clock)
        told = True
    except (APIStatusError, ConnectionFailed, CredentialsError, ResponseParsingError) as error:
        logger.info("The server was not told of the sign-out: %s", error.message)
        told = False
    with auth.store.locked():
        auth.store.delete()
    return told


def _call(path: str, operation: str, body: dict[str, Any] | None, *security: str) -> Call:
    return Call(
        service="auth",
        operation=operation,
        method="POST",
        path=path,
        body=None if body is None else JsonBody(body),
        timeout=15,
        security=security,
    )


def _send(
    settings: Settings, call: Call, auth: Auth | None, *, verify: Verify, clock: Clock | None
) -> dict[str, Any]:
    with Transport(
        settings.base_url.value,
        auth=auth,
        timeout=settings.timeout.value,
        clock=clock,
        verify=verify,
    ) as transport:
        reply = transport.send(call)
    answer = decode_json(reply)
    if not isinstance(answer, dict):
        raise not_as_expected(reply, "a JSON object")
    return answer


def _adopt(answer: Mapping[str, Any], tokens: Tokens, now: float) -> Tokens:
    """The tokens with those of an answer in their place; an answer may hold one or both."""
    if isinstance(access := answer.get("AccessToken"), str) and access:
        tokens = replace(tokens, access=access, access_since=now)
    if isinstance(refresh := answer.get("RefreshToken"), str) and refresh:
        tokens = replace(tokens, refresh=refresh, refresh_since=now)
    return tokens
