"""Charge a user from a product of the company, with nothing of Billow's but its address:

    python examples/charge_from_a_product.py amqp://product-shop:…@rabbitmq/ USER-ID

A product publishes `payment.requested.v1` on `billow.payment-requests`. Billow charges (source, request_id) once,
however often it is asked, so a product that is unsure asks again with the same two. What came of it: `access.*`
messages in the product's own queue, and `GET /v1/payments`. All fields: docs/messages/README.md.
"""

import asyncio
import json
import sys
from datetime import UTC, datetime
from uuid import uuid4

import aio_pika

EXCHANGE, KIND = "billow.payment-requests", "payment.requested.v1"
SECONDS = 10


def charge(user_id: str, minor: int, currency: str, description: str, order: str) -> aio_pika.Message:
    """`minor`: cents of EUR, whole yen of JPY. `order`: the product's own, unchanging name of what is charged."""
    now = datetime.now(UTC).isoformat()
    body = {
        "source": "product/shop",
        "request_id": order,
        "user_id": user_id,
        "amount": {"minor": minor, "currency": currency},
        "description": description,
        "requested_at": now,
    }
    attributes = {"specversion": "1.0", "id": str(uuid4()), "source": "product/shop", "type": KIND, "time": now}
    return aio_pika.Message(
        json.dumps(body).encode(),
        headers={f"ce-{name}": value for name, value in attributes.items()},
        content_type="application/json",
        delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
    )


async def publish(url: str, message: aio_pika.Message) -> None:
    """Returns when Billow's queue keeps the message. On any error: publish the same message again."""
    async with await aio_pika.connect(url, timeout=SECONDS) as connection:
        channel = await connection.channel(publisher_confirms=True, on_return_raises=True)
        topic = await channel.get_exchange(EXCHANGE, ensure=False)
        await topic.publish(message, KIND, mandatory=True, timeout=SECONDS)


if __name__ == "__main__":
    _, broker, user = sys.argv
    asyncio.run(publish(broker, charge(user, 1250, "EUR", "Gift card", f"order-{datetime.now(UTC):%Y%m%d%H%M%S}")))
    print("requested")
