-- The least that the subscription role needs: its own schema, no DDL, nothing of others.
-- After `billow migrate`, as the owner of the database:
--   CREATE ROLE billow_subscription LOGIN PASSWORD '…', then
--   psql "$BILLOW_DATABASE_URL" -f deploy/postgres/subscription.sql
REVOKE ALL ON SCHEMA subscription FROM PUBLIC;
REVOKE ALL ON ALL TABLES IN SCHEMA subscription FROM billow_subscription;
GRANT USAGE ON SCHEMA subscription TO billow_subscription;
GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA subscription TO billow_subscription;
-- Only what is over once it is handled may be removed.
GRANT DELETE ON subscription.inbox, subscription.outbox, subscription.retries, subscription.idempotency_keys TO billow_subscription;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA subscription TO billow_subscription;
-- Which version the schema has is read at the start, and changed by `billow migrate` only.
REVOKE INSERT, UPDATE ON subscription.alembic_version FROM billow_subscription;
ALTER ROLE billow_subscription SET search_path = subscription;
