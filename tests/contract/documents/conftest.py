"""Workers are kept from one test to the next where no test harms them."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from adapters.documents.fonts import write_font_config
from adapters.documents.invoices import WeasyPrintInvoices


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def invoices() -> AsyncIterator[WeasyPrintInvoices]:
    async with WeasyPrintInvoices(workers=1) as invoices:
        yield invoices


@pytest.fixture(scope="session")
def font_config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_font_config(tmp_path_factory.mktemp("fonts"))
