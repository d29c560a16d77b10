"""A signing key that one folder of one user holds."""

import json
import os
from pathlib import Path
from tempfile import mkstemp

from joserfc.jwk import ECKey

from core.kernel.trouble import Refused

FILE = "token-key.json"


def private_key(folder: Path) -> ECKey:
    """The P-256 key in `folder`, made when there is none. Raises `Refused` when others could read it."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / FILE
    if not path.exists():
        _make(path)
    if path.stat().st_mode & 0o077:
        raise Refused(f"others may read {path}: chmod 600 {path}")
    return ECKey.import_key(json.loads(path.read_text(encoding="utf-8")))


def _make(path: Path) -> None:
    """Two processes may start at once: the first whole file wins, and nobody ever sees half a file."""
    key = ECKey.generate_key("P-256", parameters={"use": "sig", "alg": "ES256"}, auto_kid=True)
    descriptor, draft = mkstemp(dir=path.parent)  # with mode 0600
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(key.as_dict(private=True), file)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        os.unlink(draft)
