"""The bus on RabbitMQ 3.10 to 4.x: quorum queues, confirmed publishes, and no trust in one connection lasting."""
