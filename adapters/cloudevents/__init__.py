"""Messages as CloudEvents 1.0 in the binary mode of the RabbitMQ binding."""
