// Runs the real better-auth over its memory adapter with a fixed clock, and writes down what it answers in the form of
// tests/data/vectors/better-auth.json.
const RealDate = Date;
let fixed = null;
globalThis.Date = new Proxy(RealDate, {
  construct: (target, given) => (given.length ? new target(...given) : new target(fixed ?? RealDate.now())),
  apply: (target) => new target(fixed ?? RealDate.now()).toString(),
  get: (target, name) => (name === "now" ? () => fixed ?? RealDate.now() : Reflect.get(target, name)),
});
process.env.NODE_ENV = "development";
// Its own complaints of what it was given are not what is compared.
for (const level of ["log", "warn", "error"]) console[level] = () => {};

const { betterAuth } = await import("better-auth");
const { memoryAdapter } = await import("better-auth/adapters/memory");
const { getCookieCache } = await import("better-auth/cookies");

const dateColumns = new Set(["createdAt", "updatedAt", "expiresAt"]);
const toRows = (rows) =>
  rows.map((row) =>
    Object.fromEntries(
      Object.entries(row).map(([name, value]) => [
        name,
        dateColumns.has(name) && typeof value === "string" ? new RealDate(value) : value,
      ]),
    ),
  );

/** The expectation of a case of kind "request". */
export async function answer(vector) {
  fixed = vector.now * 1000;
  const db = { user: toRows(vector.database.user), session: toRows(vector.database.session), account: [], verification: [] };
  const storageOps = [];
  const options = {
    baseURL: vector.baseURL,
    secret: vector.secret,
    logger: { disabled: true },
    telemetry: { enabled: false },
    rateLimit: { enabled: false },
    ...structuredClone(vector.options),
    database: memoryAdapter(db),
  };
  if (vector.secondaryStorage) {
    const entries = new Map(Object.entries(vector.secondaryStorage));
    options.secondaryStorage = {
      get: (key) => (storageOps.push(["get", key]), entries.get(key) ?? null),
      set: (key, value, ttl) => (storageOps.push(["set", key, value, ttl]), entries.set(key, value)),
      delete: (key) => (storageOps.push(["delete", key]), entries.delete(key)),
    };
  }
  const headers = new Headers();
  if (vector.cookie !== null) headers.set("cookie", vector.cookie);
  if (vector.method !== "GET") headers.set("origin", vector.baseURL);
  if (vector.body !== undefined) headers.set("content-type", "application/json");
  const body = vector.body === undefined ? undefined : JSON.stringify(vector.body);
  const request = new Request(vector.baseURL + vector.path, { method: vector.method, headers, body });
  const response = await betterAuth(options).handler(request);
  const text = await response.text();
  const expected = {
    status: response.status,
    headers: Object.fromEntries([...response.headers].filter(([name]) => name !== "set-cookie")),
    body: text === "" ? { $text: "" } : JSON.parse(text),
    setCookies: response.headers.getSetCookie(),
    sessionsAfter: JSON.parse(JSON.stringify(db.session)),
  };
  if (vector.secondaryStorage) expected.storageOps = storageOps;
  return expected;
}

/** The expectation of a case of kind "cache-decode". */
export async function readCache(vector) {
  fixed = vector.now * 1000;
  const headers = new Headers({ cookie: `better-auth.session_data=${vector.value}` });
  const payload = await getCookieCache(headers, { secret: vector.secret, strategy: vector.strategy, isSecure: false });
  return JSON.parse(JSON.stringify(payload));
}
