"""A cloud: its parts, wired."""

import importlib
import secrets
import threading
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from scailable.cloud import documents, kernel
from scailable.cloud.bells import Bells
from scailable.cloud.clock import Clock
from scailable.cloud.folder import DataFolder
from scailable.cloud.jobs import Jobs
from scailable.cloud.secret import Secret
from scailable.cloud.services.auth import sessions
from scailable.cloud.settings import Settings
from scailable.cloud.store import Store, tables
from scailable.cloud.store.blobs import Blobs
from scailable.cloud.store.blobs.folder import BlobFolder
from scailable.cloud.store.blobs.place import Place
from scailable.cloud.store.migrate import migrate
from scailable.cloud.tokens import Tokens
from scailable.durable import write_private
from scailable.errors import ConfigError

if TYPE_CHECKING:
    from scailable.cloud.limits import Limits

_LOCAL = "local@localhost"


class Cloud:
    """The services on one data folder. `app` is the ASGI application.

    Args:
        settings: the data folder, limits and so on.
        source: the documents to serve: a mapping from service name to parsed document, or a
            folder; None takes the packaged ones.
        services: handlers by service name, in place of the built-in ones of those services.
        clock: tells the time; tests give one they can move.

    Raises:
        ConfigError: the folder, the database or a document cannot be used, or the documents and
            the handlers do not fit together.

    Attributes:
        store, blobs, tokens, jobs, bells, limits, clock, settings: the parts, for handlers.
        outbox: the folder of mails nobody has sent yet.
        failures: the reasons of the last answers with status 500, for tests.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        source: documents.Documents | Path | str | None = None,
        services: Mapping[str, kernel.Routes] | None = None,
        clock: Clock | None = None,
    ) -> None:
        self.settings = settings
        self.clock = clock or Clock()
        self.failures: list[str] = []
        self._local = threading.Lock()
        self._limits: Limits | None = None
        loaded = documents.load(source)
        given = services or {}
        chosen = [given[name] if name in given else _built_in(name) for name in loaded]
        self._folder = DataFolder(settings.data)
        try:
            secret = Secret.load(settings.data / "secret.key")
            self.outbox = settings.data / "outbox"
            self.outbox.mkdir(exist_ok=True, mode=0o700)
            folder = settings.data / "blobs"
            folder.mkdir(exist_ok=True, mode=0o700)
            place = _place(settings, folder, secret, self.clock)
            self.store = _open_store(settings)
            self.bells = Bells()
            self.tokens = Tokens(secret.key("tokens"), self.clock)
            self.blobs = Blobs(
                place,
                folder / "incoming",
                self.store,
                self.clock,
                settings.max_archive_size,
            )
            # The data folder is locked, so what is derived from its secret is ours alone.
            runner = secret.key("runner").hex()
            self.jobs = Jobs(self, settings.job_threads, runner)
            for routes in chosen:
                for kind, (body, give_up) in routes.jobs.items():
                    self.jobs.register(kind, body, give_up)
            self.app = kernel.build(self, loaded, chosen)
        except BaseException:
            self._folder.close()
            raise

    @property
    def limits(self) -> "Limits":
        """How often something may be tried; loaded on first use, to start sooner."""
        from scailable.cloud.limits import Limits

        with self._local:
            if self._limits is None:
                self._limits = Limits(self.settings)
            return self._limits

    def start(self) -> None:
        """Clean up what a killed process left, and start the jobs."""
        self.blobs.sweep()
        self.jobs.start()

    def stop(self) -> bool:
        """Stop the jobs, close the database and release the folder.

        Returns:
            False when a job did not end in time; it runs again after the next start.
        """
        self.bells.close()
        finished = self.jobs.stop()
        self.store.close()
        self._folder.close()
        return finished

    def local_session(self) -> sessions.TokenPair:
        """Tokens of the user of this machine, who needs no password; made on first use."""
        now = self.clock.now()
        with self._local, self.store.unscoped() as scope:
            user = scope.first(select(tables.users).where(tables.users.c.email_key == _LOCAL))
            if user is not None:
                return sessions.begin(self, scope, user, keep=True)
            organisation = str(uuid.uuid4())
            times = {"inserted_at": now, "updated_at": now}
            scope.insert(tables.organisations, {"uuid": organisation, "name": "Local", **times})
            made = {
                "uuid": str(uuid.uuid4()),
                "organisation_uuid": organisation,
                "email": _LOCAL,
                "email_key": _LOCAL,
                "password_hash": f"!{secrets.token_hex(8)}",  # no password has this hash
                "name": "Local user",
                "newsletter_opt_in": False,
                **times,
            }
            scope.insert(tables.users, made)
            return sessions.begin(self, scope, made, keep=True)


def _built_in(service: str) -> kernel.Routes:
    routes: kernel.Routes = importlib.import_module(f"scailable.cloud.services.{service}").routes
    return routes


def _place(settings: Settings, folder: Path, secret: Secret, clock: Clock) -> Place:
    """Where the bytes of blobs lie: the same place as when the data folder was made."""
    chosen = settings.blobs or "this folder"
    note = settings.data / "storage"
    before = note.read_text().strip() if note.exists() else None
    if before is None and settings.blobs and any(folder.glob("[0-9a-f][0-9a-f]")):
        before = "this folder"
    if before not in (None, chosen):
        raise ConfigError(
            f"The files of {settings.data} are in {before}, not in {chosen}.",
            hint="Start it with the same --blobs as before, or with a new data folder.",
        )
    if settings.blobs:
        from scailable.cloud.store.blobs.bucket import Bucket

        owner = secret.key("bucket").hex()
        place: Place = Bucket(settings.blobs, folder / "incoming", clock, owner)
    else:
        place = BlobFolder(folder, secret.key("blobs"), clock)
    write_private(note, f"{chosen}\n".encode())
    return place


def _open_store(settings: Settings) -> Store:
    store = Store(settings.database, settings.data)
    try:
        migrate(store)
    except SQLAlchemyError as error:
        store.close()
        reason = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        raise ConfigError(
            f"The database cannot be used: {reason}.",
            hint="Check that it runs, that the URL is right and that you may write to it.",
        ) from error
    return store
