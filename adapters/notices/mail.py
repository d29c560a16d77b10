"""From a notice to an e-mail as it goes over the wire."""

from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from adapters.notices.wording import letter
from core.notifier.ports import Attachment, NoticeText


@dataclass(frozen=True, slots=True)
class Sender:
    """Who writes: the company's name, as in every greeting, and its e-mail address."""

    company: str
    address: str

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2]


def compose(
    sender: Sender, to: str, message_id: str, at: datetime, notice: NoticeText, attachment: Attachment | None
) -> EmailMessage:
    """Text and HTML alike, and the attachment. Raises `ValueError` for an address that is none.

    `email.policy` refuses line ends in headers, whoever brought them."""
    words = letter(notice, sender.company)
    mail = EmailMessage(policy=SMTP)
    mail["From"] = _address(sender.address, sender.company)
    mail["To"] = _address(to)
    mail["Subject"] = words.subject
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = f"<{message_id}@{sender.domain}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(words.text, cte="quoted-printable")
    mail.add_alternative(words.html, subtype="html", cte="quoted-printable")
    if attachment is not None:
        main, _, sub = attachment.media_type.partition("/")
        mail.add_attachment(attachment.content, maintype=main, subtype=sub, filename=attachment.filename)
    mail["Content-Language"] = words.language  # set earlier, it would go down into the text part
    return mail


def _address(spec: str, name: str = "") -> Address:
    """Domains in other scripts go as IDNA; such a local part does not, and is refused."""
    local, at, domain = spec.rpartition("@")
    if not (local and at and domain) or not local.isascii():
        raise ValueError("this is no e-mail address")
    try:
        return Address(display_name=name, addr_spec=f"{local}@{domain.encode('idna').decode()}")
    except Exception as error:  # the parser raises IndexError, HeaderParseError and others for what it does not know
        raise ValueError("this is no e-mail address") from error
