"""Tokens of devices: short ones for people to copy, long ones that nobody sees."""

import hashlib
import hmac
import secrets

# No letter or digit that is taken for another one when read from a screen.
_ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"


def registration_token() -> str:
    """A token for a person to copy: four characters, a dash, four characters."""
    letters = [secrets.choice(_ALPHABET) for _ in range(8)]
    return f"{''.join(letters[:4])}-{''.join(letters[4:])}"


def normalised(token: str) -> str:
    """A registration token as it was issued, however it was typed.

    >>> normalised(" abcd 2345 ")
    'ABCD-2345'
    """
    letters = "".join(character for character in token.upper() if character.isalnum())
    return f"{letters[:4]}-{letters[4:]}"


def new_secret() -> str:
    """A secret of 32 random bytes."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """What is stored of a secret. It is random, so a plain hash cannot be guessed back."""
    return hashlib.sha256(secret.encode()).hexdigest()


def credential_for(secret: str, device_uuid: str) -> str:
    """The credential of a tied device, made from the secret that only the device has.

    The same answer each time, without a copy of it at the cloud.
    """
    key = hmac.new(secret.encode(), f"credential {device_uuid}".encode(), hashlib.sha256)
    return key.hexdigest()
