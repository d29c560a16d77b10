-- The least that the payment role needs: its own schema, no DDL, nothing of others.
-- After `billow migrate`, as the owner of the database:
--   CREATE ROLE billow_payment LOGIN PASSWORD '…', then
--   psql "$BILLOW_DATABASE_URL" -f deploy/postgres/payment.sql
REVOKE ALL ON SCHEMA payment FROM PUBLIC;
REVOKE ALL ON ALL TABLES IN SCHEMA payment FROM billow_payment;
GRANT USAGE ON SCHEMA payment TO billow_payment;
GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA payment TO billow_payment;
-- Only what is over once it is handled may be removed.
GRANT DELETE ON payment.inbox, payment.outbox, payment.retries, payment.idempotency_keys TO billow_payment;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA payment TO billow_payment;
-- Which version the schema has is read at the start, and changed by `billow migrate` only.
REVOKE INSERT, UPDATE ON payment.alembic_version FROM billow_payment;
-- The book of transactions is only ever added to.
REVOKE UPDATE ON payment.transactions FROM billow_payment;
ALTER ROLE billow_payment SET search_path = payment;
