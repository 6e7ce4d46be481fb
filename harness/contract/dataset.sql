-- The data set of the HTTP contract. It is deterministic: the right answer to every request is known.
-- By hand: psql "$DATABASE_URL" -f dataset.sql
BEGIN;

DROP TABLE IF EXISTS world, fortune;

CREATE TABLE world (
    id            integer PRIMARY KEY,
    random_number integer NOT NULL
);

-- One step of the Lehmer generator (Park and Miller 1988, multiplier 48271), folded to 1..10000.
INSERT INTO world
SELECT id, (id::bigint * 48271 % 2147483647) % 10000 + 1
FROM generate_series(1, 10000) AS id;

CREATE TABLE fortune (
    id      integer PRIMARY KEY,
    message text NOT NULL
);

INSERT INTO fortune (id, message) VALUES
    (1, 'Measure twice, publish once.'),
    (2, 'A benchmark without an interval is an anecdote.'),
    (3, 'Every mean hides the request that woke you up.'),
    (4, 'Fast, correct & documented: pick all three.'),
    (5, 'The bottleneck is always one process further on.'),
    (6, 'A cache is a bug with good public relations.'),
    (7, 'He who pins his CPUs sleeps well.'),
    (8, '<script>alert("this must never run");</script>'),
    (9, 'Nulla mensura sine errore — no reading without its error.'),
    (10, 'It''s "only" a load generator'),
    (11, '測らざれば知らず'),
    (12, 'Zero errors: check the error counter.');

ANALYZE world, fortune;

COMMIT;
