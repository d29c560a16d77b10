-- The least that the subscription role needs: its own schema, no DDL, nothing of others.
-- After `billow migrate`, as the owner of the database:
--   CREATE ROLE billow_subscription LOGIN PASSWORD '…', then
--   psql "$BILLOW_DATABASE_URL" -f deploy/postgres/subscription.sql
REVOKE ALL ON SCHEMA subscription FROM PUBLIC;
REVOKE ALL ON ALL TABLES IN SCHEMA subscription FROM billow_subscription;
GRANT USAGE ON SCHEMA subscription TO billow_subscription;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA subscription TO billow_subscription;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA subscription TO billow_subscription;
-- Which version the schema has is read at the start, and changed by `billow migrate` only.
REVOKE INSERT, UPDATE, DELETE ON subscription.alembic_version FROM billow_subscription;
ALTER ROLE billow_subscription SET search_path = subscription;
