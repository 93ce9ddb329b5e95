-- As pg-adapter.sql, in the tables of @auth/prisma-adapter 2.11 on PostgreSQL: ids are texts, times have no zone (UTC),
-- and sessions have no key but the token. Run by psql: -v sessions=10000000 -f prisma-adapter.sql
\set ON_ERROR_STOP on
SET maintenance_work_mem = '1GB';
SET synchronous_commit = off;
SET TimeZone = 'UTC';
SELECT setseed(0.42) \g /dev/null

CREATE UNLOGGED TABLE "User" (
    id text NOT NULL,
    name text,
    email text NOT NULL,
    "emailVerified" timestamp(3),
    image text,
    "createdAt" timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" timestamp(3) NOT NULL
);
CREATE UNLOGGED TABLE "Account" (
    "userId" text NOT NULL,
    type text NOT NULL,
    provider text NOT NULL,
    "providerAccountId" text NOT NULL,
    refresh_token text,
    access_token text,
    expires_at integer,
    token_type text,
    scope text,
    id_token text,
    session_state text,
    "createdAt" timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" timestamp(3) NOT NULL
);
CREATE UNLOGGED TABLE "Session" (
    "sessionToken" text NOT NULL,
    "userId" text NOT NULL,
    expires timestamp(3) NOT NULL,
    "createdAt" timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" timestamp(3) NOT NULL
);
CREATE TABLE "VerificationToken" (
    identifier text NOT NULL,
    token text NOT NULL,
    expires timestamp(3) NOT NULL,
    PRIMARY KEY (identifier, token)
);

INSERT INTO "User" (id, name, email, "updatedAt")
SELECT 'c' || left(md5('user ' || i), 24), CASE WHEN i % 10 > 0 THEN 'User ' || i END, 'user.' || i || '@example.com', now()
FROM generate_series(1, greatest(:sessions / 4, 1)) i;

INSERT INTO "Account" ("userId", type, provider, "providerAccountId", "updatedAt")
SELECT u.id, 'oauth', CASE WHEN u.first < 0.0501 THEN 'keycloak' WHEN u.first < 0.5 THEN 'github' WHEN u.first < 0.88 THEN 'google'
                           ELSE 'azure-ad' END, u.id, now()
FROM (SELECT id, random() AS first FROM "User") u
WHERE u.first >= 0.05;

INSERT INTO "Session" ("sessionToken", "userId", expires, "createdAt", "updatedAt")
SELECT md5(i::text || random()::text)::uuid::text,
       'c' || left(md5('user ' || 1 + floor(users * random() * sqrt(random()))::int), 24),
       s.expires, s.expires - interval '30 days' * (1 + random()), s.expires - interval '30 days'
FROM generate_series(1, :sessions) i, (SELECT count(*) AS users FROM "User") counted,
     LATERAL (SELECT (now() + interval '30 days' - interval '75 days' * -ln(1 - random()) + i * interval '0')::timestamp(3) AS expires) s;

ALTER TABLE "User" ADD PRIMARY KEY (id);
ALTER TABLE "Account" ADD PRIMARY KEY (provider, "providerAccountId");
CREATE UNIQUE INDEX "User_email_key" ON "User" (email);
CREATE UNIQUE INDEX "Session_sessionToken_key" ON "Session" ("sessionToken");
CREATE INDEX "Session_userId_idx" ON "Session" ("userId");
CREATE INDEX "Session_expires_idx" ON "Session" (expires);
CREATE INDEX "Account_userId_idx" ON "Account" ("userId");
ALTER TABLE "Account" ADD FOREIGN KEY ("userId") REFERENCES "User" (id) ON UPDATE CASCADE ON DELETE CASCADE;
ALTER TABLE "Session" ADD FOREIGN KEY ("userId") REFERENCES "User" (id) ON UPDATE CASCADE ON DELETE CASCADE;
VACUUM (ANALYZE) "User";
VACUUM (ANALYZE) "Account";
VACUUM (ANALYZE) "Session";
