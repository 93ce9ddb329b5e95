#pragma once

#include <QByteArrayView>

#include <optional>
#include <vector>

#include "core/redis/RedisReply.h"

namespace rollcall::redis {

/// One command and its arguments, none of which is interpreted: {"SET", key, value}.
using RedisCommand = std::vector<QByteArray>;

/// How much a server may say in one reply.
struct RespLimits
{
    qsizetype maxBytes = 8 << 20;   ///< of the whole reply
    qsizetype maxLine = 64 * 1024;  ///< of a line: numbers, simple strings, errors
    int maxDepth = 4;               ///< arrays in arrays
    qsizetype maxElements = 65'536; ///< of all arrays of the reply together
};

/// What is wrong with a server's bytes.
enum class RespFault { UnknownType, BadNumber, BadLineEnd, TooLarge, TooDeep };

/// Text for the fault, for people.
[[nodiscard]] QString faultText(RespFault fault);

/// Reads replies in RESP2 out of bytes as they come; no I/O. What a reply may cost is bounded before memory is taken
/// for it: an announced length reserves nothing. Written for this purpose rather than taken from hiredis 0.14, whose
/// reader bounds neither the size of a reply nor the elements of an array.
/// **Source:** redis.io/docs/reference/protocol-spec, RESP version 2. **Thread-safety:** one object, one thread.
class RespFramer final
{
public:
    explicit RespFramer(RespLimits limits = {});

    enum class State { Reading, Complete, Failed };

    /// Takes bytes in; returns how many were used. Stops behind the reply: the rest belongs to the next.
    [[nodiscard]] qsizetype feed(QByteArrayView bytes);
    [[nodiscard]] State state() const { return m_state; }
    /// Set where the state is Failed: the connection is of no more use.
    [[nodiscard]] std::optional<RespFault> fault() const { return m_fault; }
    /// True once a byte of the reply has come.
    [[nodiscard]] bool started() const { return m_taken > 0; }
    /// The reply; the framer begins anew. Only where the state is Complete.
    [[nodiscard]] RedisReply take();

private:
    /// An array that waits for elements.
    struct Open
    {
        RedisReply array;
        qsizetype missing = 0;
    };

    void readLine();
    void deliver(RedisReply reply);
    void fail(RespFault fault);
    [[nodiscard]] std::optional<qint64> number(QByteArrayView digits) const;

    RespLimits m_limits;
    State m_state = State::Reading;
    std::optional<RespFault> m_fault;
    QByteArray m_line;                ///< of the line being read
    std::optional<QByteArray> m_bulk; ///< being read
    qsizetype m_bulkSize = 0;         ///< announced, without its line end
    std::vector<Open> m_open;         ///< outermost first
    qsizetype m_taken = 0;            ///< bytes of this reply
    qsizetype m_elements = 0;         ///< announced by the arrays of this reply
    RedisReply m_reply;
};

/// @p command as the bytes of a RESP array of bulk strings.
[[nodiscard]] QByteArray encodeCommand(const RedisCommand &command);

} // namespace rollcall::redis
