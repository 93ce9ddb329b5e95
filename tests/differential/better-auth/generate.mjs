// Prints generated cases of the form of tests/data/vectors/better-auth.json with the answers of the real package.
// Usage: generate.mjs SEED COUNT
import crypto from "node:crypto";
import { answer, readCache } from "./library.mjs";

const [seed, count] = process.argv.slice(2).map(Number);

// mulberry32: small, and the same everywhere.
let state = seed >>> 0;
function random() {
  state = (state + 0x6d2b79f5) >>> 0;
  let t = state;
  t = Math.imul(t ^ (t >>> 15), t | 1);
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
}
const below = (n) => Math.floor(random() * n);
const pick = (...choices) => choices[below(choices.length)];
const chance = (probability) => random() < probability;
const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const word = (length, alphabet = letters) => {
  const characters = [...alphabet];
  return Array.from({ length }, () => pick(...characters)).join("");
};
const iso = (seconds) => new Date(seconds * 1000).toISOString();

const now = 1760000000;
const day = 86400;
const secrets = [word(40), word(33) + "ñ€", `${word(20)}%+/=${word(20)}`];

const sign = (value, secret) => `${value}.${crypto.createHmac("sha256", secret).update(value).digest("base64")}`;

function mutate(text) {
  const at = below(text.length || 1);
  return pick(
    () => text.slice(0, at) + word(1) + text.slice(at + 1),
    () => text.slice(0, at),
    () => text.slice(0, at) + text.slice(at + 1),
    () => text + pick("=", "A", ".", "%", "%41", " ", "\t", "é", "-", "_", "+", "/"),
    () => pick("%", '"', ".", " ", "é") + text,
    () => `"${text}"`,
    () => text.replaceAll("%", "%25"),
    () => decodeURIComponent(text),
    () => text.slice(0, at) + pick("%2", "%zz", "%C3%A9", "%FF", ";", "=", "\\", '"', ",") + text.slice(at),
    () => "",
  )();
}
const perhapsMutated = (text, probability) => (chance(probability) ? mutate(text) : text);

function makeOptions() {
  const session = {};
  if (chance(0.6)) {
    session.cookieCache = { enabled: chance(0.9) };
    if (chance(0.7)) session.cookieCache.strategy = pick("compact", "jwt", "jwe");
    if (chance(0.5)) session.cookieCache.maxAge = pick(0, 1, 60, 300, 3600);
    if (chance(0.2)) session.cookieCache.version = pick("1", "2", "ü");
    if (chance(0.1)) session.cookieCache.refreshCache = true;
  }
  if (chance(0.2)) session.expiresIn = pick(0, 60, 3600, day, 400 * day, 401 * day);
  if (chance(0.3)) session.updateAge = pick(0, 1, 3600, day);
  if (chance(0.2)) session.freshAge = pick(0, 1, day);
  if (chance(0.1)) session.disableSessionRefresh = true;
  if (chance(0.15)) session.deferSessionRefresh = true;
  if (chance(0.3)) session.storeSessionInDatabase = true;
  if (chance(0.15)) session.preserveSessionInDatabase = true;
  if (chance(0.15)) {
    session.additionalFields = {
      role: { type: "string", required: false },
      hidden: { type: "string", required: false, returned: false },
    };
  }
  const options = chance(0.9) ? { session } : {};
  if (chance(0.1)) options.user = { additionalFields: { lang: { type: "string", required: false, returned: chance(0.5) } } };
  const advanced = {};
  if (chance(0.1)) advanced.cookiePrefix = word(5);
  if (chance(0.1)) advanced.useSecureCookies = chance(0.5);
  if (chance(0.05)) advanced.crossSubDomainCookies = { enabled: true, ...(chance(0.5) ? { domain: "example.test" } : {}) };
  if (chance(0.05)) advanced.defaultCookieAttributes = { sameSite: pick("none", "strict"), path: pick("/", "/app") };
  if (chance(0.05)) advanced.cookies = { session_token: { name: "sid", attributes: { httpOnly: chance(0.5) } } };
  if (Object.keys(advanced).length) options.advanced = advanced;
  if (chance(0.05)) options.account = { storeAccountCookie: true, ...(chance(0.5) ? { storeStateStrategy: "cookie" } : {}) };
  return options;
}

const prefixOf = (options) => {
  const secure = options.advanced?.useSecureCookies ? "__Secure-" : "";
  return `${secure}${options.advanced?.cookiePrefix ?? "better-auth"}`;
};
const tokenName = (options) =>
  options.advanced?.cookies ? (options.advanced.useSecureCookies ? "__Secure-" : "") + "sid" : `${prefixOf(options)}.session_token`;

