#include "core/store/redis/KeyPattern.h"

namespace rollcall::store {

namespace {

bool isSpecial(char c)
{
    return QByteArrayView("*?[]^\\").contains(c);
}

} // namespace

QByteArray patternOf(const QByteArray &prefix)
{
    QByteArray pattern;
    for (const char c : prefix) {
        if (isSpecial(c))
            pattern += '\\';
        pattern += c;
    }
    return pattern + '*';
}

std::optional<QByteArray> prefixOf(const QString &pattern)
{
    const QByteArray text = pattern.toUtf8();
    QByteArray prefix;
    for (qsizetype i = 0; i < text.size(); ++i) {
        const char c = text.at(i);
        if (c == '\\' && i + 1 < text.size())
            prefix += text.at(++i);
        else if (c == '*' && i + 1 == text.size())
            return prefix;
        else if (isSpecial(c))
            return std::nullopt;
        else
            prefix += c;
    }
    return std::nullopt;
}

} // namespace rollcall::store
