"""The sandbox and our client for it meet the bar for providers."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.contract.providers.benches import sandbox_bench
from tests.contract.providers.conformance import ProviderConformance
from tests.contract.providers.form_conformance import BrowserFormConformance
from tests.contract.providers.situations import FormBench


class TestSandbox(ProviderConformance, BrowserFormConformance):
    @pytest.fixture
    async def bench(self, tmp_path: Path) -> AsyncIterator[FormBench]:
        async with sandbox_bench(tmp_path) as bench:
            yield bench