function makeUser(id) {
  const user = {
    id,
    name: pick("Ada Lovelace", "", "Zoë 🙂", "x".repeat(below(9000))),
    email: pick("ada@example.test", "ADA@Example.Test"),
    image: pick(null, "https://example.test/a.png"),
    emailVerified: chance(0.5),
    createdAt: iso(now - 30 * day),
    updatedAt: iso(now - below(30) * day),
  };
  if (chance(0.3)) user.lang = "de";
  if (chance(0.05)) delete user.image;
  return user;
}

function makeSession(id, userId, token, expiresIn) {
  const life = (expiresIn || 7 * day) - day;
  const session = {
    id,
    token,
    userId,
    expiresAt: iso(now + pick(life, life + 1, life - 1, 6 * day + 82800, below(7 * day), 1, 0, -1, -day, 3600)),
    createdAt: iso(now - pick(0, 1, day - 1, day, day + 1, 3600)),
    updatedAt: iso(now - 3600),
    ipAddress: pick("203.0.113.9", "", null),
    userAgent: pick("UA/1", null),
  };
  if (chance(0.3)) Object.assign(session, { role: pick("admin", null), hidden: "secret", unknown: 1 });
  if (chance(0.04)) session.expiresAt = pick(null, "nonsense");
  if (chance(0.03)) delete session.ipAddress;
  return session;
}

function makeStorage(database) {
  const storage = {};
  for (const session of database.session) {
    const user = database.user.find((candidate) => candidate.id === session.userId) ?? null;
    if (chance(0.85)) storage[session.token] = JSON.stringify({ session, user });
    if (chance(0.05)) storage[session.token] = pick("null", "{}", "[]", "x", '"text"', '{"session":{},"user":{}}', '{"session":null}');
    if (chance(0.05)) storage[session.token] = storage[session.token]?.replaceAll(".000Z", "Z") ?? "0";
  }
  for (const user of database.user) {
    const list = database.session
      .filter((session) => session.userId === user.id && chance(0.9))
      .map((session) => ({ token: session.token, expiresAt: new Date(session.expiresAt).getTime() || 0 }));
    if (chance(0.9)) storage[`active-sessions-${user.id}`] = chance(0.05) ? pick("x", "null", "[]") : JSON.stringify(list);
  }
  return storage;
}

function makeRequest(options, database) {
  const other = pick(...database.session.map((session) => session.token), "unknown");
  const query = pick("", "", "", "?disableCookieCache=true", "?disableRefresh=false", "?disableRefresh=", "?x=1&disableCookieCache");
  return pick(
    ...Array(8).fill({ method: "GET", path: `/api/auth/get-session${query}` }),
    { method: "POST", path: `/api/auth/get-session${query}`, body: {} },
    { method: "GET", path: `/api/auth/list-sessions${query}` },
    { method: "POST", path: "/api/auth/revoke-session", body: pick({ token: other }, { token: other }, {}, { token: 5 }, [], null) },
    { method: "POST", path: "/api/auth/revoke-sessions", body: {} },
    { method: "POST", path: `/api/auth/revoke-other-sessions${query}`, body: {} },
    { method: "POST", path: "/api/auth/sign-out", body: pick({}, { state: 1, disableRedirect: "x" }, undefined) },
    { method: pick("GET", "POST", "HEAD"), path: pick("/api/auth", "/api/auth/", "/api/auth//get-session", "/api/auth/get-session/", "/x", "/api/auth/session") },
  );
}

/** Cookies of an earlier answer as a browser would send them back. */
const kept = (setCookies) => setCookies.map((line) => line.split(";")[0]).filter((pair) => !pair.endsWith("="));

async function makeCookies(vector) {
  const { options, secret, database } = vector;
  const token = chance(0.9) ? database.session[0].token : pick("unknown", "a.b", "x");
  const signer = chance(0.95) ? secret : pick(...secrets);
  let value = encodeURIComponent(sign(token, signer));
  value = perhapsMutated(value, 0.15);
  const name = chance(0.95) ? tokenName(options) : pick("better-auth.session_token", "__Secure-better-auth.session_token", "next-auth.session-token");
  const cookies = [];
  if (chance(0.96)) cookies.push(`${name}=${value}`);
  if (chance(0.1)) cookies.push(`${prefixOf(options)}.dont_remember=${perhapsMutated(encodeURIComponent(sign("true", secret)), 0.2)}`);
  if (chance(0.6)) {
    // A cache that the package itself sealed a while ago, perhaps under another strategy, for another token, or altered.
    const earlier = structuredClone(vector);
    earlier.now = now - pick(0, 1, 59, 60, 61, 299, 300, 301, 310, 316, 3600);
    earlier.options.session = { ...earlier.options.session, deferSessionRefresh: false, cookieCache: { enabled: true, ...earlier.options.session?.cookieCache } };
    if (chance(0.1)) earlier.options.session.cookieCache.strategy = pick("compact", "jwt", "jwe");
    Object.assign(earlier, { method: "GET", path: "/api/auth/get-session", cookie: `${tokenName(options)}=${encodeURIComponent(sign(pick(...database.session).token, secret))}` });
    delete earlier.body;
    const { setCookies } = await answer(earlier);
    const data = kept(setCookies).filter((pair) => pair.includes(".session_data"));
    cookies.push(...data.filter(() => chance(0.97)).map((pair) => perhapsMutated(pair, 0.12)));
  }
  if (chance(0.08)) cookies.push(`${prefixOf(options)}.session_data${pick("", ".0", ".1", ".01", ".-1", ".x")}=${pick("x", "", word(9), "a.b.c", "e30", "%")}`);
  if (chance(0.08)) cookies.push(pick("a=b", "novalue", "=x", `${name}=second`, "better-auth.account_data=x"));
  if (chance(0.1)) cookies.sort(() => (chance(0.5) ? 1 : -1));
  const header = cookies.join(pick("; ", "; ", ";", " ; "));
  return header === "" && chance(0.5) ? null : header;
}

