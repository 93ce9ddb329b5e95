import NextAuth from 'next-auth';
import { providers } from './providers.js';

export const { handlers, auth } = NextAuth({
  session: { strategy: 'jwt' },
  providers,
  callbacks: { authorized: ({ auth: session }) => Boolean(session) },
});
