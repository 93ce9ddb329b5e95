#include "core/store/redis/KeyReader.h"

#include <algorithm>

#include "core/base/Secret.h"

using rollcall::base::Call;
using rollcall::base::Error;
using rollcall::base::ErrorCode;
using rollcall::base::ErrorParam;
using rollcall::base::fail;
using rollcall::base::Result;
using rollcall::redis::RedisCommand;
using rollcall::redis::RedisReply;

namespace rollcall::store {

namespace {

/// Of one MGET: its answer is bounded, and an account's tokens take several kilobytes.
constexpr std::size_t keysOfOneCommand = 250;
constexpr std::size_t keysOfOneTrip = 1'000;
constexpr qint64 bytesOfOneAnswer = 4 << 20; ///< half of what a channel takes

Error otherForm(const RedisCommand &command)
{
    return Error(ErrorCode::NotADatabase)
        .with(ErrorParam::Detail, QStringLiteral("its answer to %1 is none").arg(QString::fromLatin1(command.front())));
}

/// What a script may not do is told in other words than the same command by itself, without the code NOPERM.
/// **Source:** Redis 6.0 to 7.0 script_lua.c, 7.2 script.c.
bool isRefusalInScript(const QByteArray &text)
{
    return text.contains("The user executing the script can't") || text.contains("ACL failure in script");
}

/// A refusal because of what the key is, not of the command: it holds something else, or the user may not touch it.
/// **Source:** Redis 6.0 to 7.2 acl.c ("access one of the keys used as arguments", "access a key").
bool isOfTheKey(const QByteArray &text)
{
    return text.startsWith("WRONGTYPE") || (text.startsWith("NOPERM") && text.contains("access"));
}

void addMget(std::span<const QByteArray> keys, std::vector<RedisCommand> &commands)
{
    for (std::size_t from = 0; from < keys.size(); from += keysOfOneCommand) {
        RedisCommand &command = commands.emplace_back(RedisCommand{"MGET"});
        const auto some = keys.subspan(from, std::min(keysOfOneCommand, keys.size() - from));
        command.insert(command.end(), some.begin(), some.end());
    }
}

/// The elements of the answers to such MGETs, one behind the other.
base::Status takeMget(std::span<const RedisCommand> commands, std::span<RedisReply> replies,
                      std::vector<KeyReader::Value> &values)
{
    for (std::size_t i = 0; i < replies.size(); ++i) {
        if (replies[i].elements.size() + 1 != commands[i].size())
            return fail(otherForm(commands[i]));
        for (RedisReply &element : replies[i].elements) {
            const bool isText = element.kind == RedisReply::Kind::Text;
            values.push_back(isText ? KeyReader::Value(std::move(element.text)) : std::nullopt);
        }
    }
    return {};
}

} // namespace

void wipeAll(std::vector<QByteArray> &keys)
{
    std::ranges::for_each(keys, base::wipe);
}

void wipeAll(std::vector<std::optional<QByteArray>> &values)
{
    for (auto &value : values) {
        if (value)
            base::wipe(*value);
    }
}

Result<std::vector<RedisReply>> KeyReader::askAll(std::span<const RedisCommand> commands, const Call &call, Keys whose)
{
    auto replies = m_channel.pipeline(commands, call);
    if (!replies)
        return replies;
    for (std::size_t i = 0; i < replies->size(); ++i) {
        const RedisReply &reply = replies->at(i);
        if (reply.kind != RedisReply::Kind::Error || (whose == Keys::Any && isOfTheKey(reply.text)))
            continue;
        Error error = redis::refusal(reply, {});
        if (error.code == ErrorCode::PermissionDenied || isRefusalInScript(reply.text)) {
            return fail(
                Error(ErrorCode::PermissionDenied)
                    .with(ErrorParam::Table, m_keys)
                    .with(ErrorParam::Right, QLatin1Char('+') + QString::fromLatin1(commands[i].front()).toLower()));
        }
        return fail(std::move(error));
    }
    return replies;
}

Result<RedisReply> KeyReader::ask(const RedisCommand &command, const Call &call)
{
    auto replies = askAll({&command, 1}, call);
    if (!replies)
        return fail(std::move(replies.error()));
    return std::move(replies->front());
}

Result<std::vector<KeyReader::Value>> KeyReader::values(std::span<const QByteArray> keys, const Call &call)
{
    std::vector<Value> values;
    values.reserve(keys.size());
    for (std::size_t from = 0; from < keys.size(); from += keysOfOneTrip) {
        const auto some = keys.subspan(from, std::min(keysOfOneTrip, keys.size() - from));
        if (auto turn = m_pace.await(static_cast<qint64>(some.size()), call); !turn)
            return fail(std::move(turn.error()));
        std::vector<RedisCommand> commands;
        addMget(some, commands);
        auto replies = askAll(commands, call);
        if (!replies && replies.error().code == ErrorCode::HttpTooLarge) {
            auto read = valuesBySize(some, call);
            if (!read)
                return read;
            std::ranges::move(*read, std::back_inserter(values));
            continue;
        }
        if (!replies)
            return fail(std::move(replies.error()));
        if (auto taken = takeMget(commands, *replies, values); !taken)
            return fail(std::move(taken.error()));
    }
    return values;
}

Result<std::vector<KeyReader::Value>> KeyReader::valuesBySize(std::span<const QByteArray> keys, const Call &call)
{
    const auto lengths = this->lengths(keys, call);
    if (!lengths)
        return fail(lengths.error());
    std::vector<Value> values(keys.size());
    std::vector<RedisCommand> command{{"MGET"}};
    std::vector<std::size_t> places; // of what is asked among the keys
    qint64 bytes = 0;
    const auto ask = [&]() -> base::Status {
        if (places.empty())
            return {};
        auto reply = askAll(command, call);
        if (!reply)
            return fail(std::move(reply.error()));
        std::vector<Value> some;
        if (auto taken = takeMget(command, *reply, some); !taken)
            return taken;
        for (std::size_t i = 0; i < places.size(); ++i)
            values[places[i]] = std::move(some[i]);
        command.front().resize(1);
        places.clear();
        bytes = 0;
        return {};
    };
    for (std::size_t i = 0; i < keys.size(); ++i) {
        const qint64 length = lengths->at(i);
        if (length > largestValue) {
            values[i] = QByteArrayLiteral("");
            continue;
        }
        if (bytes + length > bytesOfOneAnswer || places.size() == keysOfOneCommand) {
            if (auto done = ask(); !done)
                return fail(std::move(done.error()));
        }
        command.front().push_back(keys[i]);
        places.push_back(i);
        bytes += length;
    }
    if (auto done = ask(); !done)
        return fail(std::move(done.error()));
    return values;
}

Result<std::vector<KeyReader::Value>> KeyReader::valuesOfAny(std::span<const QByteArray> keys, qint64 longest,
                                                             const Call &call)
{
    const auto lengths = this->lengths(keys, call);
    if (!lengths)
        return fail(lengths.error());
    std::vector<QByteArray> readable;
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < keys.size(); ++i) {
        if (lengths->at(i) > 0 && lengths->at(i) <= longest) {
            readable.push_back(keys[i]);
            places.push_back(i);
        }
    }
    auto read = values(readable, call);
    if (!read)
        return read;
    std::vector<Value> all(keys.size());
    for (std::size_t i = 0; i < places.size(); ++i)
        all[places[i]] = std::move(read->at(i));
    return all;
}

