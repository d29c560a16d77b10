"""Lines to paste into a shell: one subscriber, from nothing to an invoice. The start page and `billow up` show them."""

from dataclasses import dataclass

JSON = "-H 'Content-Type: application/json'"


@dataclass(frozen=True, slots=True)
class Sample:
    """One command and what it does."""

    what: str
    line: str


def samples(url: str, billow: str = ".venv/bin/billow") -> list[Sample]:
    """For a shell in the project's folder."""
    staff = f'-H "Authorization: Bearer $({billow} token)"'
    ann = f'-H "Authorization: Bearer $({billow} token --user ann --as user)"'
    key = '-H "Idempotency-Key: $(date +%s%N)"'
    user = '{"name": "Ann Example", "email": "ann@example.com", "phone": "+12025550100", "country": "US"}'
    card = '{"card": {"number": "4000100000000018", "cvc": "123", "expiry_year": 2030, "expiry_month": 12}}'
    plan = '{"id": "basic", "name": "Basic", "amount": {"minor": 999, "currency": "USD"}, "interval": "month"}'
    return [
        Sample("A user", f"curl -sS -X PUT {url}/v1/users/ann {staff} {JSON} -d '{user}'"),
        Sample("A card of theirs", f"curl -sS {url}/v1/cards {ann} {JSON} -d '{card}'"),
        Sample("A plan", f"curl -sS {url}/v1/plans {staff} {JSON} -d '{plan}'"),
        Sample(
            "A subscription, billed at once",
            f'curl -sS {url}/v1/subscriptions {ann} {key} {JSON} -d \'{{"plan_id": "basic"}}\'',
        ),
        Sample("What was paid", f"curl -sS {url}/v1/payments {ann}"),
        Sample("May she use the products?", f"curl -sS {url}/v1/users/ann/access {staff}"),
        Sample(
            "The newest invoice as a PDF",
            f"curl -sS -L -o invoice.pdf {url}/v1/invoices/$(curl -sS {url}/v1/invoices {ann} "
            f'| grep -o \'"payment_id": *"[^"]*\' | head -1 | grep -o \'[^"]*$\')/file {ann}',
        ),
    ]
