import { DrizzleAdapter } from '@auth/drizzle-adapter';
import { drizzle } from 'drizzle-orm/node-postgres';
import NextAuth from 'next-auth';
import pg from 'pg';
import { providers } from './providers.js';
import { cached } from './sessionCache.js';

const database = drizzle(new pg.Pool({ connectionString: process.env.DATABASE_URL }));

export const { handlers, auth } = NextAuth({
  adapter: cached(DrizzleAdapter(database)),
  session: { strategy: 'database' },
  providers,
  callbacks: {
    authorized: ({ auth: session }) => Boolean(session),
    // Auth.js v5 hands over the whole session row and user; returned untouched, the endpoint would send the session token to the browser.
    session: ({ session, user }) => ({
      user: { id: user.id, name: user.name, email: user.email, image: user.image },
      expires: new Date(session.expires).toISOString(),
    }),
  },
});
