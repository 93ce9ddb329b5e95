// Proves that the deployments are what the C++ tests take them for: real sign-ins, real rows, and the answers of the libraries.
// Run by test.sh beside this file.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const HERE = dirname(fileURLToPath(import.meta.url));
const { Client } = createRequire(join(process.env.ROLLCALL_DEPLOY_DIR, 'package.json'))('pg');

const SESSION_TABLES = { 'v4-database': 'sessions', 'v5-database': '"session"' };

/** The launcher as a C++ test uses it: lines in, lines out, ended by closing its standard input. */
class Launcher {
  constructor(...args) {
    this.child = spawn('bash', [join(HERE, 'launch.sh'), ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.lines = createInterface({ input: this.child.stdout })[Symbol.asyncIterator]();
    this.ended = new Promise((resolve) => this.child.once('exit', (code) => resolve(code)));
  }

  async answer() {
    const { value, done } = await this.lines.next();
    assert.ok(!done, 'the launcher ended early');
    return JSON.parse(value);
  }

  ask(request) {
    this.child.stdin.write(`${JSON.stringify(request)}\n`);
    return this.answer();
  }

  end() {
    this.child.stdin.end();
    return this.ended;
  }
}

const get = (deployment, path, cookie) =>
  fetch(deployment.baseUrl + path, { redirect: 'manual', headers: cookie ? { cookie } : {} });

const session = async (deployment, cookie) => (await get(deployment, '/api/auth/session', cookie)).json();

const tampered = (cookie) => cookie.slice(0, -8) + [...cookie.slice(-8)].reverse().join('').replace(/./, (first) => (first === 'A' ? 'B' : 'A'));

async function query(deployment, sql, values) {
  const client = new Client({ connectionString: deployment.databaseUrl });
  await client.connect();
  try {
    return (await client.query(sql, values)).rows;
  } finally {
    await client.end();
  }
}

describe('all four deployments', () => {
  let launcher;
  let deployments;

  before(async () => {
    launcher = new Launcher('all');
    ({ deployments } = await launcher.answer());
  });

  after(() => launcher.end());

  const each = (what, check, applies = () => true) =>
    test(what, async (context) => {
      for (const deployment of deployments.filter(applies)) await context.test(deployment.app, () => check(deployment));
    });
  const withRows = ({ strategy }) => strategy === 'database';
  const withTokens = ({ strategy }) => strategy === 'jwt';
  const noSession = ({ version }) => (version === 'v4' ? {} : null);

  each('every user is signed in, ada twice with different cookies', async (deployment) => {
    assert.deepEqual(deployment.users.map(({ user }) => user), ['ada', 'ben', 'zoe', 'taro', 'ada']);
    assert.equal(new Set(deployment.users.map(({ cookieHeader }) => cookieHeader)).size, 5);
    for (const user of deployment.users) {
      const known = await session(deployment, user.cookieHeader);
      assert.equal(known.user.email, user.email);
      assert.equal(known.user.name, user.name);
      assert.equal(readFileSync(user.cookieFile, 'utf8'), `${user.cookieHeader}\n`);
    }
  });

  each('without a cookie, and with a tampered one, there is no session', async (deployment) => {
    assert.deepEqual(await session(deployment), noSession(deployment));
    assert.deepEqual(await session(deployment, tampered(deployment.users[0].cookieHeader)), noSession(deployment));
  });

  each('public routes answer anybody, protected ones a signed-in user only', async (deployment) => {
    const { cookieHeader } = deployment.users[1];
    for (const path of deployment.routes.public) assert.equal((await get(deployment, path)).status, 200, path);
    for (const path of deployment.routes.protected) {
      assert.equal((await get(deployment, path, cookieHeader)).status, 200, path);
      const refused = await get(deployment, path);
      assert.equal(refused.status, path === '/api/me' ? 401 : 307, path);
      if (refused.status === 307) assert.match(refused.headers.get('location'), /\/api\/auth\/signin\?callbackUrl=/, path);
    }
  });

  each('the session answer holds no session token', async (deployment) => {
    const { cookieHeader } = deployment.users[0];
    const text = JSON.stringify(await session(deployment, cookieHeader));
    assert.ok(!text.includes(cookieHeader.slice(cookieHeader.indexOf('=') + 1)));
  }, withRows);

  each('one row a sign-in, and a deleted row is refused while the others are accepted', async (deployment) => {
    const table = SESSION_TABLES[deployment.app];
    const tokenOf = ({ cookieHeader }) => cookieHeader.slice(cookieHeader.indexOf('=') + 1);
    const { signedIn } = await launcher.ask({ command: 'sign-in', app: deployment.app, user: 'ben' });
    const tokens = [...deployment.users, signedIn].map(tokenOf);
    const rows = await query(deployment, `SELECT "sessionToken" AS token FROM ${table}`);
    assert.deepEqual(rows.map(({ token }) => token).sort(), tokens.sort());
    await query(deployment, `DELETE FROM ${table} WHERE "sessionToken" = $1`, [tokenOf(signedIn)]);
    assert.deepEqual(await session(deployment, signedIn.cookieHeader), noSession(deployment));
    assert.equal((await session(deployment, deployment.users[1].cookieHeader)).user.email, 'ben@example.com');
    // The cookie-presence middleware of v4 lets it pass and the route refuses; the proxy of v5 asks the database.
    assert.equal((await get(deployment, '/api/orders', signedIn.cookieHeader)).status, deployment.version === 'v4' ? 401 : 307);
  }, withRows);

  each('tokens are sealed as the version seals them', async (deployment) => {
    const { cookieHeader } = deployment.users[0];
    const [header] = cookieHeader.slice(cookieHeader.indexOf('=') + 1).split('.');
    const { enc } = JSON.parse(Buffer.from(header, 'base64url').toString());
    assert.equal(enc, deployment.version === 'v4' ? 'A256GCM' : 'A256CBC-HS512');
  }, withTokens);

  each('the secret is long, fresh and private, and stands in the env file', async (deployment) => {
    const secret = readFileSync(deployment.secretFile, 'utf8').trimEnd();
    assert.ok(Buffer.from(secret, 'base64').length >= 32);
    for (const file of [deployment.secretFile, deployment.envFile, deployment.users[0].cookieFile]) {
      assert.equal(statSync(file).mode & 0o777, 0o600, file);
    }
    const name = deployment.version === 'v4' ? 'NEXTAUTH_SECRET' : 'AUTH_SECRET';
    assert.ok(readFileSync(deployment.envFile, 'utf8').includes(`${name}="${secret}"\n`));
  });

  test('a wrong request is answered, not obeyed', async () => {
    assert.match((await launcher.ask({ command: 'sign-in', app: 'v4-jwt', user: 'nobody' })).error, /no user "nobody"/);
    assert.match((await launcher.ask({ command: 'dance' })).error, /unknown command/);
  });
});

describe('the launcher leaves nothing behind', () => {
  const eventually = async (condition, complaint) => {
    for (let tries = 0; tries < 100; ++tries) {
      if (await condition()) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    assert.fail(complaint);
  };

  const accepts = ({ hostname, port }) => new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port) });
    const answer = (accepted) => () => {
      socket.destroy();
      resolve(accepted);
    };
    socket.once('connect', answer(true)).once('error', answer(false));
  });

  const refusesConnections = (url) => eventually(async () => !(await accepts(new URL(url))), `${new URL(url).host} still accepts connections`);

  test('when its standard input ends', async () => {
    const launcher = new Launcher('v4-database', '--users', 'ada');
    const { baseUrl, databaseUrl, secretFile } = await launcher.answer();
    assert.equal(await launcher.end(), 0);
    await refusesConnections(baseUrl);
    await refusesConnections(databaseUrl);
    assert.ok(!existsSync(secretFile));
  });

  test('when it is killed', async () => {
    const launcher = new Launcher('v5-database', '--users', 'ada');
    const { baseUrl, databaseUrl, secretFile } = await launcher.answer();
    launcher.child.kill('SIGKILL');
    await refusesConnections(baseUrl);
    await refusesConnections(databaseUrl);
    await eventually(() => !existsSync(secretFile), `${secretFile} is still there`);
  });
});
