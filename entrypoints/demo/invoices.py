"""The invoices under the names that people know them by. In the bucket their names cannot be guessed."""

from pathlib import Path

from adapters.postgres.notifier.audit import PostgresNotifierAudit
from entrypoints.embedded import Embedded


async def link_by_number(billow: Embedded, folder: Path) -> Path:
    """Fill `folder` with a link for each invoice, named by its number."""
    folder.mkdir()
    for invoice in await PostgresNotifierAudit(billow.installation.databases["notifier"]).invoices():
        if invoice.file and invoice.issue:
            (folder / f"{invoice.issue.number}.pdf").hardlink_to(billow.home / "bucket" / invoice.file.key)
    return folder
