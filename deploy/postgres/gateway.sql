-- The least that the gateway role needs: its own schema, no DDL, nothing of others.
-- After `billow migrate`, as the owner of the database:
--   CREATE ROLE billow_gateway_a LOGIN PASSWORD '…', then
--   psql "$BILLOW_DATABASE_URL" -v schema=gateway_a -v user=billow_gateway_a -f deploy/postgres/gateway.sql
REVOKE ALL ON SCHEMA :"schema" FROM PUBLIC;
REVOKE ALL ON ALL TABLES IN SCHEMA :"schema" FROM :"user";
GRANT USAGE ON SCHEMA :"schema" TO :"user";
GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA :"schema" TO :"user";
-- Only what is over once it is handled may be removed.
GRANT DELETE ON :"schema".inbox, :"schema".outbox, :"schema".retries TO :"user";
GRANT USAGE ON ALL SEQUENCES IN SCHEMA :"schema" TO :"user";
-- Which version the schema has is read at the start, and changed by `billow migrate` only.
REVOKE INSERT, UPDATE ON :"schema".alembic_version FROM :"user";
ALTER ROLE :"user" SET search_path = :"schema";
