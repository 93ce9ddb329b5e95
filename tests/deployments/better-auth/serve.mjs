// Serves the real better-auth over a PostgreSQL database that it makes its tables in, with users that are signed in;
// with SESSION_STORE (a Redis address) sessions live in its secondary storage and in the database.
// Usage: node serve.mjs BETTER_AUTH_PACKAGES CLIENT_PACKAGES    (DATABASE_URL, AUTH_SECRET and SESSION_STORE: environment)
// Prints {"baseUrl","users":[{"email","cookie"}]} on one line and serves until its standard input ends.
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [betterAuthPackages, clientPackages] = process.argv.slice(2);
const resolveIn = (folder) => createRequire(join(folder, "package.json")).resolve;
const load = (folder, name) => import(pathToFileURL(resolveIn(folder)(name)));

const { betterAuth } = await load(betterAuthPackages, "better-auth");
const { getMigrations } = await load(betterAuthPackages, "better-auth/db/migration");
const { toNodeHandler } = await load(betterAuthPackages, "better-auth/node");
const { default: pg } = await load(clientPackages, "pg");

async function secondaryStorage(url) {
  const { createClient } = await load(clientPackages, "redis");
  const client = createClient({ url });
  await client.connect();
  return {
    get: (key) => client.get(key),
    set: (key, value, ttl) => client.set(key, value, ttl ? { EX: ttl } : {}),
    delete: (key) => client.del(key),
  };
}

const server = createServer((request, response) => handle(request, response));
await new Promise((done) => server.listen(0, "127.0.0.1", done));
const baseURL = `http://127.0.0.1:${server.address().port}`;
const options = {
  baseURL,
  secret: process.env.AUTH_SECRET,
  database: new pg.Pool({ connectionString: process.env.DATABASE_URL }),
  emailAndPassword: { enabled: true },
  rateLimit: { enabled: false },
  telemetry: { enabled: false },
  logger: { level: "error" },
};
if (process.env.SESSION_STORE) {
  options.secondaryStorage = await secondaryStorage(process.env.SESSION_STORE);
  options.session = { storeSessionInDatabase: true };
}
const { runMigrations } = await getMigrations(options);
await runMigrations();
const auth = betterAuth(options);
const handle = toNodeHandler(auth);

/** The session cookie that a request to @p path is answered with, as a browser would send it. */
async function signIn(path, body) {
  const response = await fetch(`${baseURL}/api/auth/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", origin: baseURL },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return response.headers.getSetCookie().map((line) => line.split(";")[0]).find((pair) => pair.includes("session_token"));
}

const users = [];
for (const name of ["ada", "ben", "cleo"]) {
  const who = { email: `${name}@example.com`, password: "correct horse battery" };
  users.push({ email: who.email, cookie: await signIn("sign-up/email", { ...who, name }) });
  // A second device each.
  users.push({ email: who.email, cookie: await signIn("sign-in/email", who) });
}
console.log(JSON.stringify({ baseUrl: baseURL, users }));
process.stdin.on("end", () => process.exit(0)).resume();
