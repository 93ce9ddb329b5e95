#include "core/http/HttpMessage.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "core/base/Secret.h"
#include "core/http/HeaderName.h"
#include "core/http/ReusedBytes.h"

namespace rollcall::http {

namespace {

constexpr int maxInterim = 8;
constexpr qsizetype maxChunkLine = 256;
constexpr std::size_t usualHeaders = 16;

/// Digits only; nullopt where there is anything else or where it does not fit.
std::optional<qint64> parseLength(QByteArrayView text)
{
    if (text.isEmpty() || text.size() > 18)
        return std::nullopt;
    qint64 value = 0;
    for (const char c : text) {
        if (c < '0' || c > '9')
            return std::nullopt;
        value = value * 10 + (c - '0');
    }
    return value;
}

std::optional<qint64> parseHex(QByteArrayView text)
{
    if (text.isEmpty() || text.size() > 15)
        return std::nullopt;
    qint64 value = 0;
    for (const char c : text) {
        int digit = 0;
        if (c >= '0' && c <= '9')
            digit = c - '0';
        else if (c >= 'a' && c <= 'f')
            digit = c - 'a' + 10;
        else if (c >= 'A' && c <= 'F')
            digit = c - 'A' + 10;
        else
            return std::nullopt;
        value = value * 16 + digit;
    }
    return value;
}

/// Where @p c stands first in @p text, -1: nowhere. QByteArrayView::indexOf() costs several times a short line.
qsizetype find(QByteArrayView text, char c)
{
    const void *at = text.isEmpty() ? nullptr : std::memchr(text.data(), c, static_cast<std::size_t>(text.size()));
    return at ? static_cast<const char *>(at) - text.data() : -1;
}

struct HeaderSearch
{
    int count = 0;
    QByteArrayView first; ///< value of the first; empty where there is none
};

HeaderSearch findHeader(const HeaderList &headers, QByteArrayView name)
{
    HeaderSearch found;
    for (const auto &[key, value] : headers) {
        if (!isSameHeader(key, name))
            continue;
        if (found.count++ == 0)
            found.first = value;
    }
    return found;
}

/// Whether @p line followed by @p bytes can still become "HTTP/…".
bool mayBeginResponse(QByteArrayView line, QByteArrayView bytes)
{
    constexpr QByteArrayView begin("HTTP/");
    const qsizetype fromLine = std::min(line.size(), begin.size());
    const qsizetype fromBytes = std::min(bytes.size(), begin.size() - fromLine);
    return line.first(fromLine) == begin.first(fromLine) && bytes.first(fromBytes) == begin.sliced(fromLine, fromBytes);
}

} // namespace

void wipe(HttpMessage &message)
{
    wipeHeaders(message.headers);
    message.headers.clear();
    base::wipe(message.body);
}

QString faultText(MessageFault fault)
{
    switch (fault) {
    case MessageFault::StartLineInvalid:
        return QStringLiteral("it does not begin as HTTP/1.1 does");
    case MessageFault::VersionUnsupported:
        return QStringLiteral("its HTTP version is neither 1.0 nor 1.1");
    case MessageFault::StatusInvalid:
        return QStringLiteral("its status is no number from 100 to 599");
    case MessageFault::LineEndInvalid:
        return QStringLiteral("a line does not end in CR LF");
    case MessageFault::HeaderInvalid:
        return QStringLiteral("a header line is not of the form name: value");
    case MessageFault::HostInvalid:
        return QStringLiteral("it has not exactly one Host header");
    case MessageFault::LengthInvalid:
        return QStringLiteral("its Content-Length is no number");
    case MessageFault::LengthRepeated:
        return QStringLiteral("it has more than one Content-Length");
    case MessageFault::LengthAndCoding:
        return QStringLiteral("it has both Content-Length and Transfer-Encoding");
    case MessageFault::CodingUnsupported:
        return QStringLiteral("its transfer coding is not chunked");
    case MessageFault::ChunkInvalid:
        return QStringLiteral("a chunk of its body is damaged");
    case MessageFault::SwitchingProtocols:
        return QStringLiteral("it switches to another protocol");
    case MessageFault::TooManyInterim:
        return QStringLiteral("it sends interim answers without end");
    case MessageFault::HeadTooLarge:
        return QStringLiteral("its headers are too large");
    case MessageFault::TooManyHeaders:
        return QStringLiteral("it has too many headers");
    case MessageFault::BodyTooLarge:
        return QStringLiteral("its body is too large");
    case MessageFault::Truncated:
        return QStringLiteral("it was cut off");
    }
    Q_UNREACHABLE();
}

bool isSizeFault(MessageFault fault)
{
    return fault == MessageFault::HeadTooLarge || fault == MessageFault::TooManyHeaders ||
           fault == MessageFault::BodyTooLarge;
}

HttpFramer::HttpFramer(bool response, QByteArrayView requestMethod, const MessageLimits &limits)
    : m_response(response), m_headRequest(requestMethod == QByteArrayView("HEAD")), m_limits(limits)
{}

HttpFramer HttpFramer::forResponse(QByteArrayView requestMethod, const MessageLimits &limits)
{
    return HttpFramer(true, requestMethod, limits);
}

HttpFramer HttpFramer::forRequest(const MessageLimits &limits)
{
    return HttpFramer(false, {}, limits);
}

HttpFramer::~HttpFramer()
{
    wipe(m_message);
    wipe(m_spare);
    base::wipe(m_line);
}

void HttpFramer::restart(QByteArrayView requestMethod)
{
    m_headRequest = requestMethod == QByteArrayView("HEAD");
    m_state = State::Reading;
    m_fault.reset();
    m_part = Part::StartLine;
    wipe(m_message); // one that was not taken
    m_message = {};
    m_message.headers.swap(m_spare.headers);
    m_headers = 0;
    m_message.body.swap(m_spare.body);
    makeEmpty(m_message.body);
    makeEmpty(m_line);
    m_headBytes = 0;
    m_bodyLeft = 0;
    m_length.reset();
    m_chunked = false;
    m_interim = 0;
    m_started = false;
}

void HttpFramer::recycle(HttpMessage used)
{
    if (m_spare.headers.size() > used.headers.size())
        return wipe(used);
    wipe(m_spare);
    m_spare.headers.swap(used.headers);
    m_spare.body.swap(used.body);
}

void HttpFramer::fail(MessageFault fault)
{
    m_state = State::Failed;
    m_fault = fault;
}

qsizetype HttpFramer::feed(QByteArrayView bytes)
{
    qsizetype taken = 0;
    while (m_state == State::Reading && taken < bytes.size()) {
        m_started = true;
        const QByteArrayView rest = bytes.sliced(taken);
        const bool inBody = m_part == Part::FixedBody || m_part == Part::BodyUntilClose || m_part == Part::ChunkData;
        taken += inBody ? feedBody(rest) : feedLine(rest);
    }
    return taken;
}

void HttpFramer::endOfStream()
{
    if (m_state != State::Reading)
        return;
    if (m_part == Part::BodyUntilClose)
        complete();
    else
        fail(MessageFault::Truncated);
}

/// The length of the header line that @p bytes begin with where it is, to the byte, that which the earlier message had
/// in its place; else 0. Most headers of one server are: they need not be taken apart, looked through and copied.
qsizetype HttpFramer::sameLine(QByteArrayView bytes) const
{
    if (m_headers >= m_message.headers.size())
        return 0;
    const auto &[name, value] = m_message.headers[m_headers];
    const qsizetype length = name.size() + value.size() + 4;
    if (name.isEmpty() || bytes.size() < length)
        return 0;
    const char *const rest = bytes.data() + name.size();
    const char *const end = rest + 2 + value.size();
    const bool same = std::memcmp(bytes.data(), name.constData(), static_cast<std::size_t>(name.size())) == 0 &&
                      rest[0] == ':' && rest[1] == ' ' && end[0] == '\r' && end[1] == '\n' &&
                      std::memcmp(rest + 2, value.constData(), static_cast<std::size_t>(value.size())) == 0;
    return same ? length : 0;
}

qsizetype HttpFramer::feedLine(QByteArrayView bytes)
{
    if (m_part == Part::Headers && m_line.isEmpty()) {
        const qsizetype same = sameLine(bytes);
        if (same > 0 && m_headBytes + same <= m_limits.maxHead &&
            m_headers < static_cast<std::size_t>(m_limits.maxHeaders)) {
            m_headBytes += same;
            ++m_headers;
            return same;
        }
    }
    const qsizetype end = find(bytes, '\n');
    const qsizetype length = end < 0 ? bytes.size() : end + 1;
    const bool chunkLine = m_part == Part::ChunkSize || m_part == Part::ChunkEnd;
    if (m_part == Part::StartLine && m_response && !mayBeginResponse(m_line, bytes)) {
        // Said at once: a peer that speaks another protocol may never send a line end.
        fail(MessageFault::StartLineInvalid);
        return length;
    }
    if (chunkLine) {
        if (m_line.size() + length > maxChunkLine) {
            fail(MessageFault::ChunkInvalid);
            return length;
        }
    } else {
        m_headBytes += length;
        if (m_headBytes > m_limits.maxHead) {
            fail(MessageFault::HeadTooLarge);
            return length;
        }
    }
    // As most do, it came in one piece: nothing to put together.
    const bool whole = end >= 0 && m_line.isEmpty();
    if (!whole)
        appendTo(m_line, bytes.first(length));
    if (end < 0)
        return length;
    const QByteArrayView line = whole ? bytes.first(length) : QByteArrayView(m_line);
    if (line.size() < 2 || line.at(line.size() - 2) != '\r')
        fail(m_part == Part::StartLine ? MessageFault::StartLineInvalid : MessageFault::LineEndInvalid);
    else
        onLine(line.chopped(2));
    if (!whole)
        makeEmpty(m_line);
    return length;
}

void HttpFramer::onLine(QByteArrayView line)
{
    // A header is looked through for all control characters.
    if (m_part != Part::Headers && m_part != Part::Trailers && find(line, '\r') >= 0)
        return fail(MessageFault::LineEndInvalid);
    switch (m_part) {
    case Part::StartLine:
        m_part = Part::Headers;
        return m_response ? onResponseLine(line) : onRequestLine(line);
    case Part::Headers:
        return line.isEmpty() ? onHeadEnd() : onHeaderLine(line);
    case Part::ChunkSize:
        return onChunkSize(line);
    case Part::ChunkEnd:
        m_part = Part::ChunkSize;
        if (!line.isEmpty())
            fail(MessageFault::ChunkInvalid);
        return;
    case Part::Trailers:
        return line.isEmpty() ? complete() : onHeaderLine(line);
    case Part::FixedBody:
    case Part::BodyUntilClose:
    case Part::ChunkData:
        break;
    }
    Q_UNREACHABLE();
}

void HttpFramer::onVersion(QByteArrayView version)
{
    if (version == QByteArrayView("HTTP/1.1"))
        m_message.minorVersion = 1;
    else if (version == QByteArrayView("HTTP/1.0"))
        m_message.minorVersion = 0;
    else
        fail(version.startsWith("HTTP/") ? MessageFault::VersionUnsupported : MessageFault::StartLineInvalid);
}

void HttpFramer::onResponseLine(QByteArrayView line)
{
    const qsizetype blank = find(line, ' ');
    onVersion(blank < 0 ? line : line.first(blank));
    if (m_state == State::Failed)
        return;
    // "HTTP/1.1 200" without the blank before an empty reason is common enough to be read.
    const QByteArrayView rest = blank < 0 ? QByteArrayView() : line.sliced(blank + 1);
    const QByteArrayView digits = rest.first(std::min<qsizetype>(3, rest.size()));
    const std::optional<qint64> status = parseLength(digits);
    if (!status || digits.size() != 3 || (rest.size() > 3 && rest.at(3) != ' ') || *status < 100 || *status > 599)
        return fail(MessageFault::StatusInvalid);
    m_message.status = static_cast<int>(*status);
}

void HttpFramer::onRequestLine(QByteArrayView line)
{
    const qsizetype first = line.indexOf(' ');
    const qsizetype last = line.lastIndexOf(' ');
    if (first < 1 || last == first)
        return fail(MessageFault::StartLineInvalid);
    const QByteArrayView method = line.first(first);
    const QByteArrayView target = line.sliced(first + 1, last - first - 1);
    const auto isVisible = [](char c) { return c > ' ' && c < '\x7f'; };
    if (!isHeaderName(method) || target.isEmpty() || !std::all_of(target.begin(), target.end(), isVisible))
        return fail(MessageFault::StartLineInvalid);
    m_message.method = method.toByteArray();
    m_message.target = target.toByteArray();
    onVersion(line.sliced(last + 1));
}

void HttpFramer::onHeaderLine(QByteArrayView line)
{
    const qsizetype colon = find(line, ':');
    const QByteArrayView name = colon < 0 ? QByteArrayView() : line.first(colon);
    // A blank before the colon and a folded line both fail here, as no token contains a blank.
    if (!isHeaderName(name) || !isHeaderValue(line.sliced(colon + 1)))
        return fail(find(line, '\r') >= 0 ? MessageFault::LineEndInvalid : MessageFault::HeaderInvalid);
    if (m_part == Part::Trailers)
        return;
    if (m_headers >= static_cast<std::size_t>(m_limits.maxHeaders))
        return fail(MessageFault::TooManyHeaders);
    addHeader(name, trimmedOws(line.sliced(colon + 1)));
}

void HttpFramer::addHeader(QByteArrayView name, QByteArrayView value)
{
    if (m_headers == m_message.headers.size()) {
        if (m_headers == 0)
            m_message.headers.reserve(usualHeaders);
        m_message.headers.emplace_back();
    }
    auto &[oldName, oldValue] = m_message.headers[m_headers++];
    replaceWith(oldName, name);
    replaceWith(oldValue, value);
}

/// Lets go of headers of the earlier message beyond those that were replaced.
void HttpFramer::endHeaders()
{
    wipeHeaders(m_message.headers, m_headers);
    m_message.headers.resize(m_headers);
}

bool HttpFramer::readFraming()
{
    const HeaderSearch length = findHeader(m_message.headers, "Content-Length");
    const HeaderSearch coding = findHeader(m_message.headers, "Transfer-Encoding");
    if (length.count > 0 && coding.count > 0)
        fail(MessageFault::LengthAndCoding);
    else if (length.count > 1 || length.first.contains(','))
        fail(MessageFault::LengthRepeated);
    else if (coding.count > 1 || (coding.count == 1 && (m_message.minorVersion == 0 ||
                                                        coding.first.compare("chunked", Qt::CaseInsensitive) != 0)))
        fail(MessageFault::CodingUnsupported);
    if (m_state == State::Failed)
        return false;
    m_chunked = coding.count > 0;
    m_length.reset();
    if (length.count > 0) {
        m_length = parseLength(length.first);
        if (!m_length)
            fail(MessageFault::LengthInvalid);
    }
    return m_state != State::Failed;
}

void HttpFramer::onHeadEnd()
{
    endHeaders();
    if (!readFraming())
        return;
    if (m_response && m_message.status < 200) {
        if (m_message.status == 101)
            return fail(MessageFault::SwitchingProtocols);
        if (++m_interim > maxInterim)
            return fail(MessageFault::TooManyInterim);
        m_headers = 0;
        m_headBytes = 0;
        m_part = Part::StartLine;
        return;
    }
    if (!m_response && m_message.minorVersion == 1 && findHeader(m_message.headers, "Host").count != 1)
        return fail(MessageFault::HostInvalid);
    m_message.keepAlive = m_message.minorVersion == 1 ? !headerHasToken(m_message.headers, "Connection", "close")
                                                      : headerHasToken(m_message.headers, "Connection", "keep-alive");
    const bool bodiless = m_response && (m_headRequest || m_message.status == 204 || m_message.status == 304);
    if (bodiless)
        return complete();
    if (m_chunked) {
        m_part = Part::ChunkSize;
    } else if (m_length) {
        if (*m_length > m_limits.maxBody)
            return fail(MessageFault::BodyTooLarge);
        m_bodyLeft = *m_length;
        m_part = Part::FixedBody;
        if (m_bodyLeft == 0)
            complete();
    } else if (m_response) {
        m_message.keepAlive = false;
        m_part = Part::BodyUntilClose;
    } else {
        complete();
    }
}

void HttpFramer::onChunkSize(QByteArrayView line)
{
    const qsizetype semicolon = line.indexOf(';');
    const std::optional<qint64> size = parseHex(trimmedOws(semicolon < 0 ? line : line.first(semicolon)));
    if (!size || !isHeaderValue(line))
        return fail(MessageFault::ChunkInvalid);
    if (*size > m_limits.maxBody - m_message.bodyBytes)
        return fail(MessageFault::BodyTooLarge);
    m_bodyLeft = *size;
    m_headBytes = 0;
    m_part = *size == 0 ? Part::Trailers : Part::ChunkData;
}

void HttpFramer::keep(QByteArrayView bytes)
{
    const qint64 room = std::max<qint64>(0, m_limits.keepBody - m_message.body.size());
    appendTo(m_message.body, bytes.first(std::min<qint64>(room, bytes.size())));
    m_message.bodyBytes += bytes.size();
}

qsizetype HttpFramer::feedBody(QByteArrayView bytes)
{
    if (m_part == Part::BodyUntilClose) {
        if (bytes.size() > m_limits.maxBody - m_message.bodyBytes)
            fail(MessageFault::BodyTooLarge);
        else
            keep(bytes);
        return bytes.size();
    }
    const qint64 length = std::min<qint64>(m_bodyLeft, bytes.size());
    keep(bytes.first(length));
    m_bodyLeft -= length;
    if (m_bodyLeft == 0) {
        if (m_part == Part::FixedBody)
            complete();
        else
            m_part = Part::ChunkEnd;
    }
    return length;
}

} // namespace rollcall::http
