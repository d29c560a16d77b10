"""Mails and texts as files in a folder: for the embedded mode, and to look at."""

import asyncio
import json
import os
import re
from pathlib import Path

from adapters.notices.mail import Sender, compose
from adapters.notices.wording import short
from core.kernel.clock import Clock
from core.kernel.trouble import Unavailable
from core.notifier.ports import Attachment, NoticeText, Sending, Sent

_UNFIT = re.compile(r"[^A-Za-z0-9.-]")


class _Folder:
    """Files appear whole, and sending the same message again leaves one file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    async def keep(self, name: str, content: bytes) -> Sent:
        try:
            await asyncio.to_thread(self._write, _UNFIT.sub("_", name), content)
        except OSError as error:
            return Sent(Sending.LATER, f"{type(error).__name__}: {error.strerror}")
        return Sent(Sending.SENT)

    async def check(self) -> None:
        try:
            await asyncio.to_thread(self._write, ".ready", b"")
        except OSError as error:
            raise Unavailable(f"the folder for notices cannot be written: {error.strerror}") from error

    def _write(self, name: str, content: bytes) -> None:
        self._path.mkdir(parents=True, exist_ok=True)
        growing = self._path / f".{name}.{os.getpid()}"
        growing.write_bytes(content)
        growing.replace(self._path / name)


class FileMailer:
    """The core's `Mailer`: an .eml file for each mail, named by its kind and id."""

    def __init__(self, folder: Path, sender: Sender, clock: Clock) -> None:
        self._folder = _Folder(folder)
        self._sender = sender
        self._clock = clock

    async def send(self, to: str, message_id: str, text: NoticeText, attachment: Attachment | None = None) -> Sent:
        try:
            mail = compose(self._sender, to, message_id, self._clock.now(), text, attachment)
        except ValueError as error:
            return Sent(Sending.REFUSED, str(error))
        return await self._folder.keep(f"{text.kind}-{message_id}.eml", mail.as_bytes())

    async def check(self) -> None:
        await self._folder.check()


class FileTexts:
    """The core's `Texts`: a JSON file for each SMS, named by its kind and id."""

    def __init__(self, folder: Path, company: str) -> None:
        self._folder = _Folder(folder)
        self._company = company

    async def send(self, to: str, message_id: str, text: NoticeText) -> Sent:
        sms = {"id": message_id, "to": to, "kind": text.kind, "body": short(text, self._company)}
        content = json.dumps(sms, ensure_ascii=False, indent=1) + "\n"
        return await self._folder.keep(f"{text.kind}-{message_id}.json", content.encode())

    async def check(self) -> None:
        await self._folder.check()
