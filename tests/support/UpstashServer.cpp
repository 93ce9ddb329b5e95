#include "tests/support/UpstashServer.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include "core/redis/RedisChannel.h"

namespace rollcall::test {

namespace {

const QByteArray token = QByteArrayLiteral("rest-token-of-tests");

QJsonValue resultOf(const redis::RedisReply &reply)
{
    using Kind = redis::RedisReply::Kind;
    switch (reply.kind) {
    case Kind::Nil:
        return QJsonValue::Null;
    case Kind::Text:
    case Kind::Error:
        return QString::fromUtf8(reply.text);
    case Kind::Integer:
        return reply.number;
    case Kind::Array:
        break;
    }
    QJsonArray elements;
    for (const redis::RedisReply &element : reply.elements)
        elements.append(resultOf(element));
    return elements;
}

Reply answer(const ScriptedServer::Request &request, const redis::RedisUrl &behind)
{
    if (request.requestLine() != "POST /pipeline HTTP/1.1")
        return Reply::http(404, "{\"error\":\"Not Found\"}");
    if (request.header("authorization") != "Bearer " + token)
        return Reply::http(401, "{\"error\":\"Unauthorized\"}");
    const QByteArray body = request.bytes.mid(request.bytes.indexOf("\r\n\r\n") + 4);
    std::vector<redis::RedisCommand> commands;
    const QJsonArray list = QJsonDocument::fromJson(body).array();
    for (const QJsonValue &words : list) {
        redis::RedisCommand &command = commands.emplace_back();
        const QJsonArray array = words.toArray();
        for (const QJsonValue &word : array)
            command.push_back(word.toString().toUtf8());
    }
    using namespace std::chrono_literals;
    const auto replies = redis::makeChannel(behind.clone(), {})->pipeline(commands, base::Call::within(5s));
    if (!replies)
        return Reply::http(503, "{\"error\":\"the server behind is gone\"}");
    QJsonArray results;
    for (const redis::RedisReply &reply : *replies) {
        const bool refused = reply.kind == redis::RedisReply::Kind::Error;
        results.append(QJsonObject{{refused ? QStringLiteral("error") : QStringLiteral("result"), resultOf(reply)}});
    }
    return Reply::http(200, QJsonDocument(results).toJson(QJsonDocument::Compact));
}

} // namespace

UpstashServer::UpstashServer(redis::RedisUrl behind)
    : m_behind(std::move(behind)),
      m_server([this](const ScriptedServer::Request &request) { return answer(request, m_behind); })
{}

QByteArray UpstashServer::address() const
{
    return "upstash:http://default:" + token + "@127.0.0.1:" + QByteArray::number(m_server.port());
}

} // namespace rollcall::test
