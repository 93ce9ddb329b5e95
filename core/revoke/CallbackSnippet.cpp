#include "core/revoke/CallbackSnippet.h"

#include <algorithm>
#include <array>
#include <utility>

namespace rollcall::revoke {

namespace {

using Name = std::pair<RuleClient, const char *>;

constexpr std::array names{Name{RuleClient::Pg, "pg"}, Name{RuleClient::Mysql2, "mysql2"},
                           Name{RuleClient::BetterSqlite, "better-sqlite3"}, Name{RuleClient::Redis, "redis"},
                           Name{RuleClient::Upstash, "upstash"}};

// Each defines lookup(scopes): a Map of scope → not-before in seconds. Addresses come from the deployment's own
// environment; the table is made by Rollcall, and the deployment's role needs SELECT on it.
constexpr char pgLookup[] = R"js(import pg from 'pg';

// The role of DATABASE_URL needs: GRANT SELECT ON rollcall_not_before TO it;
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 2, connectionTimeoutMillis: 2000, query_timeout: 2000 });
pool.on('error', () => {}); // a link that breaks while nobody uses it is made anew

async function lookup(scopes) {
  const { rows } = await pool.query('SELECT scope, not_before FROM rollcall_not_before WHERE scope = ANY($1)', [scopes]);
  return new Map(rows.map((row) => [row.scope, Number(row.not_before)]));
}
)js";

constexpr char mysqlLookup[] = R"js(import mysql from 'mysql2/promise';

// The user of DATABASE_URL needs: GRANT SELECT ON rollcall_not_before TO it;
const pool = mysql.createPool({ uri: process.env.DATABASE_URL, connectionLimit: 2, connectTimeout: 2000 });

async function lookup(scopes) {
  const [rows] = await pool.query({ sql: 'SELECT scope, not_before FROM rollcall_not_before WHERE scope IN (?)', timeout: 2000 }, [scopes]);
  return new Map(rows.map((row) => [row.scope, Number(row.not_before)]));
}
)js";

constexpr char sqliteLookup[] = R"js(import Database from 'better-sqlite3';

let database;

async function lookup(scopes) {
  database ??= new Database(process.env.DATABASE_URL.replace(/^(sqlite|file):(\/\/)?/, ''), { readonly: true, timeout: 2000 });
  const places = scopes.map(() => '?').join(', ');
  const rows = database.prepare(`SELECT scope, not_before FROM rollcall_not_before WHERE scope IN (${places})`).all(...scopes);
  return new Map(rows.map((row) => [row.scope, Number(row.not_before)]));
}
)js";

constexpr char redisLookup[] = R"js(import { createClient } from 'redis';

let client;

async function lookup(scopes) {
  client ??= createClient({ url: process.env.REDIS_URL, socket: { connectTimeout: 2000 }, disableOfflineQueue: true })
    .on('error', () => {})
    .connect();
  const values = await (await client).mGet(scopes.map((scope) => `rollcall:not-before:${scope}`));
  return new Map(scopes.flatMap((scope, i) => (values[i] ? [[scope, Number.parseInt(values[i], 10)]] : [])));
}
)js";

constexpr char upstashLookup[] = R"js(const url = process.env.UPSTASH_REDIS_REST_URL ?? process.env.KV_REST_API_URL;
const bearer = process.env.UPSTASH_REDIS_REST_TOKEN ?? process.env.KV_REST_API_TOKEN;

