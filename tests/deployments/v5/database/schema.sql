-- Source: @auth/drizzle-adapter 1.11.3, its default tables for PostgreSQL as drizzle-kit makes them (without passkeys).
CREATE TABLE "user" (
  id text PRIMARY KEY NOT NULL,
  name text,
  email text CONSTRAINT user_email_unique UNIQUE,
  "emailVerified" timestamp,
  image text
);

CREATE TABLE account (
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
  CONSTRAINT "account_provider_providerAccountId_pk" PRIMARY KEY (provider, "providerAccountId"),
  CONSTRAINT "account_userId_user_id_fk" FOREIGN KEY ("userId") REFERENCES "user" (id) ON DELETE CASCADE
);

CREATE TABLE session (
  "sessionToken" text PRIMARY KEY NOT NULL,
  "userId" text NOT NULL,
  expires timestamp NOT NULL,
  CONSTRAINT "session_userId_user_id_fk" FOREIGN KEY ("userId") REFERENCES "user" (id) ON DELETE CASCADE
);

CREATE TABLE "verificationToken" (
  identifier text NOT NULL,
  token text NOT NULL,
  expires timestamp NOT NULL,
  CONSTRAINT "verificationToken_identifier_token_pk" PRIMARY KEY (identifier, token)
);
