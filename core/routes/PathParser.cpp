#include "core/routes/PathTokens.h"

namespace rollcall::routes {

namespace {

using Type = PathLexeme::Type;

constexpr auto delimiters = QStringView(u"/#?");

class PathParser
{
public:
    explicit PathParser(std::vector<PathLexeme> lexemes) : m_lexemes(std::move(lexemes)) {}

    tl::expected<std::vector<PathToken>, PatternFault> run()
    {
        while (m_at < m_lexemes.size() && !m_fault) {
            const QString letter = accept(Type::Char);
            const QString name = accept(Type::Name);
            const QString pattern = accept(Type::Pattern);
            if (!name.isEmpty() || !pattern.isEmpty()) {
                parameter(letter, name, pattern);
                continue;
            }
            const QString text = letter.isEmpty() ? accept(Type::EscapedChar) : letter;
            if (!text.isEmpty()) {
                m_text += text;
                continue;
            }
            endText();
            if (m_lexemes.at(m_at).type == Type::Open)
                braces();
            else
                expect(Type::End);
        }
        if (m_fault)
            return tl::unexpected(*m_fault);
        return std::move(m_tokens);
    }

private:
    /// The value of the next lexeme, if of @p type, and goes on; empty else. (No lexeme but an escape at the very end
    /// has an empty value; that one is passed over, as path-to-regexp does.)
    QString accept(Type type)
    {
        if (m_at >= m_lexemes.size() || m_lexemes.at(m_at).type != type)
            return {};
        return m_lexemes.at(m_at++).value;
    }

    void expect(Type type)
    {
        const PathLexeme &next = m_lexemes.at(m_at);
        if (next.type == type) {
            ++m_at;
            return;
        }
        fail({QStringLiteral("Unexpected %1 at %2, expected %3")
                  .arg(lexemeName(next.type), QString::number(next.index), lexemeName(type)),
              next.index});
    }

    void fail(PatternFault fault)
    {
        if (!m_fault)
            m_fault = std::move(fault);
    }

    void endText()
    {
        if (!m_text.isEmpty())
            m_tokens.push_back({true, std::exchange(m_text, QString()), {}, {}, {}, {}, {}});
    }

    QString nextNumber() { return QString::number(m_number++); }

    void parameter(const QString &letter, const QString &name, const QString &pattern)
    {
        const bool isPrefix = letter == u"." || letter == u"/";
        if (!isPrefix)
            m_text += letter;
        endText();
        PathToken token;
        token.name = name.isEmpty() ? nextNumber() : name;
        token.prefix = isPrefix ? letter : QString();
        token.pattern = pattern.isEmpty() ? segmentPattern(token.prefix) : pattern;
        token.modifier = accept(Type::Modifier);
        m_tokens.push_back(std::move(token));
    }

    void braces()
    {
        ++m_at;
        PathToken token;
        token.prefix = plainText();
        token.name = accept(Type::Name);
        token.pattern = accept(Type::Pattern);
        token.suffix = plainText();
        expect(Type::Close);
        if (!token.name.isEmpty() && token.pattern.isEmpty())
            token.pattern = segmentPattern(token.prefix);
        else if (token.name.isEmpty() && !token.pattern.isEmpty())
            token.name = nextNumber();
        token.modifier = accept(Type::Modifier);
        m_tokens.push_back(std::move(token));
    }

    QString plainText()
    {
        QString text;
        for (;;) {
            QString piece = accept(Type::Char);
            if (piece.isEmpty())
                piece = accept(Type::EscapedChar);
            if (piece.isEmpty())
                return text;
            text += piece;
        }
    }

    /// What a parameter without pattern of its own matches: anything up to a delimiter, or up to the text before it.
    QString segmentPattern(const QString &prefix)
    {
        const PathToken *previous = m_tokens.empty() ? nullptr : &m_tokens.back();
        const QString text = !prefix.isEmpty() || !previous || !previous->isText ? prefix : previous->text;
        if (previous && text.isEmpty()) {
            fail(
                {QStringLiteral("Must have text between two parameters, missing text after \"%1\"").arg(previous->name),
                 std::nullopt});
            return {};
        }
        const bool holdsDelimiter =
            std::any_of(text.begin(), text.end(), [](QChar c) { return delimiters.contains(c); });
        const QString none = escapedForRegExp(delimiters.toString());
        if (text.isEmpty() || holdsDelimiter)
            return QStringLiteral("[^%1]+?").arg(none);
        return QStringLiteral("(?:(?!") + escapedForRegExp(text) + QStringLiteral(")[^") + none +
               QStringLiteral("])+?");
    }

    std::vector<PathLexeme> m_lexemes;
    std::size_t m_at = 0;
    std::vector<PathToken> m_tokens;
    QString m_text; ///< fixed text that is not yet a token
    int m_number = 0;
    std::optional<PatternFault> m_fault;
};

} // namespace

tl::expected<std::vector<PathToken>, PatternFault> parsePath(const QString &pattern)
{
    auto lexemes = lexPath(pattern);
    if (!lexemes)
        return tl::unexpected(lexemes.error());
    return PathParser(std::move(*lexemes)).run();
}

} // namespace rollcall::routes
