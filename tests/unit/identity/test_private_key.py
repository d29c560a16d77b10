import os
import stat
import threading
from pathlib import Path

import pytest

from adapters.identity.private_key import FILE, private_key
from core.kernel.trouble import Refused


def test_the_key_is_readable_by_its_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    umask = os.umask(0)
    try:
        private_key(folder)
    finally:
        os.umask(umask)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / FILE).stat().st_mode) == 0o600
    assert [path.name for path in folder.iterdir()] == [FILE]


def test_a_key_others_may_read_is_not_used(tmp_path: Path) -> None:
    private_key(tmp_path)
    (tmp_path / FILE).chmod(0o644)
    with pytest.raises(Refused, match="chmod 600"):
        private_key(tmp_path)


def test_two_starts_at_once_end_with_one_key(tmp_path: Path) -> None:
    kids: list[str | None] = []
    threads = [threading.Thread(target=lambda: kids.append(private_key(tmp_path).kid)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(kids) == 8
    assert len(set(kids)) == 1
