// RESP replies of a Redis server that sends anything, in pieces of any size, and our own commands read back.
// Input: a byte (bit 0: narrow limits; the others: size of pieces), then bytes.
#include <QString>

#include <algorithm>

#include "core/redis/RespFramer.h"
#include "tests/fuzz/Fuzz.h"

namespace rollcall::fuzz {

namespace {

using redis::RedisReply;
using redis::RespFramer;
using redis::RespLimits;
using Kind = RedisReply::Kind;

const RespLimits narrow{.maxBytes = 256, .maxLine = 32, .maxDepth = 2, .maxElements = 8};

struct Read
{
    RespFramer::State state = RespFramer::State::Reading;
    std::optional<redis::RespFault> fault;
    RedisReply reply;
    qsizetype taken = 0;
};

Read readIn(QByteArrayView bytes, qsizetype piece, RespLimits limits)
{
    RespFramer framer(limits);
    Read read;
    while (read.taken < bytes.size() && framer.state() == RespFramer::State::Reading) {
        const QByteArrayView next = bytes.sliced(read.taken, std::min(piece, bytes.size() - read.taken));
        const qsizetype taken = framer.feed(next);
        require(taken > 0 && taken <= next.size(), "a framer takes some of what it is given");
        read.taken += taken;
        require(framer.state() != RespFramer::State::Reading || taken == next.size(),
                "a framer that goes on reading has taken everything");
    }
    require(framer.started() == (read.taken > 0), "a framer knows whether a reply has begun");
    read.state = framer.state();
    read.fault = framer.fault();
    if (read.state == RespFramer::State::Complete) {
        read.reply = framer.take();
        require(framer.state() == RespFramer::State::Reading && !framer.started(), "a framer begins anew");
    }
    return read;
}

struct Size
{
    qsizetype bytes = 0;
    qsizetype elements = 0;
    int depth = 0;
};

Size sizeOf(const RedisReply &reply)
{
    Size size{reply.text.size(), 0, reply.kind == Kind::Array ? 1 : 0};
    for (const RedisReply &element : reply.elements) {
        const Size inner = sizeOf(element);
        size.bytes += inner.bytes;
        size.elements += 1 + inner.elements;
        size.depth = std::max(size.depth, 1 + inner.depth);
    }
    return size;
}

/// The reply as a server would send it.
QByteArray written(const RedisReply &reply)
{
    switch (reply.kind) {
    case Kind::Nil:
        return "$-1\r\n";
    case Kind::Text:
        return '$' + QByteArray::number(reply.text.size()) + "\r\n" + reply.text + "\r\n";
    case Kind::Error:
        return '-' + reply.text + "\r\n";
    case Kind::Integer:
        return ':' + QByteArray::number(reply.number) + "\r\n";
    case Kind::Array:
        break;
    }
    QByteArray bytes = '*' + QByteArray::number(static_cast<qsizetype>(reply.elements.size())) + "\r\n";
    for (const RedisReply &element : reply.elements)
        bytes += written(element);
    return bytes;
}

void checkReply(const Read &read, RespLimits limits)
{
    const Size size = sizeOf(read.reply);
    require(read.taken <= limits.maxBytes && size.bytes <= read.taken, "a reply is bounded");
    require(size.elements <= limits.maxElements, "its elements are bounded");
    require(size.depth <= limits.maxDepth, "its depth is bounded");
    const QByteArray bytes = written(read.reply);
    const Read again = readIn(bytes, bytes.size(), {});
    require(again.state == RespFramer::State::Complete && again.taken == bytes.size(), "a reply written out is read");
    require(again.reply == read.reply, "as the same reply");
}

/// A command of ours is an array of its arguments to whoever reads it.
void checkCommand(QByteArrayView bytes)
{
    redis::RedisCommand command;
    for (Input input(bytes); !input.atEnd();)
        command.push_back(input.line().toByteArray());
    const QByteArray encoded = redis::encodeCommand(command);
    const Read read = readIn(encoded, encoded.size(), {});
    require(read.state == RespFramer::State::Complete && read.taken == encoded.size(), "a command is read as a whole");
    require(std::ranges::equal(read.reply.elements, command, {}, &RedisReply::text), "with its arguments");
}

} // namespace

void tryInput(QByteArrayView bytes)
{
    Input input(bytes);
    const unsigned flags = input.byte();
    const RespLimits limits = (flags & 1U) != 0 ? narrow : RespLimits();
    // One reply after another, as long as there are any.
    for (QByteArrayView rest = input.rest(); !rest.isEmpty();) {
        const Read whole = readIn(rest, rest.size(), limits);
        require(whole.fault.has_value() == (whole.state == RespFramer::State::Failed), "a failure has its fault");
        require(!whole.fault || !redis::faultText(*whole.fault).isEmpty(), "and a text");
        for (const qsizetype piece : {qsizetype(1), qsizetype(1 + (flags >> 1U))}) {
            const Read pieces = readIn(rest, piece, limits);
            require(pieces.state == whole.state && pieces.fault == whole.fault, "pieces do not change the outcome");
            if (whole.state != RespFramer::State::Complete)
                continue;
            require(pieces.taken == whole.taken, "pieces do not change where the reply ends");
            require(pieces.reply == whole.reply, "pieces do not change the reply");
        }
        if (whole.state != RespFramer::State::Complete)
            break;
        checkReply(whole, limits);
        rest = rest.sliced(whole.taken);
    }
    checkCommand(input.rest());
}

} // namespace rollcall::fuzz
