#include "tests/support/RedisFixtures.h"

#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>

#include "core/base/ErrorText.h"
#include "core/redis/RedisChannel.h"
#include "tests/support/TestPaths.h"

namespace rollcall::test {

namespace {

using redis::RedisCommand;
using redis::RedisReply;

base::Call soon()
{
    return base::Call::within(std::chrono::seconds(60));
}

} // namespace

RedisKeys redisFixture(const QString &name)
{
    QFile file(dataFile(QStringLiteral("fixtures/%1.json").arg(name)));
    RedisKeys keys;
    if (!file.open(QIODevice::ReadOnly))
        return keys;
    const QJsonObject all = QJsonDocument::fromJson(file.readAll()).object();
    for (auto key = all.begin(); key != all.end(); ++key)
        keys.insert(key.key().toUtf8(), key.value().toObject().value(QStringLiteral("value")).toString().toUtf8());
    return keys;
}

void loadRedis(const redis::RedisUrl &url, const RedisKeys &keys, QString &problem)
{
    const auto channel = redis::makeChannel(url.clone(), {});
    std::vector<RedisCommand> commands;
    const auto flush = [&] {
        const auto replies = channel->pipeline(commands, soon());
        if (!replies)
            problem = base::oneLine(replies.error());
        commands.clear();
    };
    for (auto key = keys.begin(); key != keys.end(); ++key) {
        commands.push_back({"SET", key.key(), key.value()});
        if (commands.size() == 5'000)
            flush();
    }
    flush();
}

RedisKeys redisKeys(const redis::RedisUrl &url)
{
    const auto channel = redis::makeChannel(url.clone(), {});
    RedisKeys keys;
    const auto names = channel->send({"KEYS", "*"}, soon());
    for (const RedisReply &name : names ? names->elements : std::vector<RedisReply>()) {
        const auto value = channel->send({"GET", name.text}, soon());
        keys.insert(name.text, value ? value->text : channel->send({"TYPE", name.text}, soon())->text);
    }
    return keys;
}

QByteArray redisCommand(const redis::RedisUrl &url, const QByteArrayList &words)
{
    const auto reply = redis::makeChannel(url.clone(), {})->send(RedisCommand(words.begin(), words.end()), soon());
    if (!reply)
        return base::oneLine(reply.error()).toUtf8();
    return reply->kind == RedisReply::Kind::Integer ? QByteArray::number(reply->number) : reply->text;
}

QByteArray sessionValue(const QByteArray &token, const QByteArray &user, const QByteArray &expires)
{
    return R"({"sessionToken":")" + token + R"(","userId":")" + user + R"(","expires":)" + expires + '}';
}

QByteArray userValue(const QByteArray &id, const QByteArray &email)
{
    return R"({"id":")" + id + R"(","name":"N)" + id + R"(","email":")" + email + R"(","emailVerified":null})";
}

QByteArray sessionList(const QList<std::pair<QByteArray, QByteArray>> &entries)
{
    QByteArrayList list;
    for (const auto &[token, end] : entries)
        list << R"({"token":")" + token + R"(","expiresAt":)" + end + '}';
    return '[' + list.join(',') + ']';
}

store::DatabaseUrl databaseAt(const QByteArray &address)
{
    auto url = store::DatabaseUrl::parse(address);
    return url ? std::move(*url) : store::DatabaseUrl();
}

} // namespace rollcall::test
