// Sessions in databases: the tables of @auth/pg-adapter in PostgreSQL, the same in SQLite, with an index on the token in both.
import { readFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { loadFile, places, v4 } from './packages.mjs'
import { browserCookies, distinct, sessionToken } from './inputs.mjs'
import { Answer, requestMaker } from './resolve.mjs'

const pg = v4('pg')
const schema = readFileSync(new URL('../../deployments/v4/database/schema.sql', import.meta.url), 'utf8')

export const lookedUp = (sessions) =>
  Array.from({ length: distinct }, (_, i) => sessionToken(36, i * Math.floor(sessions / distinct)))

export const preparePostgres = async (url, sessions) => {
  const client = new pg.Client(url)
  await client.connect()
  await client.query(`${schema};
    CREATE UNIQUE INDEX ON sessions ("sessionToken");
    INSERT INTO users SELECT i + 1, 'User ' || i, 'user' || i || '@example.com', NULL, 'https://example.com/avatars/' || i || '.png'
      FROM generate_series(0, ${sessions - 1}) i;
    INSERT INTO sessions SELECT i + 1, i + 1, now() + interval '30 days',
      left(encode(sha256(('rollcall-bench:36:' || i)::bytea), 'hex'), 36) FROM generate_series(0, ${sessions - 1}) i;
    ANALYZE`)
  await client.query('CHECKPOINT')
  await client.end()
}

export const prepareSqlite = (path, sessions) => {
  const database = new DatabaseSync(path)
  database.exec(`CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, email TEXT, "emailVerified" TEXT, image TEXT);
    CREATE TABLE sessions (id INTEGER PRIMARY KEY, "userId" INTEGER NOT NULL, expires TEXT NOT NULL, "sessionToken" TEXT NOT NULL UNIQUE);
    BEGIN`)
  const user = database.prepare('INSERT INTO users VALUES (?, ?, ?, NULL, ?)')
  const session = database.prepare('INSERT INTO sessions VALUES (?, ?, ?, ?)')
  const expires = new Date(Date.now() + 30 * 86_400_000).toISOString()
  for (let i = 0; i < sessions; ++i) {
    user.run(i + 1, `User ${i}`, `user${i}@example.com`, `https://example.com/avatars/${i}.png`)
    session.run(i + 1, i + 1, expires, sessionToken(36, i))
  }
  database.exec('COMMIT')
  database.close()
}

// What stands on both sides of "the same query": session and user by token.
const columns = 's.id, s."userId", s.expires, u.name, u.email, u.image'
const query = (placeholder) =>
  `SELECT ${columns} FROM sessions s LEFT JOIN users u ON u.id = s."userId" WHERE s."sessionToken" = ${placeholder} LIMIT 1`

export const databaseCases = async ({ postgresUrl, sqliteUrl, databaseSessions, v4: { secret } }) => {
  const tokens = lookedUp(databaseSessions)
  const headers = tokens.map((token) => browserCookies('v4', secret, token))
  const { getServerSession } = v4('next-auth')
  const { default: PostgresAdapter } = await loadFile(places.pgAdapter, 'index.js')
  const pool = new pg.Pool({ connectionString: postgresUrl })
  const request = requestMaker()
  const options = { secret, adapter: PostgresAdapter(pool), session: { strategy: 'database' } }
  const bySqlite = new DatabaseSync(sqliteUrl.slice('sqlite:'.length), { readOnly: true }).prepare(query('?'))

  const found = (email) => {
    if (!email) throw new Error('a session was not found')
  }
  // One operation each: these are compared by their median.
  return {
    'lookup-postgres': async (i) => {
      const { rows } = await pool.query({ name: 'lookup', text: query('$1'), values: [tokens[i % distinct]] })
      found(rows[0]?.email)
    },
    'lookup-sqlite': (i) => found(bySqlite.get(tokens[i % distinct])?.email),
    'resolve-v4-database': async (i) => {
      const session = await getServerSession(request(headers[i % distinct]), new Answer(), { ...options })
      found(session?.user?.email)
    },
  }
}
