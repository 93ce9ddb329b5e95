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

Read readIn(QByteArrayView bytes, qsizetype piece, unsigned flags)
{
    HttpFramer framer = (flags & 1U) != 0
                            ? HttpFramer::forRequest(limits)
                            : HttpFramer::forResponse((flags & 2U) != 0 ? QByteArrayView("HEAD") : "GET", limits);
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
        require(pieces.state == whole.state && pieces.fault == whole.fault, "pieces do not change the outcome");
        if (whole.state != HttpFramer::State::Complete)
            continue;
        require(pieces.taken == whole.taken, "pieces do not change where the message ends");
        require(
            pieces.message.headers == whole.message.headers && pieces.message.body == whole.message.body &&
                pieces.message.bodyBytes == whole.message.bodyBytes && pieces.message.status == whole.message.status &&
                pieces.message.keepAlive == whole.message.keepAlive && pieces.message.target == whole.message.target,
            "pieces do not change the message");
    }
}

} // namespace rollcall::fuzz
