#pragma once

#include <QByteArray>
#include <QString>

#include <optional>

#include "core/http/Headers.h"

namespace rollcall::http {

/// A complete HTTP/1.x request or response. **Thread-safety:** a plain value.
struct HttpMessage
{
    int minorVersion = 1;  ///< 0 or 1: HTTP/1.0 or HTTP/1.1
    int status = 0;        ///< responses: 200 … 599, never 1xx
    QByteArray method;     ///< requests
    QByteArray target;     ///< requests: as sent, not decoded
    HeaderList headers;    ///< trailers are read and dropped
    QByteArray body;       ///< transfer coding removed; at most MessageLimits::keepBody bytes of it
    qint64 bodyBytes = 0;  ///< full length of the body, kept or not
    bool keepAlive = true; ///< the connection may carry another message
};

/// Caps on what a peer may send; beyond them the message is a fault, not a growing buffer.
struct MessageLimits
{
    qsizetype maxHead = 64 * 1024; ///< bytes of start line and headers together, trailers likewise
    int maxHeaders = 128;          ///< header lines
    qint64 maxBody = 1 << 20;      ///< bytes of the body after removing the transfer coding
    qint64 keepBody = 1 << 20;     ///< how much of the body is kept; the rest is counted and dropped
};

/// Everything that can be wrong with a message.
enum class MessageFault {
    StartLineInvalid,   ///< no HTTP/1 start line: TLS, HTML, another protocol
    VersionUnsupported, ///< HTTP, but neither 1.0 nor 1.1
    StatusInvalid,      ///< not three digits 100 … 599
    LineEndInvalid,     ///< a bare CR or LF in the head or in the chunk framing
    HeaderInvalid,      ///< no colon, blank before the colon, folded line, control character
    HostInvalid,        ///< HTTP/1.1 request without exactly one Host
    LengthInvalid,      ///< Content-Length is no number
    LengthRepeated,     ///< several Content-Length values
    LengthAndCoding,    ///< Content-Length beside Transfer-Encoding: request smuggling
    CodingUnsupported,  ///< a transfer coding other than a single `chunked`, or one in HTTP/1.0
    ChunkInvalid,       ///< a chunk size or end that is none
    SwitchingProtocols, ///< 101, which nobody asked for
    TooManyInterim,     ///< endless 1xx answers
    HeadTooLarge,
    TooManyHeaders,
    BodyTooLarge,
    Truncated, ///< the stream ended inside the message
};

/// Overwrites and empties the headers and the body of @p message, which may hold cookies, as far as they are not
/// shared.
void wipe(HttpMessage &message);

/// What is wrong, for people ("the header names two different lengths"); English fragment for ErrorParam::Detail.
[[nodiscard]] QString faultText(MessageFault fault);

/// True for the three faults that are a cap reached rather than a malformed message.
[[nodiscard]] bool isSizeFault(MessageFault fault);

/// Cuts HTTP/1.1 messages out of a byte stream, without doing I/O: feed it what arrived, in whatever pieces. Strict
/// where two readers could disagree on where a message ends. What it has read is wiped, but for the message that is
/// taken. Move-only. **Source:** RFC 9112 §§2–7.
/// **Thread-safety:** one object belongs to one thread at a time.
class HttpFramer final
{
public:
    enum class State { Reading, Complete, Failed };

    /// Reads the final response to a request with @p requestMethod (HEAD has no body). 1xx answers are skipped.
    [[nodiscard]] static HttpFramer forResponse(QByteArrayView requestMethod, const MessageLimits &limits);
    /// Reads one request.
    [[nodiscard]] static HttpFramer forRequest(const MessageLimits &limits);
    HttpFramer(HttpFramer &&other) = default;
    HttpFramer &operator=(HttpFramer &&other) = delete;
    HttpFramer(const HttpFramer &) = delete;
    HttpFramer &operator=(const HttpFramer &) = delete;
    ~HttpFramer();

    /// Begins anew with the response to the next request; limits stay.
    void restart(QByteArrayView requestMethod);
    /// Gives the memory of @p used, a message that nobody needs any more, to the next response that is begun: an
    /// exchange then allocates nothing for its headers and its body, and headers that come again are not read again. So
    /// @p used must be as take() gave it: its headers count as looked through.
    void recycle(HttpMessage used);

    /// Takes in bytes and returns how many belong to this message; what is left begins the next one (or, after a
    /// response, should not be there). Takes nothing once complete or failed.
    qsizetype feed(QByteArrayView bytes);

    /// The stream has ended: completes a close-delimited response, else the fault is Truncated.
    void endOfStream();

    [[nodiscard]] State state() const { return m_state; }
    /// Set exactly where state() is Failed.
    [[nodiscard]] std::optional<MessageFault> fault() const { return m_fault; }
    /// True as soon as a byte was taken.
    [[nodiscard]] bool started() const { return m_started; }
    /// The message; call once, when Complete.
    [[nodiscard]] HttpMessage take() { return std::move(m_message); }

private:
    enum class Part { StartLine, Headers, FixedBody, BodyUntilClose, ChunkSize, ChunkData, ChunkEnd, Trailers };

    HttpFramer(bool response, QByteArrayView requestMethod, const MessageLimits &limits);

    void fail(MessageFault fault);
    void complete() { m_state = State::Complete; }
    [[nodiscard]] qsizetype sameLine(QByteArrayView bytes) const;
    qsizetype feedLine(QByteArrayView bytes);
    qsizetype feedBody(QByteArrayView bytes);
    void onLine(QByteArrayView line);
    void onResponseLine(QByteArrayView line);
    void onRequestLine(QByteArrayView line);
    void onVersion(QByteArrayView version);
    void onHeaderLine(QByteArrayView line);
    void onHeadEnd();
    void onChunkSize(QByteArrayView line);
    bool readFraming();
    void keep(QByteArrayView bytes);
    void addHeader(QByteArrayView name, QByteArrayView value);
    void endHeaders();

    bool m_response;
    bool m_headRequest;
    MessageLimits m_limits;
    State m_state = State::Reading;
    std::optional<MessageFault> m_fault;
    Part m_part = Part::StartLine;
    HttpMessage m_message;     ///< while its head is read, its list of headers is one of an earlier message, of which
    std::size_t m_headers = 0; ///< so many have been replaced by this one's
    HttpMessage m_spare;       ///< memory for headers and body, from recycle()
    QByteArray m_line;         ///< the unfinished line
    qsizetype m_headBytes = 0; ///< of the part that m_limits.maxHead bounds
    qint64 m_bodyLeft = 0;     ///< of the fixed body or of the current chunk
    std::optional<qint64> m_length;
    bool m_chunked = false;
    int m_interim = 0;
    bool m_started = false;
};

} // namespace rollcall::http
