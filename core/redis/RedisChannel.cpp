#include "core/redis/RedisChannel.h"

#include <algorithm>
#include <array>

#include "core/redis/RespChannel.h"
#include "core/redis/UpstashChannel.h"

namespace rollcall::redis {

using base::Error;
using base::ErrorCode;
using base::ErrorParam;

namespace {

/// The code that a Redis error begins with ("WRONGTYPE"): capitals, by convention; empty where there is none.
QByteArray codeOf(const QByteArray &text)
{
    const auto end = std::ranges::find_if_not(text, [](char c) { return c >= 'A' && c <= 'Z'; });
    const QByteArray code = text.first(end - text.cbegin());
    return code.size() <= 32 ? code : QByteArray();
}

} // namespace

base::Result<RedisReply> RedisChannel::send(const RedisCommand &command, const base::Call &call)
{
    auto replies = pipeline({&command, 1}, call);
    if (!replies)
        return base::fail(std::move(replies.error()));
    if (replies->front().kind == RedisReply::Kind::Error)
        return base::fail(refusal(replies->front(), {}));
    return std::move(replies->front());
}

bool isRepeatable(const RedisCommand &command)
{
    static constexpr std::array names{
        "GET",  "MGET",   "PING", "EXISTS", "PTTL",    "SCAN", "STRLEN", "SMEMBERS",         "SCARD", "DBSIZE", "SET",
        "DEL",  "UNLINK", "SADD", "SREM",   "PEXPIRE", "ZADD", "ZREM",   "ZREMRANGEBYSCORE", "ZCARD", "ZRANGE", "INFO",
        "TIME", "TTL",    "TYPE"};
    return !command.empty() &&
           std::ranges::any_of(names, [&](const char *name) { return command.front().toUpper() == name; });
}

base::Error refusal(const RedisReply &reply, const QString &host)
{
    static constexpr std::array credentials{"NOAUTH", "WRONGPASS", "UNAUTHORIZED"};
    static constexpr std::array passing{"LOADING", "OOM",        "READONLY",    "BUSY",  "MASTERDOWN", "TRYAGAIN",
                                        "MISCONF", "NOREPLICAS", "CLUSTERDOWN", "MOVED", "ASK"};
    const QByteArray code = codeOf(reply.text);
    const auto isOneOf = [&code](const auto &codes) {
        return std::ranges::any_of(codes, [&code](const char *known) { return code == known; });
    };
    const QString detail = code.isEmpty() ? QStringLiteral("the server refused a command") : QString::fromLatin1(code);
    const auto error = [&](ErrorCode which) {
        return Error(which).with(ErrorParam::Host, host).with(ErrorParam::Detail, detail);
    };
    // Servers before 6 answer a wrong password, or one where none is set, with ERR.
    if (isOneOf(credentials) || reply.text.startsWith("ERR invalid password") || reply.text.startsWith("ERR AUTH") ||
        reply.text.startsWith("ERR Client sent AUTH"))
        return error(ErrorCode::AuthenticationFailed);
    if (code == "NOPERM")
        return error(ErrorCode::PermissionDenied);
    if (isOneOf(passing))
        return error(ErrorCode::DatabaseUnavailable);
    return error(ErrorCode::StatementFailed);
}

std::unique_ptr<RedisChannel> makeChannel(RedisUrl url, http::HttpOptions options)
{
    if (url.kind == RedisUrl::Kind::Upstash)
        return std::make_unique<UpstashChannel>(std::move(url), std::move(options));
    return std::make_unique<RespChannel>(std::move(url), std::move(options));
}

} // namespace rollcall::redis
