"""What a cloud keeps to itself: files, log, the shape of its objects."""

import logging
import os
import stat
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError

from scailable.cloud.settings import Settings
from scailable.cloud.store import tables
from tests.cloud.conftest import running
from tests.cloud.people import enrolled


def test_others_read_nothing_of_the_data(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir(mode=0o755)
    before = os.umask(0o022)
    try:
        with running(data) as cloud, enrolled(cloud):
            open_to_others = {
                path.name for path in data.iterdir() if stat.S_IMODE(path.stat().st_mode) & 0o077
            }
            kept = {path.name for path in data.iterdir()}
    finally:
        os.umask(before)
    assert {"cloud.db", "cloud.db-wal", "secret.key", "blobs", "outbox"} <= kept
    assert open_to_others <= {"cloud.lock", "cloud.pid"}


def test_a_failed_statement_quotes_no_values(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with running(tmp_path) as cloud, enrolled(cloud) as person:
        taken = {"email": person.email, "email_key": person.email, "password_hash": "s3cr3t"}
        with (
            pytest.raises(IntegrityError) as failed,
            cloud.cloud.store.write(person.organisation) as scope,
        ):
            now = cloud.cloud.clock.now()
            times = {"inserted_at": now, "updated_at": now}
            row = {"uuid": person.uuid, "name": "", "newsletter_opt_in": False, **times}
            scope.insert(tables.users, {**row, **taken})
        logging.getLogger("scailable.cloud").error("failed", exc_info=failed.value)
    assert "UNIQUE" in caplog.text
    assert "s3cr3t" not in caplog.text


def test_the_password_of_a_database_is_not_shown(tmp_path: Path) -> None:
    url = "postgresql+psycopg://user:s3cr3t@host/name"
    assert "s3cr3t" not in repr(Settings(data=tmp_path, database=url))
