"""What integration tests share."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder that no other test run cleans away."""
    with TemporaryDirectory(prefix="billow-home-") as folder:
        yield Path(folder)
