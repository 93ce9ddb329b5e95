#include "core/engine/betterauth/RedisStorage.h"
#include "core/jose/Utf8.h"

namespace rollcall::engine::betterauth {

using base::Call;
using base::fail;
using base::Result;
using base::Status;
using redis::RedisCommand;
using redis::RedisReply;

Result<std::optional<QString>> RedisStorage::get(const QString &key, const Call &call)
{
    const auto reply = m_channel->send({"GET", m_prefix + key.toUtf8()}, call);
    if (!reply)
        return fail(reply.error());
    return reply->kind == RedisReply::Kind::Text ? std::optional(jose::utf8Whole(reply->text)) : std::nullopt;
}

Status RedisStorage::set(const QString &key, const QString &text, std::chrono::seconds ttl, const Call &call)
{
    RedisCommand command{"SET", m_prefix + key.toUtf8(), text.toUtf8()};
    if (ttl.count() > 0) {
        command.emplace_back("EX");
        command.push_back(QByteArray::number(qint64{ttl.count()}));
    }
    const auto reply = m_channel->send(command, call);
    return reply ? Status() : fail(reply.error());
}

Status RedisStorage::remove(const QString &key, const Call &call)
{
    const auto reply = m_channel->send({"DEL", m_prefix + key.toUtf8()}, call);
    return reply ? Status() : fail(reply.error());
}

} // namespace rollcall::engine::betterauth
