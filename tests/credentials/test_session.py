import asyncio
import json
import os
import pickle
import stat
import subprocess
import sys
import time
from pathlib import Path

import keyring
import keyring.backend
import keyring.errors
import pytest

from scailable import errors
from scailable.config import Settings
from scailable.credentials import SessionAuth, sign_in, sign_out, start_session
from scailable.runtime._async.transport import AsyncTransport
from scailable.runtime._sync.transport import Transport
from scailable.runtime.call import Call
from scailable.runtime.clock import Clock
from scailable.token_store import Tokens, TokenStore, claims
from tests.credentials.issuer import PASSWORD, Issuer, settings_for
from tests.credentials.worker import CALL, THREADS, calls_at_once

ROOT = Path(__file__).parents[2]


class QuickClock(Clock):
    def sleep(self, seconds: float) -> None:
        pass


def call(settings: Settings) -> int:
    auth = SessionAuth(settings, clock=QuickClock())
    with Transport(settings.base_url.value, auth=auth) as transport:
        return transport.send(CALL).status


# --- signing in and out --------------------------------------------------------------------------


def test_sign_in_keeps_tokens_only(issuer: Issuer, settings: Settings) -> None:
    tokens = sign_in(settings, "ada@example.com", PASSWORD)
    assert claims(tokens.access)["sub"] == "u1"
    assert call(settings) == 200
    folder = settings.config_dir.value
    file = folder / "credentials.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert tokens.refresh in file.read_text()
    for path in folder.iterdir():
        assert PASSWORD not in path.read_text()
    assert {path.name for path in folder.iterdir()} <= {"credentials.json", "credentials.lock"}


def test_wrong_password_leaves_the_session(issuer: Issuer, settings: Settings) -> None:
    before = issuer.store(settings)
    with pytest.raises(errors.Unauthenticated, match="Wrong e-mail") as caught:
        sign_in(settings, "ada@example.com", "hush-word")
    assert "hush-word" not in str(caught.value)
    assert "password" in caught.value.hint
    assert TokenStore(settings).load() == before


def test_answer_with_a_refresh_token_alone(issuer: Issuer, settings: Settings) -> None:
    refresh = issuer.issue("refresh", time.time() + 28_800)
    tokens = start_session(settings, {"RefreshToken": refresh})
    assert tokens.access
    assert call(settings) == 200
    with pytest.raises(errors.ResponseParsingError):
        start_session(settings, {"AccessToken": "a"})


def test_sign_out(issuer: Issuer, settings: Settings) -> None:
    other = settings_for(settings.config_dir.value, settings.base_url.value, "other")
    kept = issuer.store(other)
    issuer.store(settings)
    assert sign_out(settings) is True
    assert issuer.counts["sign out"] == 1
    assert TokenStore(settings).load() is None
    assert TokenStore(other).load() == kept
    assert sign_out(settings) is False


def test_sign_out_renews_to_say_so(issuer: Issuer, settings: Settings) -> None:
    issuer.store(settings, access_left=-10)
    assert sign_out(settings) is True
    assert issuer.counts["sign out"] == 1


def test_sign_out_without_the_server(issuer: Issuer, settings: Settings) -> None:
    issuer.store(settings)
    issuer.__exit__()
    assert sign_out(settings, clock=QuickClock()) is False
    assert TokenStore(settings).load() is None


def test_sign_out_after_the_session_ended(issuer: Issuer, settings: Settings) -> None:
    issuer.store(settings)
    issuer.end_sessions()
    assert sign_out(settings) is False
    assert TokenStore(settings).load() is None


# --- renewing ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("left", "renewed"), [(300, False), (61, False), (59, True), (-5, True)])
def test_access_is_renewed_before_it_ends(
    issuer: Issuer, settings: Settings, left: float, renewed: bool
) -> None:
    issuer.store(settings, access_left=left)
    assert call(settings) == 200
    assert issuer.counts["AccessToken"] == renewed
    assert issuer.counts["RefreshToken"] == 0
    assert issuer.counts["refused"] == 0


def test_refresh_token_is_rotated_and_kept(issuer: Issuer, settings: Settings) -> None:
    before = issuer.store(settings, access_left=-5, refresh_left=3000)
    assert call(settings) == 200
    after = TokenStore(settings).load()
    assert after is not None
    assert after.refresh != before.refresh
    # The old one is void, so the next renewal shows that the new one was kept.
    issuer.revoke_access()
    assert call(settings) == 200
    assert issuer.counts["refused refresh"] == 0


def test_rotated_token_is_kept_before_it_is_used(issuer: Issuer, settings: Settings) -> None:
    before = issuer.store(settings, access_left=-5, refresh_left=3000)
    issuer.access_grants_fail_with = 400
    with pytest.raises(errors.BadRequest):
        call(settings)
    after = TokenStore(settings).load()
    assert after is not None
    assert after.refresh != before.refresh
    issuer.access_grants_fail_with = None
    assert call(settings) == 200


