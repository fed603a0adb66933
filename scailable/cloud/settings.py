"""What can be set on an embedded cloud."""

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Settings of a cloud.

    Attributes:
        data: folder of the database, the blobs, the secret and the outbox.
        database: SQLAlchemy URL of a PostgreSQL database; None keeps a SQLite file in `data`.
        blobs: bucket of an object store, as `s3://bucket/prefix`; None keeps files in `data`.
        max_upload_size: largest model file, in bytes; an ONNX file ends at 2 GiB anyway.
        max_archive_size: largest file that is a body by itself, as the archives of Skafos are.
        validate_responses: compare every answer with the document (for tests).
        job_threads: how many jobs run at once.
        sign_in_failures: failed sign-ins a minute for one account from one address.
        registrations: registrations a minute from one address.
        password_mails: mails a minute for one account, and from one address.
        announcements: announced devices a minute from one address; a whole fleet may share one.
        edge_impulse_url: where the newest model of a project is, with `{project}` for its number.
    """

    data: Path
    database: str | None = field(default=None, repr=False)  # it may hold a password
    blobs: str | None = None
    max_upload_size: int = 2 << 30
    max_archive_size: int = 16 << 30
    validate_responses: bool = False
    job_threads: int = 2
    sign_in_failures: int = 10
    registrations: int = 100
    password_mails: int = 5
    announcements: int = 1000
    edge_impulse_url: str = (
        "https://studio.edgeimpulse.com/v1/api/{project}/deployment/download?type=onnx"
    )
