-- Fills an empty PostgreSQL database with :sessions sessions as @auth/pg-adapter 1.11 keeps them: a user for every
-- four sessions, an account for every user and a bit. Run by psql: -v sessions=10000000 -f pg-adapter.sql
--
-- The distributions are those of a shop with sliding expiry (maxAge 30 days) that never prunes: people were last seen
-- an exponentially distributed time ago, 75 days in the mean, so that a third of the rows is live; few users hold many
-- sessions and one holds thousands; one session of a thousand has lost its user; five users of a hundred have no
-- account, one of ten has two, and one of ten thousand signs in by a provider that hardly anybody uses. Expiry has
-- nothing to do with the place of a row in the table, which is the worst for an index on it.
-- Tables are unlogged and indices come last, for speed alone. The adapter itself makes no index but the primary keys;
-- here are also those that Rollcall advises, and one on the accounts' users.
\set ON_ERROR_STOP on
SET maintenance_work_mem = '1GB';
SET synchronous_commit = off;
SELECT setseed(0.42) \g /dev/null

CREATE UNLOGGED TABLE users (
    id serial,
    name varchar(255),
    email varchar(255),
    "emailVerified" timestamptz,
    image text
);
CREATE UNLOGGED TABLE accounts (
    id serial,
    "userId" integer NOT NULL,
    type varchar(255) NOT NULL,
    provider varchar(255) NOT NULL,
    "providerAccountId" varchar(255) NOT NULL,
    refresh_token text,
    access_token text,
    expires_at bigint,
    id_token text,
    scope text,
    session_state text,
    token_type text
);
CREATE UNLOGGED TABLE sessions (
    id serial,
    "userId" integer NOT NULL,
    expires timestamptz NOT NULL,
    "sessionToken" varchar(255) NOT NULL
);
CREATE TABLE verification_token (
    identifier text NOT NULL,
    expires timestamptz NOT NULL,
    token text NOT NULL,
    PRIMARY KEY (identifier, token)
);

INSERT INTO users (name, email)
SELECT CASE WHEN i % 10 > 0 THEN given || ' ' || family END,
       lower(given) || '.' || lower(family) || '.' || i || '@' ||
       (ARRAY['example.com', 'example.org', 'acme.example', 'orchard.example'])[1 + floor(4 * random() * random())::int]
FROM generate_series(1, greatest(:sessions / 4, 1)) i,
     LATERAL (SELECT (ARRAY['Ada', 'Ben', 'Chloe', 'Dmitri', 'Elif', 'Farid', 'Grace', 'Hiro', 'Ines', 'Jonas', 'Kemi', 'Lena',
                            'Mateo', 'Noor', 'Olga', 'Priya', 'Quentin', 'Rosa', 'Sven', 'Taro', 'Uma', 'Vera', 'Wanda',
                            'Yusuf', 'Zoe'])[1 + i % 25] AS given,
                     (ARRAY['Abbott', 'Bauer', 'Costa', 'Dubois', 'Eriksen', 'Fischer', 'Garcia', 'Haddad', 'Ito', 'Jansen',
                            'Kowalski', 'Lopez', 'Moreau', 'Novak', 'Okafor', 'Petrov', 'Rossi', 'Silva', 'Tanaka', 'Weber'])
                     [1 + i / 25 % 20] AS family) names;

INSERT INTO accounts ("userId", type, provider, "providerAccountId", access_token, expires_at, scope, token_type)
SELECT u.id, 'oauth', p.provider, u.id || '-' || p.provider, md5(u.id::text), 1781524800, 'read:user user:email', 'bearer'
FROM (SELECT id, random() AS first, random() AS second FROM users) u,
     LATERAL (SELECT CASE WHEN u.first < 0.05 THEN NULL WHEN u.first < 0.0501 THEN 'keycloak' WHEN u.first < 0.5 THEN 'github'
                          WHEN u.first < 0.88 THEN 'google' ELSE 'azure-ad' END AS provider
              UNION ALL
              SELECT CASE WHEN u.second < 0.1 THEN 'discord' END WHERE u.first >= 0.05) p
WHERE p.provider IS NOT NULL;

INSERT INTO sessions ("userId", expires, "sessionToken")
SELECT CASE WHEN i % 1000 = 0 THEN (SELECT count(*) FROM users) + i -- nobody
            WHEN i % 2000 = 1 THEN 1                                -- a script that signs in anew each time
            ELSE 1 + floor(users * random() * sqrt(random()))::int END,
       now() + interval '30 days' - interval '75 days' * -ln(1 - random()),
       md5(i::text || random()::text)::uuid::text
FROM generate_series(1, :sessions) i, (SELECT count(*) AS users FROM users) counted;

ALTER TABLE users ADD PRIMARY KEY (id);
ALTER TABLE accounts ADD PRIMARY KEY (id);
ALTER TABLE sessions ADD PRIMARY KEY (id);
CREATE UNIQUE INDEX "sessions_sessionToken_key" ON sessions ("sessionToken");
CREATE INDEX "sessions_userId_idx" ON sessions ("userId");
CREATE INDEX sessions_expires_idx ON sessions (expires);
CREATE INDEX "accounts_userId_idx" ON accounts ("userId");
VACUUM (ANALYZE) users;
VACUUM (ANALYZE) accounts;
VACUUM (ANALYZE) sessions;