Result<std::vector<bool>> KeyReader::exist(std::span<const QByteArray> keys, const Call &call)
{
    std::vector<bool> exist;
    for (std::size_t from = 0; from < keys.size(); from += keysOfOneTrip) {
        std::vector<RedisCommand> commands;
        for (const QByteArray &key : keys.subspan(from, std::min(keysOfOneTrip, keys.size() - from)))
            commands.push_back({"EXISTS", key});
        const auto replies = askAll(commands, call);
        if (!replies)
            return fail(replies.error());
        std::ranges::transform(*replies, std::back_inserter(exist),
                               [](const RedisReply &reply) { return reply.number > 0; });
    }
    return exist;
}

Result<std::vector<qint64>> KeyReader::lengths(std::span<const QByteArray> keys, const Call &call)
{
    std::vector<qint64> lengths;
    for (std::size_t from = 0; from < keys.size(); from += keysOfOneTrip) {
        std::vector<RedisCommand> commands;
        for (const QByteArray &key : keys.subspan(from, std::min(keysOfOneTrip, keys.size() - from)))
            commands.push_back({"STRLEN", key});
        const auto replies = askAll(commands, call, Keys::Any);
        if (!replies)
            return fail(replies.error());
        std::ranges::transform(*replies, std::back_inserter(lengths), &RedisReply::number);
    }
    return lengths;
}