async function requestCase(id) {
  const options = makeOptions();
  const users = [makeUser("u1"), makeUser("u9")].slice(0, chance(0.95) ? 2 : below(2));
  const expiresIn = options.session?.expiresIn;
  const database = {
    user: users,
    session: [
      makeSession("s1", "u1", word(32), expiresIn),
      makeSession("s2", pick("u1", "u9"), word(8), expiresIn),
      ...(chance(0.5) ? [makeSession("s3", "u1", word(8), expiresIn)] : []),
    ],
  };
  const vector = { id, kind: "request", baseURL: "http://localhost:3000", secret: pick(...secrets), options, now, database };
  if (chance(0.3)) vector.secondaryStorage = makeStorage(database);
  Object.assign(vector, makeRequest(options, database));
  if (vector.body === undefined) delete vector.body;
  vector.cookie = await makeCookies(vector);
  vector.expected = await answer(vector);
  return vector;
}

function sealCompact(data, expiresAt, secret) {
  const signature = crypto.createHmac("sha256", secret).update(JSON.stringify({ ...data, expiresAt })).digest("base64url");
  return Buffer.from(JSON.stringify({ session: data, expiresAt, signature })).toString("base64url");
}

function sealJwt(payload, secret) {
  const alg = pick("HS256", "HS256", "HS384", "HS512", "none");
  const input = [{ alg }, payload].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".");
  const digest = { HS384: "sha384", HS512: "sha512" }[alg] ?? "sha256";
  return `${input}.${crypto.createHmac(digest, secret).update(input).digest("base64url")}`;
}

async function cacheCase(id) {
  const strange = () => pick(undefined, null, 0, 5, "x", "", true, {}, [], [1, null, ["a"]], iso(now), "2025-02-30T24:00:00Z", "2025-10-09T08:53:20.1234Z", "2025-13-01T00:00:00Z");
  const perhaps = (object) => {
    const copy = { ...object };
    if (chance(0.4)) copy[pick(...Object.keys(copy), "extra", "7")] = strange();
    // Its text would hang on the time zone of the process.
    if (typeof copy.userId === "string" && copy.userId.includes("T")) copy.userId = "u";
    return copy;
  };
  const session = perhaps({ ...makeSession("s1", "u1", word(9)), ipAddress: "1" });
  const data = perhaps({ session, user: perhaps(makeUser("u1")), updatedAt: now * 1000, version: "1" });
  const secret = pick(...secrets);
  const strategy = pick("compact", "jwt");
  const end = now + pick(0, 1, -1, 300, -300);
  if (strategy === "jwt") Object.assign(data, pick({ exp: end }, { exp: end, iat: now }, {}, { exp: "x" }, { nbf: end }, { exp: 0 }));
  let value = strategy === "jwt" ? sealJwt(data, secret) : sealCompact(data, end * 1000 + pick(0, 0.5), secret);
  if (chance(0.2)) {
    const at = below(value.length);
    value = value.slice(0, at) + word(1) + value.slice(at + 1);
  }
  const vector = { id, kind: "cache-decode", strategy, secret, now, value };
  try {
    vector.expected = await readCache(vector);
  } catch {
    // Text that is not base64 makes the helper throw: the form of the vectors has no word for that.
    return cacheCase(id);
  }
  return vector;
}

function signCase(id) {
  const value = pick(word(32), word(below(40) + 1, "a.%é \"=+🙂"), "true");
  const secret = pick(...secrets);
  const signature = crypto.createHmac("sha256", secret).update(value).digest("base64");
  return { id, kind: "sign", secret, value, expected: { cookieValue: encodeURIComponent(`${value}.${signature}`), signature } };
}

const cases = [];
for (let i = 0; i < count; ++i) {
  const id = `generated-${seed}-${i}`;
  const kind = i % 10;
  cases.push(kind === 0 ? signCase(id) : await (kind < 4 ? cacheCase(id) : requestCase(id)));
}
process.stdout.write(JSON.stringify({ description: `generated from seed ${seed}`, packages: { "better-auth": "1.7.7" }, cases }));
