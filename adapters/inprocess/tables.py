"""The tables of the bus, in a schema of their own. Made at the start, so that nothing has to be migrated."""

TABLES = """
SELECT pg_advisory_xact_lock(7217064519);  -- two processes that start at once
CREATE SCHEMA IF NOT EXISTS bus;
CREATE TABLE IF NOT EXISTS bus.deliveries (
    position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    queue text NOT NULL,
    headers text NOT NULL,
    content_type text NOT NULL,
    body bytea NOT NULL,
    expires_at timestamptz,
    leased_until timestamptz,
    holder uuid,
    takes integer NOT NULL DEFAULT 0  -- tells a lease from an older one of the same row
);
CREATE INDEX IF NOT EXISTS deliveries_in_order ON bus.deliveries (queue, position);
CREATE TABLE IF NOT EXISTS bus.dead_letters (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    queue text NOT NULL,
    headers text NOT NULL,
    content_type text NOT NULL,
    body bytea NOT NULL,
    reason text NOT NULL,
    parked_at timestamptz NOT NULL
);
CREATE INDEX IF NOT EXISTS dead_letters_in_order ON bus.dead_letters (queue, id);
"""

PUT = """
INSERT INTO bus.deliveries (queue, headers, content_type, body, expires_at)
SELECT queue, headers, content_type, body, clock_timestamp() + seconds * interval '1 second'
FROM unnest($1::text[], $2::text[], $3::text[], $4::bytea[], $5::float8[])
    AS given (queue, headers, content_type, body, seconds)
"""

TAKE = """
UPDATE bus.deliveries
SET leased_until = clock_timestamp() + $3::float8 * interval '1 second', holder = $4, takes = takes + 1
WHERE position = ANY (ARRAY(
    SELECT position FROM bus.deliveries
    WHERE queue = $1
        AND (leased_until IS NULL OR leased_until < clock_timestamp())
        AND (expires_at IS NULL OR expires_at > clock_timestamp())
    ORDER BY position LIMIT $2 FOR UPDATE SKIP LOCKED
))
RETURNING position, takes, headers, content_type, body
"""

DONE = """
DELETE FROM bus.deliveries AS mine USING unnest($1::bigint[], $2::integer[]) AS given (position, takes)
WHERE mine.position = given.position AND mine.takes = given.takes
"""

HAND_BACK = """
UPDATE bus.deliveries AS mine SET leased_until = NULL
FROM unnest($1::bigint[], $2::integer[]) AS given (position, takes)
WHERE mine.position = given.position AND mine.takes = given.takes
"""

HAND_ALL_BACK = "UPDATE bus.deliveries SET leased_until = NULL WHERE holder = $1"

FORGET_EXPIRED = "DELETE FROM bus.deliveries WHERE queue = $1 AND expires_at <= clock_timestamp()"

IS_EMPTY = "SELECT NOT EXISTS (SELECT FROM bus.deliveries WHERE expires_at IS NULL OR expires_at > clock_timestamp())"

PARK = """
INSERT INTO bus.dead_letters (queue, headers, content_type, body, reason, parked_at) VALUES ($1, $2, $3, $4, $5, $6)
"""

LIST_DEAD = "SELECT * FROM bus.dead_letters WHERE queue = $1 ORDER BY id LIMIT $2"

REPLAY = """
WITH chosen AS (
    DELETE FROM bus.dead_letters WHERE queue = $1 AND ($2::bigint[] IS NULL OR id = ANY ($2)) RETURNING *
), put AS (
    INSERT INTO bus.deliveries (queue, headers, content_type, body)
    SELECT queue, headers, content_type, body FROM chosen ORDER BY id RETURNING 1
)
SELECT count(*) FROM put
"""

DEPTHS = "SELECT queue, count(*) AS depth FROM bus.dead_letters GROUP BY queue"
"""Their number in each queue that has any."""
