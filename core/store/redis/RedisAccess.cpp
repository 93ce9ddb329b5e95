#include "core/store/redis/RedisAccess.h"

#include "core/base/Loopback.h"
#include "core/redis/ReadOnlyChannel.h"
#include "core/store/redis/RedisDetector.h"
#include "core/store/redis/RedisSessionStore.h"

using rollcall::base::Call;
using rollcall::base::Error;
using rollcall::base::ErrorCode;
using rollcall::base::fail;
using rollcall::base::Result;
using rollcall::redis::RedisChannel;
using rollcall::redis::RedisReply;
using rollcall::redis::RedisUrl;

namespace rollcall::store {

namespace {

std::unique_ptr<RedisChannel> channelTo(const DatabaseUrl &url, const StoreOptions &options)
{
    http::HttpOptions link;
    link.caFile = options.caFile;
    link.insecureHosts = options.insecureHosts;
    link.timeout = options.timeout;
    return redis::makeChannel(url.redis->clone(), std::move(link));
}

QString linkDescription(const RedisUrl &url, const StoreOptions &options)
{
    const bool exempt = options.insecureHosts.contains(url.host, Qt::CaseInsensitive);
    const bool loopback = base::isLoopbackHost(url.host);
    if (url.tls) // towards loopback a certificate is verified where a CA is named
        return exempt || (loopback && options.caFile.isEmpty()) ? QStringLiteral("TLS, certificate not verified")
                                                                : QStringLiteral("TLS, certificate verified");
    return loopback ? QStringLiteral("loopback, not encrypted")
                    : QStringLiteral("not encrypted, as deliberately allowed");
}

/// Asks who answers; a server that does not tell its version is one all the same.
Result<DatabaseVersion> ask(RedisChannel &channel, const DatabaseUrl &url, const StoreOptions &options,
                            const Call &call)
{
    const std::vector<redis::RedisCommand> commands{{"PING"}, {"INFO", "server"}};
    const auto replies = channel.pipeline(commands, call);
    if (!replies)
        return fail(replies.error());
    // Who may not PING may yet do what is needed: only credentials and the state of the server matter here.
    if (const RedisReply &pong = replies->front(); pong.kind == RedisReply::Kind::Error) {
        Error refused = redis::refusal(pong, url.host);
        if (refused.code != ErrorCode::PermissionDenied)
            return fail(std::move(refused));
    } else if (pong.text != "PONG") {
        return fail(Error(ErrorCode::NotADatabase).with(base::ErrorParam::Host, url.host));
    }
    DatabaseVersion version{QStringLiteral("Redis"), QStringLiteral("of unknown version"),
                            linkDescription(*url.redis, options)};
    const RedisReply &info = replies->back();
    if (info.kind != RedisReply::Kind::Text)
        return version;
    for (const QByteArray &line : info.text.split('\n')) {
        const QByteArray trimmed = line.trimmed();
        if (trimmed.startsWith("redis_version:"))
            version.version = QString::fromUtf8(trimmed.mid(14));
        else if (trimmed.startsWith("upstash_version:"))
            version.kind = QStringLiteral("Upstash Redis");
    }
    return version;
}

} // namespace

Result<DatabaseVersion> probeRedis(const DatabaseUrl &url, const StoreOptions &options, const Call &call)
{
    const auto channel = channelTo(url, options);
    redis::ReadOnlyChannel readOnly(*channel);
    return ask(readOnly, url, options, call);
}

Result<SchemaDetection> detectRedis(const DatabaseUrl &url, const StoreOptions &options, const Call &call)
{
    const auto channel = channelTo(url, options);
    redis::ReadOnlyChannel readOnly(*channel);
    auto version = ask(readOnly, url, options, call);
    if (!version)
        return fail(std::move(version.error()));
    KeyReader reader(readOnly, QStringLiteral("*"), options.scanPace);
    auto found = detectKeys(reader, options.timeZone, options.scanPace, call);
    if (!found)
        return fail(std::move(found.error()));
    return SchemaDetection{std::move(*version), std::move(found->best), std::move(found->candidates), found->keysSeen};
}

Result<std::unique_ptr<SessionStore>> openRedis(const DatabaseUrl &url, const SchemaProfile &schema,
                                                const StoreOptions &options, Access access, const Call &call)
{
    auto layout = KeyLayout::of(schema);
    if (!layout)
        return fail(std::move(layout.error()));
    auto channel = channelTo(url, options);
    if (const auto answers = ask(*channel, url, options, call); !answers)
        return fail(answers.error());
    return std::make_unique<RedisSessionStore>(std::move(channel), std::move(*layout), options, access);
}

} // namespace rollcall::store
