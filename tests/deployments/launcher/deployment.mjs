// One deployment: its configuration, its server and its signed-in users.
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ended, freePort, spawnUnprivileged } from './children.mjs';
import { signIn } from './sign-in.mjs';
import { findUser } from './users.mjs';

const START_LIMIT_MS = 60_000;
const PORT_ATTEMPTS = 5;
const BASE_PATH = '/api/auth';

const LIBRARIES = {
  v4: { cookieName: 'next-auth.session-token', secretName: 'NEXTAUTH_SECRET', urlName: 'NEXTAUTH_URL' },
  v5: { cookieName: 'authjs.session-token', secretName: 'AUTH_SECRET', urlName: 'AUTH_URL' },
};

/** Every deployment that there is; `folder` is below the build folder. */
export const DEPLOYMENTS = [
  { app: 'v4-database', version: 'v4', strategy: 'database', folder: 'v4/database' },
  { app: 'v4-jwt', version: 'v4', strategy: 'jwt', folder: 'v4/jwt' },
  { app: 'v5-jwt', version: 'v5', strategy: 'jwt', folder: 'v5/jwt' },
  { app: 'v5-database', version: 'v5', strategy: 'database', folder: 'v5/database' },
];

const ROUTES = { public: ['/', '/api/health'], protected: ['/api/me', '/dashboard', '/api/orders', '/reports'] };

const envText = (values) => Object.entries(values).map(([name, value]) => `${name}="${value}"\n`).join('');

export class Deployment {
  #kind;
  #directory;
  #environment;
  #server;
  #signIns = 0;
  #baseUrl;
  #databaseUrl;

  /**
   * `directory` is a private folder for this deployment's files; `databaseUrl` is null where sessions are JWTs; `environment` is added to
   * the server's.
   */
  constructor(kind, directory, databaseUrl, provider, environment) {
    this.#kind = kind;
    this.#directory = directory;
    this.#databaseUrl = databaseUrl;
    this.#environment = {
      [this.library.secretName]: randomBytes(48).toString('base64'),
      ...(databaseUrl ? { DATABASE_URL: databaseUrl } : {}),
      OIDC_ISSUER: provider.issuer,
      OIDC_CLIENT_ID: provider.clientId,
      OIDC_CLIENT_SECRET: provider.clientSecret,
      ...environment,
    };
    mkdirSync(directory, { mode: 0o700 });
  }

  get library() {
    return LIBRARIES[this.#kind.version];
  }

  get app() {
    return this.#kind.app;
  }

  /** Starts the server on a free port and waits until it answers. */
  async start() {
    for (let attempt = 1; ; ++attempt) {
      const log = await this.#tryToStart(await freePort());
      if (log === null) break;
      if (attempt === PORT_ATTEMPTS || !log.includes('EADDRINUSE')) throw new Error(`${this.app} did not start:\n${log}`);
    }
    this.#write('secret', `${this.#environment[this.library.secretName]}\n`);
    this.#write('deployment.env', envText(this.#environment));
  }

  /** Answers null, or the server's log where it did not come up. */
  async #tryToStart(port) {
    // `localhost`, not 127.0.0.1: Next.js turns loopback addresses into that name, and cookies are per host name.
    this.#baseUrl = `http://localhost:${port}`;
    this.#environment[this.library.urlName] = this.#baseUrl;
    const folder = join(process.env.ROLLCALL_DEPLOY_DIR, this.#kind.folder);
    const next = this.#require().resolve('next/dist/bin/next');
    const logFile = join(this.#directory, 'server.log');
    const output = openSync(logFile, 'w', 0o600);
    // Nothing of our own environment: a stray AUTH_SECRET or NEXTAUTH_URL of the machine would change the deployment.
    this.#server = spawnUnprivileged([process.execPath, next, 'start', '--hostname', '127.0.0.1', '--port', String(port)], {
      cwd: folder,
      env: { PATH: process.env.PATH, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1', ...this.#environment },
      stdio: ['ignore', output, output],
    });
    const deadline = Date.now() + START_LIMIT_MS;
    while (Date.now() < deadline && this.#server.exitCode === null && this.#server.signalCode === null) {
      const answer = await fetch(`${this.#baseUrl}/api/health`, { signal: AbortSignal.timeout(5000) }).catch(() => null);
      if (answer?.ok && (await answer.json()).status === 'ok') return null;
      await sleep(50);
    }
    await this.stop();
    return readFileSync(logFile, 'utf8');
  }

  /** Signs a user in once more; answers the entry for the description. */
  async signIn(name) {
    const user = findUser(name);
    const cookieHeader = await signIn({ baseUrl: this.#baseUrl, basePath: BASE_PATH, cookieName: this.library.cookieName, user });
    const cookieFile = this.#write(`cookie-${++this.#signIns}-${user.user}`, `${cookieHeader}\n`);
    return { ...user, cookieFile, cookieHeader };
  }

  /** What tests and developers need to know; README.md explains the members. */
  describe(users) {
    // Looked up by path: next-auth does not export its package.json.
    const manifest = (name) => this.#require().resolve.paths(name).map((folder) => join(folder, name, 'package.json')).find(existsSync);
    const version = (name) => JSON.parse(readFileSync(manifest(name), 'utf8')).version;
    return {
      app: this.app,
      version: this.#kind.version,
      strategy: this.#kind.strategy,
      nextAuthVersion: version('next-auth'),
      nextVersion: version('next'),
      baseUrl: this.#baseUrl,
      basePath: BASE_PATH,
      databaseUrl: this.#databaseUrl,
      secretFile: join(this.#directory, 'secret'),
      envFile: join(this.#directory, 'deployment.env'),
      logFile: join(this.#directory, 'server.log'),
      cookieName: this.library.cookieName,
      users,
      routes: ROUTES,
    };
  }

  async stop() {
    this.#server?.kill('SIGKILL'); // it keeps nothing that a graceful end would save
    if (this.#server) await ended(this.#server);
  }

  #require() {
    return createRequire(join(process.env.ROLLCALL_DEPLOY_DIR, this.#kind.folder, 'next.config.mjs'));
  }

  #write(name, text) {
    const path = join(this.#directory, name);
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  }
}
