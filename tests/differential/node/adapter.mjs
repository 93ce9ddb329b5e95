// An adapter over the rows of a request, which notes what it is asked.
const plain = (value) => (value instanceof Date ? value.toISOString() : value)

export const makeAdapter = (db) => {
  const calls = []
  // A number is the time of a Date, in milliseconds; anything else stands in the row as it is.
  const rows = db.sessions.map((row) => ({ ...row, expires: typeof row.expires === 'number' ? new Date(row.expires) : row.expires }))
  const note = (method, argument) => {
    const shown = typeof argument === 'string' ? argument : Object.fromEntries(Object.entries(argument).map(([k, v]) => [k, plain(v)]))
    calls.push([method, shown])
    if (db.fail === method) throw new Error('database is down')
  }
  const adapter = {
    async getSessionAndUser(token) {
      note('getSessionAndUser', token)
      const session = rows.find((row) => row.sessionToken === token)
      const user = session && db.users.find(({ id }) => id === session.userId)
      return session && user ? { session: { ...session }, user: { ...user } } : null
    },
    async updateSession(change) {
      note('updateSession', change)
      const session = rows.find((row) => row.sessionToken === change.sessionToken)
      return session ? Object.assign(session, change) : null
    },
    async deleteSession(token) {
      note('deleteSession', token)
      const at = rows.findIndex((row) => row.sessionToken === token)
      if (at >= 0) rows.splice(at, 1)
    },
  }
  // The packages look for them when they check the configuration; no session request calls them.
  for (const name of ['createUser', 'getUser', 'getUserByEmail', 'getUserByAccount', 'updateUser', 'linkAccount', 'createSession'])
    adapter[name] = async () => {
      throw new Error(`${name} was called`)
    }
  return { adapter, calls }
}
