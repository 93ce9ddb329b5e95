#include "core/workspace/DotEnv.h"

#include <algorithm>

namespace rollcall::workspace {

using base::Error;
using base::ErrorCode;
using base::ErrorParam;
using base::SecretBytes;

namespace {

constexpr qsizetype largestText = 1 << 20;
constexpr qsizetype largestValue = 64 * 1024;
constexpr int mostExpansions = 64; ///< a variable that names itself would go on for ever

bool isBlank(char c)
{
    return c == ' ' || c == '\t' || c == '\v' || c == '\f';
}

bool isWordChar(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

bool isNameChar(char c)
{
    return isWordChar(c) || c == '.' || c == '-';
}

/// A cursor over the text, line by line.
class Reader
{
public:
    explicit Reader(const QByteArray &text) : m_text(text) {}

    [[nodiscard]] bool atEnd() const { return m_at >= m_text.size(); }
    [[nodiscard]] int line() const { return m_line; }
    [[nodiscard]] char peek() const { return atEnd() ? '\n' : m_text.at(m_at); }

    void skipBlanks()
    {
        while (!atEnd() && isBlank(peek()))
            ++m_at;
    }
    void nextLine()
    {
        const qsizetype end = m_text.indexOf('\n', m_at);
        m_at = end < 0 ? m_text.size() : end + 1;
        ++m_line;
    }
    QByteArray takeName()
    {
        const qsizetype from = m_at;
        while (!atEnd() && isNameChar(peek()))
            ++m_at;
        return m_text.mid(from, m_at - from);
    }
    bool take(char c)
    {
        if (atEnd() || peek() != c)
            return false;
        ++m_at;
        return true;
    }
    /// A value in quotes, which may span lines; false (nothing taken) where the quote never ends.
    bool takeQuoted(QByteArray &value)
    {
        const char quote = peek();
        qsizetype end = m_at + 1;
        while (end < m_text.size() && m_text.at(end) != quote)
            end += m_text.at(end) == '\\' && end + 1 < m_text.size() && m_text.at(end + 1) == quote ? 2 : 1;
        if (end >= m_text.size())
            return false;
        value = m_text.mid(m_at + 1, end - m_at - 1);
        m_line += static_cast<int>(value.count('\n'));
        m_at = end + 1;
        if (quote == '"')
            value.replace("\\n", "\n").replace("\\r", "\r");
        return true;
    }
    QByteArray takePlain()
    {
        qsizetype end = m_at;
        while (end < m_text.size() && m_text.at(end) != '\n' && m_text.at(end) != '#')
            ++end;
        const QByteArray value = m_text.mid(m_at, end - m_at).trimmed();
        m_at = end;
        return value;
    }

private:
    const QByteArray &m_text;
    qsizetype m_at = 0;
    int m_line = 1;
};

QByteArray unescapeDollars(QByteArray value)
{
    return value.replace("\\$", "$");
}

/// dotenv-expand's recursion as a loop: the rightmost unescaped `$` is replaced until none is left.
QByteArray expand(QByteArray value, const std::map<QByteArray, SecretBytes> &values)
{
    for (int round = 0; round < mostExpansions && value.size() <= largestValue; ++round) {
        qsizetype dollar = value.lastIndexOf('$');
        while (dollar > 0 && value.at(dollar - 1) == '\\')
            dollar = value.lastIndexOf('$', dollar - 1);
        if (dollar < 0)
            break;
        qsizetype end = dollar + 1;
        if (end < value.size() && value.at(end) == '{')
            ++end;
        const qsizetype from = end;
        while (end < value.size() && isWordChar(value.at(end)))
            ++end;
        const QByteArray name = value.mid(from, end - from);
        if (name.isEmpty())
            break; // a lone dollar sign stays, and so does everything before it
        QByteArray replacement;
        if (value.mid(end, 2) == ":-") {
            const qsizetype fallback = end + 2;
            end = fallback;
            while (end < value.size() && value.at(end) != '}' && value.at(end) != '\\')
                ++end;
            replacement = value.mid(fallback, end - fallback);
        }
        if (end < value.size() && value.at(end) == '}')
            ++end;
        if (const auto known = values.find(name); known != values.end() && !known->second.isEmpty())
            replacement = known->second.view().toByteArray();
        // The library replaces the first place where this text stands, not the one it looked at.
        const QByteArray reference = value.mid(dollar, end - dollar);
        value.replace(value.indexOf(reference), reference.size(), replacement);
    }
    return unescapeDollars(value);
}

} // namespace

const SecretBytes *DotEnv::find(const QByteArray &name) const
{
    const auto found = values.find(name);
    return found == values.end() ? nullptr : &found->second;
}

base::Result<DotEnv> DotEnv::parse(const QByteArray &text, const QString &origin)
{
    const auto invalid = [&](int line, const QString &detail) {
        return base::fail(Error(ErrorCode::FileFormatInvalid)
                              .with(ErrorParam::Path, origin)
                              .with(ErrorParam::Line, qint64(line))
                              .with(ErrorParam::Detail, detail));
    };
    if (text.size() > largestText)
        return invalid(1, QStringLiteral("larger than 1 MiB, no environment file"));
    if (const qsizetype nul = text.indexOf('\0'); nul >= 0)
        return invalid(1 + static_cast<int>(text.first(nul).count('\n')), QStringLiteral("binary content"));

    QByteArray lines = text.startsWith("\xEF\xBB\xBF") ? text.mid(3) : text;
    lines.replace("\r\n", "\n").replace('\r', '\n');
    DotEnv result;
    std::vector<QByteArray> order;
    int firstBad = 0;
    for (Reader reader(lines); !reader.atEnd(); reader.nextLine()) {
        reader.skipBlanks();
        if (reader.peek() == '\n' || reader.peek() == '#')
            continue;
        const int line = reader.line();
        QByteArray name = reader.takeName();
        reader.skipBlanks();
        if (name == "export" && reader.peek() != '=') {
            name = reader.takeName();
            reader.skipBlanks();
        }
        if (name.isEmpty() || (!reader.take('=') && !reader.take(':'))) {
            firstBad = firstBad == 0 ? line : firstBad;
            result.notes << QStringLiteral("Line %1 is no NAME=value line and was passed over.").arg(line);
            continue;
        }
        reader.skipBlanks();
        const char first = reader.peek();
        QByteArray value;
        if ((first != '"' && first != '\'' && first != '`') || !reader.takeQuoted(value))
            value = reader.takePlain();
        if (value.size() > largestValue)
            return invalid(line, QStringLiteral("a value larger than 64 KiB"));
        if (result.values.count(name) > 0)
            result.notes << QStringLiteral("%1 is set twice; the last one counts (line %2).")
                                .arg(QString::fromUtf8(name))
                                .arg(line);
        else
            order.push_back(name);
        result.values[name] = SecretBytes::fromAndWipe(value);
    }
    if (result.values.empty() && firstBad > 0)
        return invalid(firstBad, QStringLiteral("no NAME=value line in the file"));
    for (const QByteArray &name : order) {
        QByteArray expanded = expand(result.values[name].view().toByteArray(), result.values);
        result.values[name] = SecretBytes::fromAndWipe(expanded);
    }
    base::wipe(lines);
    return result;
}

} // namespace rollcall::workspace
