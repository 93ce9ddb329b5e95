import PostgresAdapter from '@auth/pg-adapter';
import pg from 'pg';
import { providers } from './providers.js';
import { cached } from './sessionCache.js';

export const authOptions = {
  adapter: cached(PostgresAdapter(new pg.Pool({ connectionString: process.env.DATABASE_URL }))),
  session: { strategy: 'database' },
  providers,
};
