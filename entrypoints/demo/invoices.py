"""The invoices under the names that people know them by. In the bucket their names cannot be guessed."""

from collections.abc import Mapping
from pathlib import Path

from adapters.postgres.notifier.audit import PostgresNotifierAudit
from entrypoints.embedded import Embedded


async def link_by_number(billow: Embedded, folder: Path) -> Path:
    """Fill `folder` with a link for each invoice, named by its number."""
    invoices = await PostgresNotifierAudit(billow.installation.databases["notifier"]).invoices()
    bucket = billow.home / "bucket"
    _link(folder, {i.issue.number: bucket / i.file.key for i in invoices if i.file and i.issue})
    return folder


def _link(folder: Path, files: Mapping[str, Path]) -> None:
    folder.mkdir()
    for number, file in files.items():
        (folder / f"{number}.pdf").hardlink_to(file)
