#include "core/redis/RespFramer.h"

#include <QString>

#include <algorithm>
#include <charconv>

namespace rollcall::redis {

QString faultText(RespFault fault)
{
    switch (fault) {
    case RespFault::UnknownType:
        return QStringLiteral("a reply begins with none of + - : $ *");
    case RespFault::BadNumber:
        return QStringLiteral("a length or number is none");
    case RespFault::BadLineEnd:
        return QStringLiteral("a line end is missing");
    case RespFault::TooLarge:
        return QStringLiteral("a reply is larger than is taken");
    case RespFault::TooDeep:
        return QStringLiteral("a reply is nested deeper than is taken");
    }
    Q_UNREACHABLE();
}

RespFramer::RespFramer(RespLimits limits) : m_limits(limits) {}

void RespFramer::fail(RespFault fault)
{
    m_state = State::Failed;
    m_fault = fault;
}

std::optional<qint64> RespFramer::number(QByteArrayView digits) const
{
    qint64 value = 0;
    const auto [end, error] = std::from_chars(digits.begin(), digits.end(), value);
    if (error != std::errc() || end != digits.end())
        return std::nullopt;
    return value;
}

qsizetype RespFramer::feed(QByteArrayView bytes)
{
    qsizetype used = 0;
    while (m_state == State::Reading && used < bytes.size()) {
        const QByteArrayView rest = bytes.sliced(used);
        qsizetype taken = 0;
        if (m_bulk) {
            taken = std::min(rest.size(), m_bulkSize + 2 - m_bulk->size());
            m_bulk->append(rest.first(taken));
        } else {
            const qsizetype end = rest.indexOf('\n');
            taken = end < 0 ? rest.size() : end + 1;
            m_line.append(rest.first(std::min(taken, m_limits.maxLine + 1)));
        }
        used += taken;
        m_taken += taken;
        if (m_taken > m_limits.maxBytes || m_line.size() > m_limits.maxLine) {
            fail(RespFault::TooLarge);
        } else if (m_bulk && m_bulk->size() == m_bulkSize + 2) {
            if (!m_bulk->endsWith("\r\n")) {
                fail(RespFault::BadLineEnd);
                break;
            }
            m_bulk->chop(2);
            RedisReply reply = RedisReply::ofText(std::move(*m_bulk));
            m_bulk.reset();
            deliver(std::move(reply));
        } else if (!m_bulk && m_line.endsWith('\n')) {
            readLine();
        }
    }
    return used;
}

void RespFramer::readLine()
{
    const QByteArray line = std::exchange(m_line, {});
    if (line.size() < 3 || !line.endsWith("\r\n"))
        return fail(RespFault::BadLineEnd);
    const QByteArrayView content = QByteArrayView(line).sliced(1, line.size() - 3);
    const char type = line.front();
    if (type == '+')
        return deliver(RedisReply::ofText(content.toByteArray()));
    if (type == '-')
        return deliver(RedisReply::ofError(content.toByteArray()));
    if (type != ':' && type != '$' && type != '*')
        return fail(RespFault::UnknownType);
    const std::optional<qint64> value = number(content);
    if (!value || (type != ':' && *value < -1))
        return fail(RespFault::BadNumber);
    if (type == ':')
        return deliver(RedisReply::ofInteger(*value));
    if (*value == -1)
        return deliver({});
    if (type == '$') {
        if (*value > m_limits.maxBytes - m_taken)
            return fail(RespFault::TooLarge);
        m_bulkSize = *value;
        m_bulk.emplace();
        return;
    }
    // Each element takes a byte at the very least; what is announced beyond the limit is never waited for.
    if (*value > m_limits.maxElements - m_elements)
        return fail(RespFault::TooLarge);
    if (static_cast<int>(m_open.size()) >= m_limits.maxDepth)
        return fail(RespFault::TooDeep);
    m_elements += *value;
    m_open.push_back({RedisReply::ofArray({}), *value});
    if (*value == 0) {
        RedisReply empty = std::move(m_open.back().array);
        m_open.pop_back();
        deliver(std::move(empty));
    }
}

void RespFramer::deliver(RedisReply reply)
{
    while (!m_open.empty()) {
        Open &open = m_open.back();
        open.array.elements.push_back(std::move(reply));
        if (--open.missing > 0)
            return;
        reply = std::move(open.array);
        m_open.pop_back();
    }
    m_reply = std::move(reply);
    m_state = State::Complete;
}

RedisReply RespFramer::take()
{
    RedisReply reply = std::move(m_reply);
    *this = RespFramer(m_limits);
    return reply;
}

QByteArray encodeCommand(const RedisCommand &command)
{
    QByteArray bytes = '*' + QByteArray::number(static_cast<qsizetype>(command.size())) + "\r\n";
    for (const QByteArray &argument : command)
        bytes += '$' + QByteArray::number(argument.size()) + "\r\n" + argument + "\r\n";
    return bytes;
}

} // namespace rollcall::redis
