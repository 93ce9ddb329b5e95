// The PostgreSQL behind the deployments with database sessions: a given server, or a throw-away one.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { SUPPORT, ended } from './children.mjs';

const { Client } = createRequire(join(process.env.ROLLCALL_DEPLOY_DIR, 'package.json'))('pg');

/** Starts a throw-away server. Answers { url, stop() }. */
export async function startPostgres() {
  const child = spawn('bash', [join(SUPPORT, 'postgres-server.sh')], { stdio: ['pipe', 'pipe', 'inherit'] });
  const line = await new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', resolve);
    child.once('exit', () => reject(new Error('the PostgreSQL server did not start')));
  });
  const stop = async () => {
    child.stdin.end();
    await ended(child);
  };
  return { url: JSON.parse(line).url, stop };
}

async function withClient(url, use) {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

/** Makes a database and a role of its own that owns it, as a deployment has, and fills it with `schema`. Answers { url, drop() }. */
export async function createDatabase(adminUrl, label, schema) {
  const name = `${label.replaceAll('-', '_')}_${randomBytes(4).toString('hex')}`;
  const password = randomBytes(24).toString('base64url');
  await withClient(adminUrl, async (client) => {
    await client.query(`CREATE ROLE ${client.escapeIdentifier(name)} LOGIN PASSWORD ${client.escapeLiteral(password)}`);
    await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)} OWNER ${client.escapeIdentifier(name)}`);
  });
  const url = new URL(adminUrl);
  url.username = name;
  url.password = password;
  url.pathname = `/${name}`;
  await withClient(url.href, (client) => client.query(schema));
  const drop = () => withClient(adminUrl, async (client) => {
    await client.query(`DROP DATABASE ${client.escapeIdentifier(name)} WITH (FORCE)`);
    await client.query(`DROP ROLE ${client.escapeIdentifier(name)}`);
  });
  return { url: url.href, drop };
}
