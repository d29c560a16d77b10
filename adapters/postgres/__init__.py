"""PostgreSQL: one schema for each role, Tortoise by key, plain SQL where a statement handles a batch."""
