/**
 * The people who can sign in. `provider` is the id of the deployment's provider that each of them uses: an e-mail address that came by one
 * provider is refused by the libraries when it comes by another.
 */
export const USERS = [
  { user: 'ada', name: 'Ada Example', email: 'ada@example.com', provider: 'harbour' },
  { user: 'ben', name: 'Ben Example', email: 'ben@example.com', provider: 'harbour' },
  { user: 'zoe', name: 'Zoë Ångström-Müller', email: 'zoe@example.com', provider: 'lantern' },
  { user: 'taro', name: '山田 太郎', email: 'taro@example.com', provider: 'lantern' },
];

/** The user of that short name; throws where there is none. */
export function findUser(user) {
  const found = USERS.find((candidate) => candidate.user === user);
  if (!found) throw new Error(`no user "${user}"; there are ${USERS.map((known) => known.user).join(', ')}`);
  return found;
}
