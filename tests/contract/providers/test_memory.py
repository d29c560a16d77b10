"""The fake of unit tests meets the same bar as real providers, so what is tested with it holds."""

import pytest

from tests.contract.providers.benches import InMemoryBench
from tests.contract.providers.conformance import ProviderConformance
from tests.contract.providers.situations import Bench


class TestInMemory(ProviderConformance):
    @pytest.fixture
    def bench(self) -> Bench:
        return InMemoryBench()
