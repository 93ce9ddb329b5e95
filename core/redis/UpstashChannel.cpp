#include "core/redis/UpstashChannel.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>
#include <cmath>

namespace rollcall::redis {

using base::Error;
using base::ErrorCode;
using base::ErrorParam;

namespace {

constexpr int mostDepth = 4;
constexpr qsizetype largestAnswer = 8 << 20;

http::HttpOptions forService(http::HttpOptions options)
{
    options.mayPost = true;
    options.maxBody = largestAnswer;
    return options;
}

/// A `result` as the reply it stands for; nullopt for what no Redis says.
std::optional<RedisReply> replyOf(const QJsonValue &value, int depth = 0)
{
    if (value.isNull())
        return RedisReply();
    if (value.isString())
        return RedisReply::ofText(value.toString().toUtf8());
    if (value.isDouble() && std::trunc(value.toDouble()) == value.toDouble())
        return RedisReply::ofInteger(value.toInteger());
    if (!value.isArray() || depth >= mostDepth)
        return std::nullopt;
    std::vector<RedisReply> elements;
    const QJsonArray array = value.toArray();
    for (const auto &element : array) {
        auto reply = replyOf(element, depth + 1);
        if (!reply)
            return std::nullopt;
        elements.push_back(std::move(*reply));
    }
    return RedisReply::ofArray(std::move(elements));
}

} // namespace

UpstashChannel::UpstashChannel(RedisUrl url, http::HttpOptions options)
    : m_url(std::move(url)), m_insecureHosts(options.insecureHosts), m_client(forService(std::move(options)))
{}

base::Result<std::vector<RedisReply>> UpstashChannel::pipeline(std::span<const RedisCommand> commands,
                                                               const base::Call &call)
{
    if (commands.empty())
        return std::vector<RedisReply>();
    if (base::Status allowed = m_url.checkTransport(m_insecureHosts); !allowed)
        return base::fail(std::move(allowed.error()));
    QJsonArray list;
    for (const RedisCommand &command : commands) {
        QJsonArray words;
        for (const QByteArray &word : command)
            words.append(QString::fromUtf8(word));
        list.append(words);
    }
    http::HttpRequest request;
    request.method = QByteArrayLiteral("POST");
    request.url = m_url.restUrl();
    request.url.setPath(QStringLiteral("/pipeline"));
    request.headers = {{"Authorization", "Bearer " + m_url.password.view().toByteArray()},
                       {"Content-Type", "application/json"},
                       {"Accept", "application/json"}};
    request.body = QJsonDocument(list).toJson(QJsonDocument::Compact);
    auto response = m_client.send(request, call);
    // A kept connection that the service has closed in the meantime; the client does not repeat a POST by itself.
    if (!response && response.error().code == ErrorCode::ConnectionLost && std::ranges::all_of(commands, isRepeatable))
        response = m_client.send(request, call);
    base::wipe(request.headers.front().second);
    if (!response)
        return base::fail(std::move(response.error()));
    return readAnswer(*response, commands.size());
}

base::Result<std::vector<RedisReply>> UpstashChannel::readAnswer(const http::HttpResponse &response,
                                                                 std::size_t commands) const
{
    const auto error = [this](ErrorCode code) { return Error(code).with(ErrorParam::Host, m_url.host); };
    const int status = response.status;
    if (status == 401 || status == 403)
        return base::fail(
            error(ErrorCode::AuthenticationFailed).with(ErrorParam::Detail, QStringLiteral("HTTP %1").arg(status)));
    if (status == 429 || status >= 500)
        return base::fail(
            error(ErrorCode::DatabaseUnavailable).with(ErrorParam::Detail, QStringLiteral("HTTP %1").arg(status)));
    const auto notUpstash = [&](const QString &detail) {
        return base::fail(error(ErrorCode::NotADatabase).with(ErrorParam::Detail, detail));
    };
    QJsonParseError parsing;
    const QJsonDocument document = QJsonDocument::fromJson(response.body, &parsing);
    // A request that is refused as a whole: a quota that is used up, a command that is switched off.
    if (const QJsonValue why = document.object().value(QStringLiteral("error")); status == 400 && why.isString())
        return base::fail(refusal(RedisReply::ofError(why.toString().toUtf8()), m_url.host));
    if (status != 200)
        return notUpstash(QStringLiteral("HTTP %1").arg(status));
    if (!document.isArray() || static_cast<std::size_t>(document.array().size()) != commands)
        return notUpstash(QStringLiteral("it does not answer as Upstash's REST does"));
    std::vector<RedisReply> replies;
    replies.reserve(commands);
    const QJsonArray array = document.array();
    for (const auto &element : array) {
        const QJsonObject answer = element.toObject();
        if (answer.value(QStringLiteral("error")).isString()) {
            replies.push_back(RedisReply::ofError(answer.value(QStringLiteral("error")).toString().toUtf8()));
            continue;
        }
        auto reply =
            answer.contains(QStringLiteral("result")) ? replyOf(answer.value(QStringLiteral("result"))) : std::nullopt;
        if (!reply)
            return notUpstash(QStringLiteral("it does not answer as Upstash's REST does"));
        replies.push_back(std::move(*reply));
    }
    return replies;
}

} // namespace rollcall::redis
