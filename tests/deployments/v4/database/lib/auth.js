import PostgresAdapter from '@auth/pg-adapter';
import pg from 'pg';
import { providers } from './providers.js';

export const authOptions = {
  adapter: PostgresAdapter(new pg.Pool({ connectionString: process.env.DATABASE_URL })),
  session: { strategy: 'database' },
  providers,
};
