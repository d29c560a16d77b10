-- The least that the activator role needs: its own schema, no DDL, nothing of others.
-- After `billow migrate`, as the owner of the database:
--   CREATE ROLE billow_activator LOGIN PASSWORD '…', then
--   psql "$BILLOW_DATABASE_URL" -f deploy/postgres/activator.sql
REVOKE ALL ON SCHEMA activator FROM PUBLIC;
REVOKE ALL ON ALL TABLES IN SCHEMA activator FROM billow_activator;
GRANT USAGE ON SCHEMA activator TO billow_activator;
GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA activator TO billow_activator;
-- Only what is over once it is handled may be removed.
GRANT DELETE ON activator.inbox, activator.outbox, activator.retries TO billow_activator;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA activator TO billow_activator;
-- Which version the schema has is read at the start, and changed by `billow migrate` only.
REVOKE INSERT, UPDATE ON activator.alembic_version FROM billow_activator;
ALTER ROLE billow_activator SET search_path = activator;
