"""A payment goes through: it is settled, there is an invoice, the user is told and may use the products."""

import asyncio
from io import BytesIO

from pypdf import PdfReader

from tests.journeys.world import World


async def test_a_payment_that_goes_through_is_settled_and_invoiced_by_mail_and_sms(world: World) -> None:
    ada = await world.person("ada", card="visa", name="Ada Lovelace")
    payment_id = await world.charge(ada, 1999, "EUR", "A comfortable chair")
    assert (await ada.payment(payment_id))["state"] == "succeeded"
    invoice = await ada.web.get(f"/v1/invoices/{payment_id}")
    [mail] = ada.mails()
    assert (mail.kind, mail.subject) == ("invoice", f"Your invoice {invoice['number']}")
    assert "€19.99" in mail.text
    assert list(mail.attachments) == [f"{invoice['number']}.pdf"]
    [sms] = ada.texts()
    assert "€19.99" in sms.body
    assert invoice["number"] in sms.body


async def test_the_invoice_says_who_paid_what_to_whom(world: World) -> None:
    ada = await world.person("ada", card="mastercard", name="Ada Lovelace", address=["12 Analytical St", "London"])
    payment_id = await world.charge(ada, 1999, "EUR", "A comfortable chair")
    text = text_of(next(iter(ada.mails("invoice")[0].attachments.values())))
    number = (await ada.web.get(f"/v1/invoices/{payment_id}"))["number"]
    said = ("Billow Example Ltd", "Ada Lovelace", "12 Analytical St", "A comfortable chair", "19.99", "0014", number)
    assert [words for words in said if words not in text] == []


async def test_the_file_in_the_bucket_is_the_one_that_was_sent(world: World) -> None:
    ada = await world.person("ada", card="visa")
    payment_id = await world.charge(ada)
    [sent] = ada.mails("invoice")[0].attachments.values()
    [row] = await world.rows("notifier", "SELECT file_key FROM invoices WHERE payment_id = $1", payment_id)
    [file] = world.home.rglob(row["file_key"].rpartition("/")[2])
    assert file.read_bytes() == sent
    assert sent.startswith(b"%PDF-")


async def test_invoice_numbers_have_no_gap_however_many_pay_at_once(world: World) -> None:
    people = [await world.person("buyer", card="visa") for _ in range(6)]
    await asyncio.gather(*(world.charge(person) for person in people))
    invoices = [invoice async for invoice in world.staff.every("/v1/invoices")]
    serials = sorted(int(invoice["number"].rpartition("-")[2]) for invoice in invoices)
    assert serials == list(range(1, len(serials) + 1))
    assert {person.id for person in people} <= {invoice["user_id"] for invoice in invoices}


async def test_a_success_after_a_failure_restores_access_and_ends_the_reminders(world: World) -> None:
    ada = await world.person("ada", card="expired_card")
    payment_id = await world.charge(ada)
    assert (await ada.access())["blocked"]
    assert await on_reminder_list(world, payment_id)
    await ada.save_card("visa", default=True)
    await world.settle()
    assert (await ada.payment(payment_id))["state"] == "succeeded"
    assert (await ada.access())["blocked"] is False
    assert not await on_reminder_list(world, payment_id)
    assert len(ada.mails("invoice")) == 1


async def test_an_invoice_speaks_the_language_of_its_reader(world: World) -> None:
    bob = await world.person("bob", card="visa", locale="de-DE", name="Jürgen Groß")
    await world.charge(bob, 123456, "EUR", "Stühle")
    [mail] = bob.mails("invoice")
    text = text_of(next(iter(mail.attachments.values())))
    assert "1.234,56" in mail.text
    assert "1.234,56" in text
    assert "Rechnung" in text
    assert "Jürgen Groß" in text


async def test_a_yen_has_no_cents(world: World) -> None:
    ken = await world.person("ken", card="jcb", name="山田 健")
    await world.charge(ken, 4980, "JPY", "本")
    [mail] = ken.mails("invoice")
    assert "4,980" in mail.text
    assert "49.80" not in mail.text


def text_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)


async def on_reminder_list(world: World, payment_id: str) -> bool:
    query = "SELECT FROM reminders WHERE payment_id = $1 AND next_at IS NOT NULL"
    return bool(await world.rows("payment", query, payment_id))