Result<base::Instant> KeyReader::serverTime(const Call &call)
{
    const RedisCommand time{"TIME"};
    const auto reply = ask(time, call);
    if (!reply)
        return fail(reply.error());
    const auto number = [](const RedisReply &part) {
        return part.kind == RedisReply::Kind::Integer ? part.number : part.text.toLongLong();
    };
    if (reply->elements.size() != 2 || number(reply->elements.front()) <= 0)
        return fail(otherForm(time));
    return base::Instant(std::chrono::seconds(number(reply->elements.front())) +
                         std::chrono::milliseconds(number(reply->elements.back()) / 1000));
}

KeyScan::KeyScan(KeyReader &reader, QByteArray pattern, const ScanPace &pace)
    : m_reader(reader), m_pattern(std::move(pattern)), m_keysAtOnce(pace.keysAtOnce), m_pace(pace.keysPerSecond)
{}

Result<KeyScan::Step> KeyScan::next(std::span<const QByteArray> wanted, const Call &call)
{
    if (auto turn = m_pace.await(m_keysAtOnce, call); !turn)
        return fail(std::move(turn.error()));
    std::vector<RedisCommand> commands;
    if (!m_done)
        commands.push_back({"SCAN", m_cursor, "MATCH", m_pattern, "COUNT", QByteArray::number(m_keysAtOnce)});
    const std::size_t scans = commands.size();
    addMget(wanted, commands);
    auto replies = m_reader.askAll(commands, call);
    if (!replies && replies.error().code == ErrorCode::HttpTooLarge && !wanted.empty()) {
        // The values are read with more care, and the keys by themselves: the cursor has not moved.
        auto values = m_reader.values(wanted, call);
        if (!values)
            return fail(std::move(values.error()));
        auto alone = m_done ? Result<Step>(Step()) : next({}, call);
        if (alone)
            alone->values = std::move(*values);
        return alone;
    }
    if (!replies)
        return fail(std::move(replies.error()));
    Step step;
    if (scans > 0) {
        std::vector<RedisReply> &parts = replies->front().elements;
        if (parts.size() != 2 || parts.back().kind != RedisReply::Kind::Array)
            return fail(otherForm(commands.front()));
        // Upstash answers it as a number.
        m_cursor = parts.front().kind == RedisReply::Kind::Integer ? QByteArray::number(parts.front().number)
                                                                   : parts.front().text;
        m_done = m_cursor == "0";
        m_lookedThrough += m_keysAtOnce;
        step.keys.reserve(parts.back().elements.size());
        for (RedisReply &key : parts.back().elements)
            step.keys.push_back(std::move(key.text));
    }
    if (auto taken = takeMget(std::span(commands).subspan(scans), std::span(*replies).subspan(scans), step.values);
        !taken)
        return fail(std::move(taken.error()));
    return step;
}

} // namespace rollcall::store