def test_short_lived_tokens_are_not_renewed_at_every_call(
    issuer: Issuer, settings: Settings
) -> None:
    issuer.access_life = 40
    sign_in(settings, "ada@example.com", PASSWORD)
    for _ in range(3):
        assert call(settings) == 200
    assert issuer.counts["AccessToken"] == 0


def test_trouble_at_the_server_waits_while_the_token_is_good(
    issuer: Issuer, settings: Settings
) -> None:
    issuer.store(settings, access_left=50)
    issuer.access_grants_fail_with = 500
    assert call(settings) == 200
    assert issuer.counts["AccessToken"] == 1
    issuer.store(settings, access_left=-50)
    with pytest.raises(errors.ServerError):
        call(settings)


def test_refused_token_is_renewed_once(issuer: Issuer, settings: Settings) -> None:
    issuer.store(settings)
    issuer.revoke_access()
    assert call(settings) == 200
    assert issuer.counts["refused"] == 1
    assert issuer.counts["AccessToken"] == 1


@pytest.mark.parametrize("case", ["due", "refused"])
def test_the_session_opens_services_with_a_header_of_their_own(
    issuer: Issuer, settings: Settings, case: str
) -> None:
    issuer.store(settings, access_left=-5 if case == "due" else 300)
    if case == "refused":
        issuer.revoke_access()
    archives = Call(
        service="skafos", operation="x", method="GET", path="/v2/x", security=("ApiToken",)
    )
    with Transport(settings.base_url.value, auth=SessionAuth(settings)) as transport:
        assert transport.send(archives).status == 200
    assert issuer.counts["AccessToken"] == 1
    assert issuer.counts["refused"] == (case == "refused")
    sent = [seen.headers for seen in issuer.server.seen if seen.path == "/skafos/v2/x"]
    assert [headers["authorization"] for headers in sent] == [None] * len(sent)


def test_ended_session(issuer: Issuer, settings: Settings) -> None:
    before = issuer.store(settings)
    issuer.end_sessions()
    with pytest.raises(errors.SessionExpired) as caught:
        call(settings)
    assert isinstance(caught.value, errors.CredentialsError)
    assert "scailable login" in str(caught.value).splitlines()[-1]
    assert before.refresh not in str(caught.value)
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)
    assert TokenStore(settings).load() == before


def test_tokens_stay_with_their_server_and_profile(issuer: Issuer, settings: Settings) -> None:
    issuer.store(settings)
    folder = settings.config_dir.value
    with Issuer() as stranger:
        with pytest.raises(errors.CredentialsError, match="Nobody is signed in"):
            call(settings_for(folder, stranger.url))
        assert stranger.server.seen == []
    with pytest.raises(errors.CredentialsError):
        call(settings_for(folder, issuer.url, "other"))


def test_opaque_tokens(issuer: Issuer, settings: Settings) -> None:
    store = TokenStore(settings)
    with store.locked():
        store.save(Tokens("opaque", "opaque-too", 0, 0))
    assert SessionAuth(settings).token(("User",)) == "opaque"
    for token in ("", "a.b.c", "a.!.c", "a.bnVsbA.c"):
        assert claims(token) == {}


# --- at once -------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", ["due", "refused"])
def test_threads_renew_once(issuer: Issuer, settings: Settings, case: str) -> None:
    if case == "due":
        issuer.store(settings, access_left=-5, refresh_left=3000)
    else:
        issuer.store(settings, refresh_left=3000)
        issuer.revoke_access()
    assert calls_at_once(settings.config_dir.value, issuer.url) == THREADS
    assert issuer.counts["AccessToken"] == 1
    assert issuer.counts["RefreshToken"] == 1
    assert issuer.counts["refused refresh"] == 0
    assert issuer.counts["served"] == THREADS


def test_tasks_renew_once(issuer: Issuer, settings: Settings) -> None:
    issuer.store(settings, access_left=-5, refresh_left=3000)

    async def run() -> list[int]:
        auth = SessionAuth(settings)
        async with AsyncTransport(issuer.url, auth=auth) as transport:
            replies = await asyncio.gather(*(transport.send(CALL) for _ in range(THREADS)))
        return [reply.status for reply in replies]

    assert asyncio.run(run()) == [200] * THREADS
    assert issuer.counts["AccessToken"] == 1
    assert issuer.counts["RefreshToken"] == 1


