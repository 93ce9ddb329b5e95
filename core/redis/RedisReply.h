#pragma once

#include <QByteArray>

#include <vector>

namespace rollcall::redis {

/// One reply of a Redis server. **Thread-safety:** plain value.
struct RedisReply
{
    enum class Kind {
        Nil,     ///< no value
        Text,    ///< a bulk or simple string
        Error,   ///< the server refused this command; text begins with a code such as WRONGTYPE
        Integer, ///< number
        Array    ///< elements
    };

    Kind kind = Kind::Nil;
    QByteArray text; ///< may be session data: never logged
    qint64 number = 0;
    std::vector<RedisReply> elements;

    bool operator==(const RedisReply &) const = default;

    [[nodiscard]] static RedisReply ofText(QByteArray value) { return {Kind::Text, std::move(value), 0, {}}; }
    [[nodiscard]] static RedisReply ofError(QByteArray value) { return {Kind::Error, std::move(value), 0, {}}; }
    [[nodiscard]] static RedisReply ofInteger(qint64 value) { return {Kind::Integer, {}, value, {}}; }
    [[nodiscard]] static RedisReply ofArray(std::vector<RedisReply> values)
    {
        return {Kind::Array, {}, 0, std::move(values)};
    }
};

} // namespace rollcall::redis
