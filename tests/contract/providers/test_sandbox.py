"""The sandbox and our client for it meet the bar for providers."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.contract.providers.benches import sandbox_bench
from tests.contract.providers.conformance import ProviderConformance
from tests.contract.providers.situations import Bench


class TestSandbox(ProviderConformance):
    @pytest.fixture
    async def bench(self, tmp_path: Path) -> AsyncIterator[Bench]:
        async with sandbox_bench(tmp_path) as bench:
            yield bench
