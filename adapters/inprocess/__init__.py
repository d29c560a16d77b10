"""The bus of the embedded default: durable tables in PostgreSQL instead of a broker, with the same promises."""
