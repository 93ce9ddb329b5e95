#pragma once

#include <QString>

#include <optional>

#include "core/base/Clock.h"
#include "core/redis/RedisChannel.h"
#include "core/store/redis/KeyPace.h"
#include "core/store/redis/ScanPace.h"

namespace rollcall::store {

/// Wipes keys that hold tokens, or values that do, once nobody needs them.
void wipeAll(std::vector<QByteArray> &keys);
void wipeAll(std::vector<std::optional<QByteArray>> &values);

/// Reads keys and values, many in one round trip and no faster than its pace allows. What is refused for want of rights
/// names the command and the keys.
/// **Thread-safety:** one thread. Errors of all: those of RedisChannel::pipeline(), PermissionDenied (Table: the
/// pattern of the keys, Right: "+get"), StatementFailed, NotADatabase (an answer of another form).
class KeyReader final
{
public:
    /// A value; nullopt where the key is gone, or holds no text; empty where it is too large to be what libraries write
    /// (largestValue) and stands among values that are too many bytes for one answer.
    using Value = std::optional<QByteArray>;
    static constexpr qint64 largestValue = 256 << 10;

    /// @p channel is borrowed. @p keys: the pattern of what is read, for errors.
    KeyReader(redis::RedisChannel &channel, QString keys, const ScanPace &pace = {})
        : m_channel(channel), m_keys(std::move(keys)), m_pace(pace.keysPerSecond)
    {}

    /// The values of @p keys, in their order. One round trip for every thousand.
    [[nodiscard]] base::Result<std::vector<Value>> values(std::span<const QByteArray> keys, const base::Call &call);
    /// The same where @p keys may be anybody's: nullopt as well where this user may not touch one, and where it holds
    /// more than @p longest bytes.
    [[nodiscard]] base::Result<std::vector<Value>> valuesOfAny(std::span<const QByteArray> keys, qint64 longest,
                                                               const base::Call &call);
    /// Which of @p keys exist.
    [[nodiscard]] base::Result<std::vector<bool>> exist(std::span<const QByteArray> keys, const base::Call &call);
    /// Bytes of the text that each of @p keys holds; 0 where it holds none, or may not be asked by this user.
    [[nodiscard]] base::Result<std::vector<qint64>> lengths(std::span<const QByteArray> keys, const base::Call &call);

    /// The server's own clock (UTC).
    [[nodiscard]] base::Result<base::Instant> serverTime(const base::Call &call);

    /// One command; a refusal is an error.
    [[nodiscard]] base::Result<redis::RedisReply> ask(const redis::RedisCommand &command, const base::Call &call);
    enum class Keys { Ours, Any };
    /// Several; a refusal of any is an error. With Keys::Any a key that holds something else, or may not be touched by
    /// this user, is none: its reply stays an Error.
    [[nodiscard]] base::Result<std::vector<redis::RedisReply>> askAll(std::span<const redis::RedisCommand> commands,
                                                                      const base::Call &call, Keys whose = Keys::Ours);

private:
    /// values() of keys whose values are together too large for one answer.
    [[nodiscard]] base::Result<std::vector<Value>> valuesBySize(std::span<const QByteArray> keys,
                                                                const base::Call &call);

    redis::RedisChannel &m_channel;
    QString m_keys;
    KeyPace m_pace;
};

/// One pass over the keys of a database by SCAN, step by step, no faster than its pace allows.
///
/// What SCAN promises: a key that is there from the beginning of the pass to its end is returned, perhaps more than
/// once; one that comes or goes meanwhile may be returned or not. **Source:** redis.io/docs/latest/commands/scan.
/// **Thread-safety:** one thread.
class KeyScan final
{
public:
    /// @p reader is borrowed. @p pattern: what MATCH takes.
    KeyScan(KeyReader &reader, QByteArray pattern, const ScanPace &pace);

    /// The next keys, perhaps none, together with the values of @p wanted, which cost no further round trip. Waits
    /// where the pace asks for it. Errors: the reader's, Timeout, Cancelled.
    struct Step
    {
        std::vector<QByteArray> keys;
        std::vector<KeyReader::Value> values;
    };
    [[nodiscard]] base::Result<Step> next(std::span<const QByteArray> wanted, const base::Call &call);

    [[nodiscard]] bool isDone() const { return m_done; }
    /// Keys that the server has looked through, about.
    [[nodiscard]] qint64 lookedThrough() const { return m_lookedThrough; }

private:
    KeyReader &m_reader;
    QByteArray m_pattern;
    int m_keysAtOnce;
    KeyPace m_pace;
    QByteArray m_cursor = QByteArrayLiteral("0");
    bool m_done = false;
    qint64 m_lookedThrough = 0;
};

} // namespace rollcall::store
