"""Passwords: how they are stored and how strong they are."""

import secrets
import threading
from dataclasses import dataclass
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

# OWASP's first choice for argon2id; a hash takes 19 MiB, hence the bound on how many run at once.
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_slots = threading.BoundedSemaphore(4)

_MIN_LENGTH = 8
_MIN_SCORE = 2
_ZXCVBN_LIMIT = 72


def hash_password(password: str) -> str:
    """The argon2id hash of a password, with its own salt."""
    with _slots:
        return _hasher.hash(password)


def matches(password: str, stored: str | None) -> bool:
    """Whether a password belongs to a stored hash.

    Without a hash (no such user) it takes as long and says no.
    """
    with _slots:
        try:
            return _hasher.verify(stored or _nobody(), password) and stored is not None
        except (VerificationError, InvalidHashError):
            return False


@cache
def _nobody() -> str:
    return _hasher.hash(secrets.token_hex(16))


@dataclass(frozen=True, slots=True)
class Strength:
    """How strong a password is: score 0 to 4, whether it is accepted, and advice."""

    score: int
    strong: bool
    message: str
    suggestions: tuple[str, ...]


def strength(password: str, *about: str) -> Strength:
    """Judge a password; `about` holds words an attacker would try first (name, e-mail)."""
    # Loads its dictionaries, which a start need not wait for.
    from zxcvbn import zxcvbn  # type: ignore[import-untyped]

    words = [word for text in about for word in (text, *text.replace("@", " ").split()) if word]
    result = zxcvbn(password[:_ZXCVBN_LIMIT], user_inputs=words)
    score = int(result["score"])
    message = str(result["feedback"]["warning"] or "")
    suggestions = tuple(str(text) for text in result["feedback"]["suggestions"])
    if len(password) < _MIN_LENGTH:
        message = f"The password is shorter than {_MIN_LENGTH} characters."
        return Strength(score, False, message, suggestions)
    strong = score >= _MIN_SCORE
    if not strong and not message:
        message = "The password is easy to guess."
    return Strength(score, strong, message, suggestions)
