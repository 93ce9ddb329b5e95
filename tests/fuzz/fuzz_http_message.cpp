// HTTP/1.1 responses and requests from a peer that sends anything, in pieces of any size.
// Input: a byte (bit 0: request; bit 1: answer to HEAD; bit 2: the stream ends; the others: size of pieces), then
// bytes.
#include "core/http/HttpMessage.h"
#include "tests/fuzz/Fuzz.h"

namespace rollcall::fuzz {

namespace {

using http::HttpFramer;

struct Read
{
    HttpFramer::State state;
    std::optional<http::MessageFault> fault;
    http::HttpMessage message;
    qsizetype taken = 0;
};

const http::MessageLimits limits{.maxHead = 1024, .maxHeaders = 16, .maxBody = 2048, .keepBody = 512};

QByteArrayView methodOf(unsigned flags)
{
    return (flags & 2U) != 0 ? QByteArrayView("HEAD") : "GET";
}

HttpFramer framerOf(unsigned flags)
{
    return (flags & 1U) != 0 ? HttpFramer::forRequest(limits) : HttpFramer::forResponse(methodOf(flags), limits);
}

Read readBy(HttpFramer &framer, QByteArrayView bytes, qsizetype piece, unsigned flags)
{
    Read read{HttpFramer::State::Reading, std::nullopt, {}, 0};
    while (read.taken < bytes.size()) {
        const QByteArrayView next = bytes.sliced(read.taken, std::min(piece, bytes.size() - read.taken));
        const qsizetype taken = framer.feed(next);
        require(taken >= 0 && taken <= next.size(), "a framer takes what it is given");
        read.taken += taken;
        if (framer.state() != HttpFramer::State::Reading)
            break;
        require(taken == next.size(), "a framer that goes on reading has taken everything");
    }
    if (framer.state() == HttpFramer::State::Reading && (flags & 4U) != 0)
        framer.endOfStream();
    read.state = framer.state();
    read.fault = framer.fault();
    if (read.state == HttpFramer::State::Complete)
        read.message = framer.take();
    return read;
}

Read readIn(QByteArrayView bytes, qsizetype piece, unsigned flags)
{
    HttpFramer framer = framerOf(flags);
    return readBy(framer, bytes, piece, flags);
}

void requireSame(const Read &one, const Read &other)
{
    require(one.state == other.state && one.fault == other.fault, "the outcome is the same");
    if (one.state != HttpFramer::State::Complete)
        return;
    require(one.taken == other.taken, "the message ends in the same place");
    require(one.message.headers == other.message.headers && one.message.body == other.message.body &&
                one.message.bodyBytes == other.message.bodyBytes && one.message.status == other.message.status &&
                one.message.keepAlive == other.message.keepAlive && one.message.target == other.message.target,
            "the message is the same");
}

void checkMessage(const http::HttpMessage &message, bool isRequest)
{
    require(static_cast<int>(message.headers.size()) <= limits.maxHeaders, "header lines are bounded");
    require(message.bodyBytes <= limits.maxBody, "the body is bounded");
    require(message.body.size() == std::min(message.bodyBytes, limits.keepBody),
            "of the body so much is kept as was asked");
    require(isRequest || (message.status >= 200 && message.status <= 599), "a response has a final status");
    qsizetype head = 0;
    for (const auto &[name, value] : message.headers) {
        require(http::isHeaderName(name), "header names are tokens");
        require(http::isHeaderValue(value), "header values hold no control characters");
        head += name.size() + value.size();
    }
    require(head <= limits.maxHead, "the head is bounded");
}

} // namespace

void tryInput(QByteArrayView bytes)
{
    Input input(bytes);
    const unsigned flags = input.byte();
    const Read whole = readIn(input.rest(), input.rest().size() + 1, flags);
    require(whole.fault.has_value() == (whole.state == HttpFramer::State::Failed), "a failure has its fault");
    if (whole.state == HttpFramer::State::Complete)
        checkMessage(whole.message, (flags & 1U) != 0);

    for (const qsizetype piece : {qsizetype(1), qsizetype(1 + (flags >> 3U))}) {
        const Read pieces = readIn(input.rest(), piece, flags);
        requireSame(pieces, whole);
    }
    if (whole.state != HttpFramer::State::Complete || (flags & 1U) != 0)
        return;
    // With the memory of an answer, the next is read as a new framer reads it: the same again, and what follows it.
    for (const QByteArrayView next : {input.rest(), input.rest().sliced(whole.taken)}) {
        HttpFramer framer = framerOf(flags);
        framer.recycle(readBy(framer, input.rest(), input.rest().size() + 1, flags).message);
        framer.restart(methodOf(flags));
        requireSame(readBy(framer, next, 1 + (flags >> 3U), flags), readIn(next, next.size() + 1, flags));
    }
}

} // namespace rollcall::fuzz
