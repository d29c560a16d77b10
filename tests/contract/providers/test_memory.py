"""The fake of unit tests meets the same bar as real providers, so what is tested with it holds."""

import pytest

from tests.contract.providers.benches import InMemoryBench
from tests.contract.providers.conformance import ProviderConformance
from tests.contract.providers.form_conformance import BrowserFormConformance
from tests.contract.providers.situations import FormBench


class TestInMemory(ProviderConformance, BrowserFormConformance):
    @pytest.fixture
    def bench(self) -> FormBench:
        return InMemoryBench()
