"""A gateway's key pair: the private half in a file of its owner's, the public half as a JWK (RFC 7517) for payment."""

import json
import os
import stat
from pathlib import Path

from joserfc.jwk import ECKey

CURVE = "P-256"


def make_key(path: Path) -> ECKey:
    """Write a new private key, readable by its owner alone. Raises `FileExistsError` rather than replace a key."""
    key = ECKey.generate_key(CURVE, private=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(key.as_pem(private=True))
    return key


def read_key(path: Path) -> ECKey:
    """Raises `PermissionError` for a file that others may read."""
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise PermissionError(f"{path.name} may be read by others than its owner: chmod 600")
    return ECKey.import_key(path.read_bytes())


def key_at(path: Path) -> ECKey:
    """The key in the file, made if there is none."""
    try:
        return make_key(path)
    except FileExistsError:
        return read_key(path)


def public_jwk(key: ECKey) -> str:
    """What payment is given: the public half, named by its thumbprint (RFC 7638)."""
    return json.dumps(key.as_dict(private=False) | {"kid": key.thumbprint(), "use": "enc"}, sort_keys=True)
