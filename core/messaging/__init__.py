"""How messages travel: envelope, codec, inbox, outbox, queues. One meaning for RabbitMQ and for the in-process bus."""
