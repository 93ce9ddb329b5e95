#include "core/store/watch/NotifyChannels.h"

#include <vector>

namespace rollcall::store {

namespace {

struct Token
{
    enum class Kind { Word, QuotedName, Text, Mark } kind;
    QString text; ///< words in lower case, as the server folds them; quotes are off
};

/// Reads SQL far enough to tell words, names, texts and comments apart.
class Lexer final
{
public:
    explicit Lexer(const QString &source) : m_source(source) {}

    std::vector<Token> tokens()
    {
        std::vector<Token> result;
        while (m_at < m_source.size()) {
            const QChar c = m_source.at(m_at);
            if (startsWith("--")) {
                skipTo(QStringLiteral("\n"));
            } else if (startsWith("/*")) {
                skipTo(QStringLiteral("*/"));
            } else if (c == QLatin1Char('\'')) {
                result.push_back({Token::Kind::Text, quoted(c)});
            } else if (c == QLatin1Char('"')) {
                result.push_back({Token::Kind::QuotedName, quoted(c)});
            } else if (isWordChar(c)) {
                result.push_back({Token::Kind::Word, word()});
            } else {
                if (!c.isSpace())
                    result.push_back({Token::Kind::Mark, QString(c)});
                ++m_at;
            }
        }
        return result;
    }

private:
    static bool isWordChar(QChar c) { return c.isLetterOrNumber() || c == QLatin1Char('_') || c == QLatin1Char('$'); }
    [[nodiscard]] bool startsWith(const char *text) const
    {
        return QStringView(m_source).sliced(m_at).startsWith(QLatin1String(text));
    }
    void skipTo(const QString &end)
    {
        const qsizetype found = m_source.indexOf(end, m_at);
        m_at = found < 0 ? m_source.size() : found + end.size();
    }
    QString quoted(QChar quote)
    {
        QString text;
        for (++m_at; m_at < m_source.size(); ++m_at) {
            if (m_source.at(m_at) == quote) {
                const bool doubled = m_at + 1 < m_source.size() && m_source.at(m_at + 1) == quote;
                ++m_at;
                if (!doubled)
                    return text;
            }
            text += m_source.at(m_at);
        }
        return text;
    }
    QString word()
    {
        const qsizetype begin = m_at;
        while (m_at < m_source.size() && isWordChar(m_source.at(m_at)))
            ++m_at;
        return m_source.sliced(begin, m_at - begin).toLower();
    }

    const QString &m_source;
    qsizetype m_at = 0;
};

} // namespace

QStringList notifyChannels(const QString &source)
{
    const std::vector<Token> tokens = Lexer(source).tokens();
    const auto isWord = [&tokens](std::size_t i, const QString &word) {
        return tokens[i].kind == Token::Kind::Word && tokens[i].text == word;
    };
    // A variable may be called notify: it is the statement only where one can begin.
    const auto beginsStatement = [&](std::size_t i) {
        return i == 0 || tokens[i - 1].text == QStringLiteral(";") || isWord(i - 1, QStringLiteral("begin")) ||
               isWord(i - 1, QStringLiteral("then")) || isWord(i - 1, QStringLiteral("else")) ||
               isWord(i - 1, QStringLiteral("loop"));
    };
    QStringList channels;
    for (std::size_t i = 0; i + 1 < tokens.size(); ++i) {
        const Token &next = tokens[i + 1];
        const bool isName = next.kind == Token::Kind::Word || next.kind == Token::Kind::QuotedName;
        if (isName && isWord(i, QStringLiteral("notify")) && beginsStatement(i))
            channels << next.text;
        // A text that is only the begin of an expression ('a' || …) is followed by something else than these.
        if (isWord(i, QStringLiteral("pg_notify")) && next.text == QStringLiteral("(") && i + 3 < tokens.size() &&
            tokens[i + 2].kind == Token::Kind::Text && tokens[i + 3].kind == Token::Kind::Mark &&
            tokens[i + 3].text == QStringLiteral(","))
            channels << tokens[i + 2].text;
    }
    channels.removeAll(QString());
    channels.removeDuplicates();
    return channels;
}

} // namespace rollcall::store
