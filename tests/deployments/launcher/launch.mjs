// Runs one deployment or all of them until standard input ends or a signal comes; see ../README.md.
import { mkdtempSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { removeWithThisProcess } from './children.mjs';
import { DEPLOYMENTS, Deployment } from './deployment.mjs';
import { createDatabase, startPostgres } from './postgres.mjs';
import { startProvider } from './provider.mjs';
import { USERS } from './users.mjs';

const SOURCES = dirname(dirname(fileURLToPath(import.meta.url)));
const USAGE = `usage: launch.sh ${DEPLOYMENTS.map((kind) => kind.app).join('|')}|all [--users ada,ben,...] [--postgres ADMIN-URL] [--env NAME=VALUE]...`;

const say = (answer) => process.stdout.write(`${JSON.stringify(answer)}\n`);

function readArguments() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { users: { type: 'string' }, postgres: { type: 'string' }, env: { type: 'string', multiple: true } },
  });
  const kinds = DEPLOYMENTS.filter((kind) => positionals[0] === 'all' || positionals[0] === kind.app);
  if (positionals.length !== 1 || kinds.length === 0) throw new Error(USAGE);
  // ada twice: one user with two sessions
  const users = values.users?.split(',') ?? [...USERS.map((user) => user.user), 'ada'];
  const environment = Object.fromEntries((values.env ?? []).map((text) => [text.split('=', 1)[0], text.slice(text.indexOf('=') + 1)]));
  return { kinds, all: positionals[0] === 'all', users, postgres: values.postgres, environment };
}

const cleanUps = []; // undone in reverse order
let ending = false;

async function end(status) {
  if (ending) return;
  ending = true;
  for (const cleanUp of cleanUps.reverse()) {
    try {
      await cleanUp();
    } catch (error) {
      console.error(`launch: while cleaning up: ${error.message}`);
      status = 1;
    }
  }
  process.exit(status);
}

async function prepareDatabase(kind, adminUrl, given) {
  const schema = readFileSync(join(SOURCES, kind.folder, 'schema.sql'), 'utf8');
  const database = await createDatabase(adminUrl, kind.app, schema);
  if (given) cleanUps.push(database.drop); // a throw-away server goes as a whole
  return database.url;
}

async function obey(line, deployments) {
  try {
    const request = JSON.parse(line);
    if (request.command !== 'sign-in') throw new Error(`unknown command "${request.command}"; there is "sign-in"`);
    const deployment = deployments.length === 1 ? deployments[0] : deployments.find(({ app }) => app === request.app);
    if (!deployment) throw new Error('name the deployment: "app"');
    say({ signedIn: await deployment.signIn(request.user) });
  } catch (error) {
    say({ error: error.message });
  }
}

async function main() {
  const { kinds, all, users, postgres, environment } = readArguments();
  const directory = mkdtempSync('/var/tmp/rollcall-deployment.');
  cleanUps.push(removeWithThisProcess(directory));

  let adminUrl = postgres;
  if (!adminUrl && kinds.some((kind) => kind.strategy === 'database')) {
    const server = await startPostgres();
    cleanUps.push(server.stop);
    adminUrl = server.url;
  }
  const provider = await startProvider();
  cleanUps.push(provider.close);

  const deployments = [];
  const descriptions = [];
  for (const kind of kinds) {
    const databaseUrl = kind.strategy === 'database' ? await prepareDatabase(kind, adminUrl, Boolean(postgres)) : null;
    const deployment = new Deployment(kind, join(directory, kind.app), databaseUrl, provider, environment);
    cleanUps.push(() => deployment.stop());
    await deployment.start();
    const signedIn = [];
    for (const user of users) signedIn.push(await deployment.signIn(user));
    deployments.push(deployment);
    descriptions.push(deployment.describe(signedIn));
  }
  say(all ? { deployments: descriptions } : descriptions[0]);

  // One request at a time, in the order in which they came.
  let last = Promise.resolve();
  requests.on('line', (line) => {
    last = last.then(() => obey(line, deployments));
  });
  requests.resume();
}

const requests = createInterface({ input: process.stdin });
requests.on('close', () => end(0));
requests.pause();
process.on('SIGTERM', () => end(0));
process.on('SIGINT', () => end(0));

main().catch((error) => {
  if (ending) return;
  console.error(`launch: ${error.message}`);
  end(1);
});