async function lookup(scopes) {
  const answer = await fetch(`${url}/pipeline`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${bearer}`, 'Content-Type': 'application/json' },
    body: JSON.stringify([['MGET', ...scopes.map((scope) => `rollcall:not-before:${scope}`)]]),
    cache: 'no-store',
    signal: AbortSignal.timeout(2000),
  });
  if (!answer.ok) throw new Error(`the rules could not be read: status ${answer.status}`);
  const [{ result }] = await answer.json();
  return new Map(scopes.flatMap((scope, i) => (result[i] ? [[scope, Number.parseInt(result[i], 10)]] : [])));
}
)js";

constexpr char head[] =
    R"js(// Refuses JWT sessions that began before a not-before rule, which `rollcallctl rule set` sets. %1
//
// Save this beside your auth configuration as not-before.js and put its callback there:
//   import { endSessions } from './not-before.js';
//   callbacks: { ...yours, jwt: endSessions(yours.jwt) }      // without a jwt callback of yours: endSessions()
// Then `rollcallctl rule verify` proves by a canary that the deployment honours the rule.
//
// What it reaches: everything that asks for the session (%2).
// What it does not reach: code that opens the token by itself (%3), for that runs no callback.

)js";

constexpr char body[] = R"js(
const KEPT_MS = 5000; // a rule is in force everywhere after at most so long
const WAIT_MS = 2000; // a request waits for the rules no longer
const MOST_KEPT = 10000;
const kept = new Map(); // scope → { limit, at }, the one that was read last at the end
let quietUntil = 0; // where the rules could not be read, nobody waits for them again at once

function inTime(answer) {
  let timer;
  const late = new Promise((_, reject) => { timer = setTimeout(() => reject(new Error('no answer in time')), WAIT_MS); });
  return Promise.race([answer, late]).finally(() => clearTimeout(timer));
}

/** From when on a session of one of these scopes must have begun, in seconds. */
async function limitOf(scopes) {
  const now = Date.now();
  const old = scopes.filter((scope) => !(kept.get(scope)?.at > now - KEPT_MS));
  if (old.length > 0 && now >= quietUntil) {
    try {
      const found = await inTime(lookup(old));
      for (const scope of old) {
        kept.delete(scope);
        kept.set(scope, { limit: found.get(scope) ?? 0, at: now });
      }
    } catch (error) {
      // Nobody is signed out because the rules cannot be read: what was read last holds. To let nobody in instead, throw here.
      console.error('not-before rules:', error.message);
      quietUntil = now + KEPT_MS;
    }
  }
  const limit = Math.max(...scopes.map((scope) => kept.get(scope)?.limit ?? 0));
  for (const scope of kept.keys()) {
    if (kept.size <= MOST_KEPT) break;
    kept.delete(scope);
  }
  return limit;
}

export const endSessions = (own = ({ token }) => token) => async (parameters) => {
  const { token, account } = parameters;
  // Every session request issues the token anew, so its own `iat` moves on: what counts is when somebody signed in.
  const since = account ? Math.floor(Date.now() / 1000) : (token.rollcallSince ?? token.iat ?? 0);
  if (!account) {
    const scopes = ['*', token.sub && `user:${token.sub}`, token.email && `user:${token.email}`].filter(Boolean);
    if (since < (await limitOf(scopes))) %1
  }
  const result = await own(parameters);
  return result && { ...result, rollcallSince: since };
};
)js";

QString lookupOf(RuleClient client)
{
    switch (client) {
    case RuleClient::Pg:
        return QLatin1StringView(pgLookup);
    case RuleClient::Mysql2:
        return QLatin1StringView(mysqlLookup);
    case RuleClient::BetterSqlite:
        return QLatin1StringView(sqliteLookup);
    case RuleClient::Redis:
        return QLatin1StringView(redisLookup);
    case RuleClient::Upstash:
        return QLatin1StringView(upstashLookup);
    }
    Q_UNREACHABLE();
}

} // namespace

QString ruleClientName(RuleClient client)
{
    return QLatin1StringView(std::ranges::find(names, client, &Name::first)->second);
}

std::optional<RuleClient> ruleClientOf(const QString &name)
{
    const auto found =
        std::ranges::find_if(names, [&name](const Name &one) { return name == QLatin1StringView(one.second); });
    return found == names.end() ? std::nullopt : std::optional(found->first);
}

std::optional<RuleClient> ruleClientFor(const deployment::ConnectionConfig &config)
{
    const auto ofRedis = [](const redis::RedisUrl &url) {
        return url.kind == redis::RedisUrl::Kind::Upstash ? RuleClient::Upstash : RuleClient::Redis;
    };
    if (config.database) {
        switch (config.database->kind) {
        case store::DatabaseKind::PostgreSql:
            return RuleClient::Pg;
        case store::DatabaseKind::MySql:
            return RuleClient::Mysql2;
        case store::DatabaseKind::Sqlite:
            return RuleClient::BetterSqlite;
        case store::DatabaseKind::Redis:
            return ofRedis(*config.database->redis);
        }
    }
    return config.cache ? std::optional(ofRedis(*config.cache)) : std::nullopt;
}

QString callbackSnippet(session::AuthVersion version, RuleClient client)
{
    const bool isV4 = version == session::AuthVersion::V4;
    const QString top =
        QString(QLatin1StringView(head))
            .arg(isV4 ? QStringLiteral("For NextAuth.js v4.") : QStringLiteral("For Auth.js v5."),
                 isV4 ? QStringLiteral("/api/auth/session, useSession(), getServerSession()")
                      : QStringLiteral("/api/auth/session, useSession(), auth(), also as middleware or proxy"),
                 isV4 ? QStringLiteral("getToken(), and withAuth as middleware, unless its authorized callback asks")
                      : QStringLiteral("getToken()"));
    const QString refusal = isV4 ? QStringLiteral("throw new Error('this session was ended'); // null would not end it")
                                 : QStringLiteral("return null;");
    return top + lookupOf(client) + QString(QLatin1StringView(body)).replace(QStringLiteral("%1"), refusal);
}

} // namespace rollcall::revoke
