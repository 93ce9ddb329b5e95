import { createClient } from '@redis/client';

const keyOf = (token) => `shop:session:${token}`;

/** What JSON made of a session and its user, with its dates again. */
const revived = ({ session, user }) => ({
  session: { ...session, expires: new Date(session.expires) },
  user: { ...user, emailVerified: user.emailVerified && new Date(user.emailVerified) },
});

/**
 * The adapter behind a cache of sessions in the Redis server that SESSION_CACHE_URL names, as shops have it that spare their database: whoever
 * is found there is let in, and the database is not asked. Without that name it is the adapter as it is.
 */
export function cached(adapter) {
  const url = process.env.SESSION_CACHE_URL;
  if (!url) return adapter;
  const seconds = Number(process.env.SESSION_CACHE_SECONDS);
  const redis = createClient({ url });
  redis.on('error', (error) => console.error(`session cache: ${error.message}`));
  const connected = redis.connect();
  return {
    ...adapter,
    async getSessionAndUser(token) {
      await connected;
      const held = await redis.get(keyOf(token));
      if (held) return revived(JSON.parse(held));
      const found = await adapter.getSessionAndUser(token);
      if (found) await redis.set(keyOf(token), JSON.stringify(found), { EX: seconds });
      return found;
    },
    async updateSession(session) {
      const updated = await adapter.updateSession(session);
      await redis.del(keyOf(session.sessionToken));
      return updated;
    },
    async deleteSession(token) {
      const deleted = await adapter.deleteSession(token);
      await redis.del(keyOf(token));
      return deleted;
    },
  };
}