@pytest.mark.parametrize("case", ["due", "refused"])
def test_processes_renew_once(issuer: Issuer, settings: Settings, case: str) -> None:
    """Four processes with 16 threads each, all at the same moment."""
    folder = settings.config_dir.value
    if case == "due":
        issuer.store(settings, access_left=-5, refresh_left=3000)
    else:
        issuer.store(settings, refresh_left=3000)
        issuer.revoke_access()
    command = [sys.executable, "-m", "tests.credentials.worker", str(folder), issuer.url]
    workers = [
        subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(4)
    ]
    try:
        for worker in workers:
            assert worker.stdout is not None
            assert worker.stdout.readline() == "ready\n"
        for worker in workers:
            assert worker.stdin is not None
            worker.stdin.write("\n")
            worker.stdin.flush()
        said = [worker.communicate(timeout=60)[0] for worker in workers]
    finally:
        for worker in workers:
            worker.kill()
            worker.wait()
    assert said == [f"{THREADS}\n"] * 4
    assert issuer.counts["AccessToken"] == 1
    assert issuer.counts["RefreshToken"] == 1
    assert issuer.counts["refused refresh"] == 0
    assert issuer.counts["served"] == 4 * THREADS


# --- the store -----------------------------------------------------------------------------------


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe", b"null"])
def test_corrupt_file_is_named_and_left(issuer: Issuer, settings: Settings, content: bytes) -> None:
    folder = settings.config_dir.value
    folder.mkdir()
    file = folder / "credentials.json"
    file.write_bytes(content)
    for action in (call, sign_out, lambda settings: sign_in(settings, "a@b.c", PASSWORD)):
        with pytest.raises(errors.ConfigError) as caught:
            action(settings)
        assert str(file) in str(caught.value)
        assert "scailable login" in str(caught.value)
        assert file.read_bytes() == content


@pytest.mark.parametrize(
    "entry", [1, {}, {"access": "hush"}, {"access": 1, "refresh": 2, "access_since": "x"}]
)
def test_corrupt_entry_is_healed_by_signing_in(
    issuer: Issuer, settings: Settings, entry: object
) -> None:
    other = settings_for(settings.config_dir.value, settings.base_url.value, "other")
    kept = issuer.store(other)
    file = settings.config_dir.value / "credentials.json"
    entries = json.loads(file.read_text()) | {f"default {issuer.url}": entry}
    file.write_text(json.dumps(entries))
    with pytest.raises(errors.ConfigError) as caught:
        call(settings)
    assert str(file) in str(caught.value)
    assert "hush" not in str(caught.value)
    assert json.loads(file.read_text()) == entries
    sign_in(settings, "ada@example.com", PASSWORD)
    assert call(settings) == 200
    assert TokenStore(other).load() == kept


def test_folder_that_cannot_be_made(issuer: Issuer, settings: Settings) -> None:
    settings.config_dir.value.write_text("in the way")
    with pytest.raises(errors.ConfigError, match="SCAILABLE_CONFIG_DIR"):
        sign_in(settings, "ada@example.com", PASSWORD)


def test_failed_write_leaves_the_file(
    issuer: Issuer, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = issuer.store(settings)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(errors.ConfigError, match="No space left"):
            sign_in(settings, "ada@example.com", PASSWORD)
    assert TokenStore(settings).load() == before
    assert len(list(settings.config_dir.value.iterdir())) <= 2


class MemoryKeyring(keyring.backend.KeyringBackend):
    priority = 5

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.entries: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.entries[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.entries[service, username]


def test_keyring_takes_the_tokens(issuer: Issuer, settings: Settings) -> None:
    issuer.store(settings)
    ring = MemoryKeyring()
    keyring.set_keyring(ring)
    # Tokens from before the keyring are still found, and move at the next change.
    assert call(settings) == 200
    tokens = sign_in(settings, "ada@example.com", PASSWORD)
    assert json.loads(ring.entries["scailable", f"default {issuer.url}"])["access"] == tokens.access
    assert (settings.config_dir.value / "credentials.json").read_text() == "{}"
    issuer.revoke_access()
    assert call(settings) == 200
    assert sign_out(settings) is True
    assert ring.entries == {}


def test_locked_keyring_is_told(issuer: Issuer, settings: Settings) -> None:
    class Locked(MemoryKeyring):
        def get_password(self, service: str, username: str) -> str | None:
            raise keyring.errors.KeyringLocked("Failed to unlock the collection!")

    keyring.set_keyring(Locked())
    with pytest.raises(errors.ConfigError, match="Failed to unlock"):
        call(settings)


def test_reprs_hide_tokens(issuer: Issuer, settings: Settings) -> None:
    tokens = issuer.store(settings)
    auth = SessionAuth(settings)
    auth.token(("User",))
    for shown in (repr(tokens), repr(auth), repr(auth.store), repr(settings)):
        assert tokens.access not in shown
        assert tokens.refresh not in shown
