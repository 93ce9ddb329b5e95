#include "app/ctl/OutputWriter.h"

#include <cstdio>

#include <unistd.h>

#include "app/ctl/Rendering.h"
#include "core/base/ErrorText.h"

namespace rollcall::ctl {

namespace {

constexpr QLatin1String clearLine("\r\033[K");

/// ErrorParam::Part of what went wrong with standard output.
QString outputPart()
{
    return QStringLiteral("output");
}

/// Standard output and error take one line for a message: what people or servers wrote may hold more.
QString onOneLine(QString text)
{
    for (QChar &c : text) {
        if (c.category() == QChar::Other_Control)
            c = QLatin1Char(' ');
    }
    return text;
}

void toStandardError(const QString &text)
{
    const QByteArray bytes = text.toUtf8();
    // There is nowhere left to tell it where standard error cannot be written.
    [[maybe_unused]] const auto written = std::fwrite(bytes.constData(), 1, static_cast<size_t>(bytes.size()), stderr);
    std::fflush(stderr);
}

} // namespace

std::optional<Format> formatNamed(const QString &name)
{
    if (name == QStringLiteral("table"))
        return Format::Table;
    if (name == QStringLiteral("json"))
        return Format::Json;
    if (name == QStringLiteral("ndjson"))
        return Format::Ndjson;
    if (name == QStringLiteral("csv"))
        return Format::Csv;
    return std::nullopt;
}

OutputWriter::OutputWriter(std::optional<Format> format)
    : m_format(format.value_or(::isatty(STDOUT_FILENO) ? Format::Table : Format::Json))
{
    // Where this fails, the first put() says so.
    static_cast<void>(m_out.open(stdout, QIODevice::WriteOnly | QIODevice::Unbuffered));
}

base::Status OutputWriter::put(const QByteArray &bytes)
{
    clearProgress();
    if (m_lost)
        return base::fail(*m_lost);
    if (m_out.write(bytes) == bytes.size() && m_out.flush() && std::fflush(stdout) == 0)
        return {};
    m_lost = base::Error(base::ErrorCode::FileUnwritable)
                 .with(base::ErrorParam::Path, QStringLiteral("Standard output"))
                 .with(base::ErrorParam::Part, outputPart())
                 .with(base::ErrorParam::Detail, m_out.errorString());
    return base::fail(*m_lost);
}

base::Status OutputWriter::write(const Outcome &outcome)
{
    // That standard output was lost midway is what the command failed by, or nothing to it: said once, at the end.
    if (outcome.error && outcome.error->param(base::ErrorParam::Part) != outputPart())
        complain(base::oneLine(*outcome.error));
    else if (!outcome.error && !outcome.complaint.isEmpty())
        complain(outcome.complaint);
    auto status = render(outcome);
    if (!status)
        complain(base::oneLine(status.error()));
    return status;
}

base::Status OutputWriter::render(const Outcome &outcome)
{
    const Answer *answer = outcome.answer ? &*outcome.answer : nullptr;
    // A table of values has no room for what stands beside the list: that it is one page of several is said all the
    // same.
    const JsonRecord::Member *next = answer && answer->list ? answer->members.find(QStringLiteral("next")) : nullptr;
    if (m_format == Format::Csv && next && next->value.isString())
        warn(QStringLiteral("this is one page of several; the next: --after %1").arg(next->value.toString()));
    const base::Error *error = outcome.error ? &*outcome.error : nullptr;
    // Nothing to put here does not say that what came before could be.
    const bool isText = m_format == Format::Csv || m_format == Format::Table;
    if (!answer && (!error || isText))
        return m_lost ? base::fail(*m_lost) : base::Status();
    switch (m_format) {
    case Format::Json:
        return put(renderJson(answer, error));
    case Format::Ndjson:
        return put(renderNdjson(answer, error));
    case Format::Csv:
        return put(renderCsv(*answer));
    case Format::Table:
        return put(renderTable(*answer));
    }
    return {};
}

base::Status OutputWriter::line(const JsonRecord &record)
{
    return put(record.toJson() + '\n');
}

base::Status OutputWriter::text(const QString &text)
{
    return put(text.toUtf8());
}

void OutputWriter::warn(const QString &message)
{
    clearProgress();
    toStandardError(QStringLiteral("rollcallctl: warning: ") + onOneLine(message) + QLatin1Char('\n'));
}

void OutputWriter::complain(const QString &message)
{
    clearProgress();
    toStandardError(QStringLiteral("rollcallctl: ") + onOneLine(message) + QLatin1Char('\n'));
}

void OutputWriter::progress(const QString &message)
{
    if (!::isatty(STDERR_FILENO))
        return;
    m_progressShown = true;
    toStandardError(clearLine + onOneLine(message));
}

void OutputWriter::clearProgress()
{
    if (m_progressShown.exchange(false))
        toStandardError(clearLine);
}

} // namespace rollcall::ctl
