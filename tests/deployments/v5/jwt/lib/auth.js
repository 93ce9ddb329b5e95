import NextAuth from 'next-auth';
import { jwt } from './ended.js';
import { providers } from './providers.js';

export const { handlers, auth } = NextAuth({
  session: { strategy: 'jwt' },
  providers,
  callbacks: { jwt, authorized: ({ auth: session }) => Boolean(session) },
});
