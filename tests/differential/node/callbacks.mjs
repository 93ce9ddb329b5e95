// The callbacks that a request may name; NamedCallbacks.cpp has the same in C++.
const fail = (message) => {
  throw new Error(message)
}

export const callbacks = {
  'session-adds-id': { session: ({ session, user, token }) => ({ ...session, user: { ...session.user, id: user ? user.id : token.sub } }) },
  'session-null': { session: () => null },
  'session-undefined': { session: () => undefined },
  'session-empty': { session: () => ({}) },
  'session-text': { session: () => 'text' },
  'session-list': { session: () => [1, { a: null }] },
  'session-expires-only': { session: ({ session }) => ({ expires: session.expires }) },
  'session-input': { session: ({ session }) => session },
  'session-token': { session: ({ session, token, user }) => ({ ...session, token: token ?? null, whole: user ?? null }) },
  'session-update': {
    session: ({ session, trigger, newSession }) => ({ ...session, trigger: trigger ?? null, update: newSession ?? null }),
    jwt: ({ token, trigger, session }) => (trigger === 'update' ? { ...token, ...session, updated: session ?? null } : token),
  },
  'session-throws': { session: () => fail('callback failed') },
  'jwt-adds-role': {
    jwt: ({ token }) => ({ ...token, role: 'admin' }),
    session: ({ session, token }) => ({ ...session, role: token ? token.role : null }),
  },
  'jwt-renames': { jwt: ({ token }) => ({ ...token, name: 'Renamed', 5: 'five' }) },
  'jwt-empty': { jwt: () => ({}) },
  'jwt-null': { jwt: () => null },
  'jwt-undefined': { jwt: () => undefined },
  'jwt-text': { jwt: () => 'text' },
  'jwt-list': { jwt: () => [1, 2] },
  'jwt-throws': { jwt: () => fail('refresh failed') },
}
