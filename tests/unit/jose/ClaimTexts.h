#pragma once

#include <QByteArray>
#include <QRandomGenerator>

#include <array>

namespace rollcall::test {

/// One of @p values.
template <typename T, std::size_t Size>
const T &pick(QRandomGenerator &random, const std::array<T, Size> &values)
{
    return values.at(static_cast<std::size_t>(random.bounded(static_cast<int>(Size))));
}

/// Makes JSON texts, most of them as JSON.stringify prints, the rest in every other shape that JSON.parse takes, or
/// does not.
class ClaimTexts
{
public:
    explicit ClaimTexts(QRandomGenerator &random) : m_random(random) {}

    QByteArray object(int depth = 0)
    {
        QByteArray text = "{" + blank();
        const int members = m_random.bounded(depth == 0 ? 12 : 4);
        for (int i = 0; i < members; ++i) {
            if (i > 0)
                text += "," + blank();
            text += '"' + name() + '"' + blank() + ':' + blank() + value(depth) + blank();
        }
        return text + '}';
    }

    /// The same with something broken here and there.
    QByteArray mangled()
    {
        QByteArray text = object();
        const int kind = m_random.bounded(12);
        if (kind == 0)
            text.insert(m_random.bounded(static_cast<int>(text.size() + 1)), static_cast<char>(m_random.bounded(256)));
        else if (kind == 1)
            text.remove(m_random.bounded(static_cast<int>(text.size())), 1);
        else if (kind == 2)
            text.prepend("\xef\xbb\xbf");
        else if (kind == 3)
            text.append(pick(m_random, std::array<const char *, 4>{" ", "\n", "}", "x"}));
        else if (kind == 4)
            text = QByteArray(m_random.bounded(40), '[') + text;
        return text;
    }

private:
    QByteArray blank()
    {
        if (m_random.bounded(80) != 0)
            return {};
        return pick(m_random, std::array<const char *, 5>{" ", "\t", "\n", "\r", "\v"});
    }

    QByteArray name()
    {
        if (m_random.bounded(14) != 0) {
            return pick(m_random, std::array<const char *, 14>{"name", "email", "picture", "sub", "iat", "exp", "jti",
                                                               "role", "org", "user", "id", "scope", "a1", "nbf"});
        }
        return pick(m_random,
                    std::array<const char *, 14>{"", "0", "7", "10", "01", "4294967294", "4294967295", "__proto__",
                                                 "\\u0061", "n\\u00e4me", "na\\tme", "\xc3\xa9", "-1",
                                                 "a name longer than sixteen bytes, so that it takes steps"});
    }

    QByteArray string()
    {
        QByteArray text = "\"";
        const int pieces = m_random.bounded(4);
        for (int i = 0; i < pieces; ++i) {
            if (m_random.bounded(10) != 0) {
                text += pick(m_random,
                             std::array<const char *, 5>{"Ada Lovelace", "ada@example.com", "x", "0123456789abcdef",
                                                         "https://avatars.example.com/u/1234567?v=4&size=120"});
            } else {
                text += pick(m_random, std::array<const char *, 20>{"\\\"",
                                                                    "\\\\",
                                                                    "\\/",
                                                                    "\\b\\f\\n\\r\\t",
                                                                    "\\u0001",
                                                                    "\\u001F",
                                                                    "\\ud83d\\ude00",
                                                                    "\\ud800",
                                                                    "\\udc00x",
                                                                    "\\u0022",
                                                                    "\xc3\xa9",
                                                                    "\xe2\x80\xa8",
                                                                    "\xf0\x9f\x98\x80",
                                                                    "\x7f",
                                                                    "\x01",
                                                                    "\xff",
                                                                    "\xc0\xaf",
                                                                    "\xed\xa0\x80",
                                                                    "\\x",
                                                                    "\xef\xbb\xbf"});
            }
        }
        return text + '"';
    }

    QByteArray number()
    {
        if (m_random.bounded(5) != 0)
            return QByteArray::number(m_random.bounded(2'000'000'000));
        return pick(m_random, std::array<const char *, 26>{"0",
                                                           "-0",
                                                           "-1",
                                                           "1.0",
                                                           "1.5",
                                                           "1e5",
                                                           "1E5",
                                                           "1e+21",
                                                           "1e21",
                                                           "1e-7",
                                                           "0.000001",
                                                           "999999999999999",
                                                           "9999999999999999",
                                                           "9007199254740993",
                                                           "-999999999999999",
                                                           "1e400",
                                                           "-1e400",
                                                           "1e-400",
                                                           "01",
                                                           "+1",
                                                           ".5",
                                                           "1.",
                                                           "12345678901234567890",
                                                           "-",
                                                           "00",
                                                           "NaN"});
    }

    QByteArray value(int depth)
    {
        const int kind = m_random.bounded(20);
        if (kind < 9)
            return string();
        if (kind < 14)
            return number();
        if (kind == 14)
            return pick(m_random, std::array<const char *, 6>{"true", "false", "null", "tru", "nul", "True"});
        if (kind < 18 || depth > 3)
            return pick(m_random, std::array<const char *, 4>{"true", "false", "null", "{}"});
        if (kind == 18)
            return object(depth + 1);
        QByteArray text = "[" + blank();
        const int elements = m_random.bounded(4);
        for (int i = 0; i < elements; ++i)
            text += (i > 0 ? QByteArray(",") : QByteArray()) + value(depth + 1);
        return text + ']';
    }

    QRandomGenerator &m_random;
};

} // namespace rollcall::test
