-- The least that the notifier role needs: its own schema, no DDL, nothing of others.
-- After `billow migrate`, as the owner of the database:
--   CREATE ROLE billow_notifier LOGIN PASSWORD '…', then
--   psql "$BILLOW_DATABASE_URL" -f deploy/postgres/notifier.sql
REVOKE ALL ON SCHEMA notifier FROM PUBLIC;
REVOKE ALL ON ALL TABLES IN SCHEMA notifier FROM billow_notifier;
GRANT USAGE ON SCHEMA notifier TO billow_notifier;
GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA notifier TO billow_notifier;
-- Only what is over once it is handled may be removed.
GRANT DELETE ON notifier.inbox, notifier.outbox, notifier.retries TO billow_notifier;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA notifier TO billow_notifier;
-- Which version the schema has is read at the start, and changed by `billow migrate` only.
REVOKE INSERT, UPDATE ON notifier.alembic_version FROM billow_notifier;
ALTER ROLE billow_notifier SET search_path = notifier;
