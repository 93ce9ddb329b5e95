#pragma once

#include <QHash>

#include "core/redis/RedisUrl.h"
#include "core/store/sql/DatabaseUrl.h"

namespace rollcall::test {

/// The keys of a Redis database and their texts; of keys that hold none, their types.
using RedisKeys = QHash<QByteArray, QByteArray>;

/// All keys of a fixture of tests/data/fixtures ("upstash-redis-adapter-redis"); empty where it cannot be read.
[[nodiscard]] RedisKeys redisFixture(const QString &name);

/// Sets each of @p keys (a text without time to live); the reason in @p problem where it cannot.
void loadRedis(const redis::RedisUrl &url, const RedisKeys &keys, QString &problem);

/// What is in a database now.
[[nodiscard]] RedisKeys redisKeys(const redis::RedisUrl &url);

/// Runs one command, with words parted by blanks; its text, number or error for a test.
QByteArray redisCommand(const redis::RedisUrl &url, const QByteArrayList &words);

/// A session as the adapters store it; @p expires is JSON.
[[nodiscard]] QByteArray sessionValue(const QByteArray &token, const QByteArray &user, const QByteArray &expires);
/// A user as the adapters store one.
[[nodiscard]] QByteArray userValue(const QByteArray &id, const QByteArray &email);
/// Better Auth's list of tokens and ends (milliseconds).
[[nodiscard]] QByteArray sessionList(const QList<std::pair<QByteArray, QByteArray>> &entries);

/// The same address as a database of sessions.
[[nodiscard]] store::DatabaseUrl databaseAt(const QByteArray &address);

} // namespace rollcall::test
