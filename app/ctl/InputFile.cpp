#include "app/ctl/InputFile.h"

#include <QFile>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <poll.h>
#include <unistd.h>

namespace rollcall::ctl {

namespace {

constexpr qint64 longestFile = 64 << 20;
constexpr qsizetype longestLine = 8 << 20;
constexpr int sliceMs = 50;

base::Error unreadable(const QString &path, const QString &why)
{
    return base::Error(base::ErrorCode::FileUnreadable)
        .with(base::ErrorParam::Path, path)
        .with(base::ErrorParam::Detail, why);
}

base::Error badForm(const QString &path, const QString &why)
{
    return base::Error(base::ErrorCode::FileFormatInvalid)
        .with(base::ErrorParam::Path, path)
        .with(base::ErrorParam::Detail, why);
}

/// Reads what standard input has, into @p buffer; false at its end. Waits in slices, because our signals do not
/// interrupt a blocking read: a thread of their own takes them.
base::Result<bool> readSome(QByteArray &buffer, const std::stop_token &stop)
{
    for (;;) {
        if (stop.stop_requested())
            return base::fail(base::Error(base::ErrorCode::Cancelled));
        pollfd waiting{STDIN_FILENO, POLLIN, 0};
        const int ready = ::poll(&waiting, 1, sliceMs);
        if (ready == 0 || (ready < 0 && errno == EINTR))
            continue;
        char bytes[65'536];
        const ssize_t count = ready < 0 ? -1 : ::read(STDIN_FILENO, bytes, sizeof bytes);
        if (count < 0)
            return base::fail(
                unreadable(QStringLiteral("Standard input"), QString::fromLocal8Bit(std::strerror(errno))));
        buffer.append(bytes, count);
        return count > 0;
    }
}

/// Why @p line cannot be the value of a Cookie header; empty where it may be one. Cookies have odd names, so only what
/// people paste by mistake is refused.
QString whyNoCookies(QByteArrayView line)
{
    const auto begins = [line](QByteArrayView word) {
        return line.size() >= word.size() && line.first(word.size()).compare(word, Qt::CaseInsensitive) == 0;
    };
    if (line.trimmed().isEmpty())
        return {};
    if (begins("set-cookie:"))
        return QStringLiteral("it is a Set-Cookie header, which a server sends; wanted is what a browser sends back, "
                              "name=value");
    if (begins("curl ") || begins("-H ") || begins("-H'") || begins("-H\"") || begins("-b "))
        return QStringLiteral("it is a part of a command; wanted is what stands behind Cookie: alone");
    const char first = line.front();
    if ((first == '"' || first == '\'') && line.size() > 1 && line.endsWith(first))
        return QStringLiteral("the whole line stands in quotes; take them away");
    const qsizetype equals = line.indexOf('=');
    const QByteArrayView name = line.first(std::max<qsizetype>(equals, 0)).trimmed();
    if (equals < 0 || name.contains('\t') || name.contains(": "))
        return QStringLiteral("it holds no cookie; write its name, an equals sign and its value: name=value");
    return {};
}

} // namespace

base::Result<QByteArray> readInputFile(const QString &path, const std::stop_token &stop)
{
    QByteArray text;
    if (path == QStringLiteral("-")) {
        for (;;) {
            const auto more = readSome(text, stop);
            if (!more)
                return base::fail(more.error());
            if (text.size() > longestFile)
                return base::fail(
                    badForm(QStringLiteral("Standard input"), QStringLiteral("it is longer than 64 MiB")));
            if (!*more)
                return text;
        }
    }
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return base::fail(unreadable(path, file.errorString()));
    text = file.read(longestFile + 1);
    if (file.error() != QFileDevice::NoError)
        return base::fail(unreadable(path, file.errorString()));
    if (text.size() > longestFile)
        return base::fail(badForm(path, QStringLiteral("it is longer than 64 MiB")));
    return text;
}

base::Result<QStringList> readLines(const QString &path)
{
    const auto text = readInputFile(path);
    if (!text)
        return base::fail(text.error());
    QStringList lines;
    for (const QString &line : QString::fromUtf8(*text).split(QLatin1Char('\n')))
        lines << line.trimmed();
    lines.removeAll(QString());
    lines.removeDuplicates();
    return lines;
}

std::vector<base::SecretBytes> secretLines(const QByteArray &text)
{
    std::vector<base::SecretBytes> secrets;
    qsizetype begin = 0;
    while (begin < text.size()) {
        qsizetype end = text.indexOf('\n', begin);
        if (end < 0)
            end = text.size();
        QByteArrayView line = QByteArrayView(text).sliced(begin, end - begin);
        if (line.endsWith('\r'))
            line.chop(1);
        if (!line.isEmpty())
            secrets.emplace_back(line);
        begin = end + 1;
    }
    return secrets;
}

base::Result<base::SecretBytes> readCookieFile(const QString &path, const std::stop_token &stop)
{
    auto text = readInputFile(path, stop);
    if (!text)
        return base::fail(text.error());
    QByteArrayView line(*text);
    while (line.endsWith('\n') || line.endsWith('\r'))
        line.chop(1);
    constexpr QByteArrayView name("cookie:");
    if (line.size() >= name.size() && line.first(name.size()).compare(name, Qt::CaseInsensitive) == 0) {
        line = line.sliced(name.size());
        while (line.startsWith(' ') || line.startsWith('\t'))
            line = line.sliced(1);
    }
    const bool oneLine = !line.contains('\n') && !line.contains('\r');
    const QString wrong =
        oneLine ? whyNoCookies(line) : QStringLiteral("it must hold the value of one Cookie header on one line");
    base::SecretBytes header(line);
    base::wipe(*text);
    if (!wrong.isEmpty())
        return base::fail(badForm(path == QStringLiteral("-") ? QStringLiteral("Standard input") : path, wrong));
    return header;
}

base::Status InputLines::fill()
{
    const auto more = readSome(m_buffer, m_stop);
    if (!more)
        return base::fail(more.error());
    m_ended = !*more;
    return {};
}

base::Result<std::optional<QByteArray>> InputLines::next()
{
    qsizetype searched = 0;
    for (;;) {
        const qsizetype end = m_buffer.indexOf('\n', searched);
        if (end < 0 && !m_ended) {
            searched = m_buffer.size();
            if (searched > longestLine)
                return base::fail(
                    badForm(QStringLiteral("Standard input"), QStringLiteral("a line is longer than 8 MiB")));
            if (const auto status = fill(); !status)
                return base::fail(status.error());
            continue;
        }
        if (end < 0 && m_buffer.isEmpty())
            return std::optional<QByteArray>();
        QByteArray line = m_buffer.first(end < 0 ? m_buffer.size() : end);
        m_buffer.remove(0, end < 0 ? m_buffer.size() : end + 1);
        searched = 0;
        if (line.endsWith('\r'))
            line.chop(1);
        if (!line.isEmpty())
            return std::optional(std::move(line));
    }
}

} // namespace rollcall::ctl
