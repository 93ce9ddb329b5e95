#include "tests/differential/Claims.h"

#include <QList>

namespace rollcall::differential {

namespace {

QByteArray makeNumber(Random &random)
{
    return random.pick<QByteArray>({"0",
                                    "-0",
                                    "1",
                                    "-1",
                                    "1.5",
                                    "1e21",
                                    "1e20",
                                    "1e-7",
                                    "0.000001",
                                    "1e400",
                                    "-1e400",
                                    "5e-324",
                                    "2e-324",
                                    "9007199254740993",
                                    "123456789012345678901234567890",
                                    "1.7976931348623157e308",
                                    "1.7976931348623159e308",
                                    "0.1",
                                    "1E+2",
                                    "100e-2",
                                    "4294967295",
                                    "3.0",
                                    "-0.0",
                                    "0.30000000000000004",
                                    "1760000000.999"});
}

QByteArray makeString(Random &random)
{
    static const std::array<QByteArray, 22> pieces{"Ada",
                                                   "@",
                                                   "example.com",
                                                   " ",
                                                   "\\\"",
                                                   "\\\\",
                                                   "\\/",
                                                   "\\b\\f\\n",
                                                   "\\u0000",
                                                   "\\u00e9",
                                                   "\\ud83d",
                                                   "\\ude00",
                                                   "\\ud83d\\ude00",
                                                   "\\u2028",
                                                   "\xc3\xa9",
                                                   "\xe7\xa7\x98",
                                                   "\xf0\x9f\x94\x91",
                                                   "\xef\xbb\xbf",
                                                   "\\uFFFF",
                                                   "\x7f",
                                                   "</script>",
                                                   "\\u0061"};
    QByteArray out = "\"";
    for (qint64 n = random.below(5); n > 0; --n)
        out += random.pick(pieces);
    if (random.chance(2))
        out += random.pick<QByteArray>({"\x01", "\xff", "\xed\xa0\x80", "\xc0\xaf", "\\x", "\\u12", "\n"});
    return out + '"';
}

QByteArray makeName(Random &random)
{
    return random.pick<QByteArray>(
        {"\"role\"",   "\"id\"",          "\"0\"",          "\"10\"",        "\"9\"",           "\"01\"",
         "\"-1\"",     "\"4294967294\"",  "\"4294967295\"", "\"__proto__\"", "\"constructor\"", "\"toJSON\"",
         "\"\"",       "\"\\u0061\"",     "\"a\"",          "\"name\"",      "\"\xc3\xa9\"",    "\"\\ud800\"",
         "\"length\"", "\"accessToken\"", "\"user\"",       "\"expires\""});
}

/// A time claim's value, near the borders that matter.
QByteArray makeTime(Random &random, qint64 now, int oddPercent)
{
    if (random.chance(oddPercent)) {
        return random.pick<QByteArray>(
            {"null", "\"1760000000\"", "true", "1e400", "-1e400", "{}", "[]", "1e15", "-5", "0"});
    }
    const qint64 offset = random.pick<qint64>({-16, -15, -14, -1, 0, 1, 14, 15, 16, 3600, 86400, 2592000, -86400});
    QByteArray out = QByteArray::number(now + offset);
    if (random.chance(15))
        out += random.pick<QByteArray>({".5", ".001", ".999", ".0"});
    return out;
}

using Members = QList<QByteArray>;

void shuffle(Random &random, Members &members)
{
    for (qsizetype i = members.size() - 1; i > 0; --i)
        members.swapItemsAt(i, random.below(i + 1));
}

QByteArray joined(Random &random, const Members &members)
{
    const QByteArray blank = random.chance(5) ? random.pick<QByteArray>({" ", "\n", "\t", "\r\n"}) : QByteArray();
    return '{' + blank + members.join(',' + blank) + blank + '}';
}

Members ordinaryMembers(Random &random, qint64 now)
{
    Members members;
    if (random.chance(95))
        members << "\"name\":" + (random.chance(60) ? QByteArray("\"Ada Lovelace\"") : makeString(random));
    if (random.chance(90))
        members << "\"email\":" + (random.chance(60) ? QByteArray("\"ada@example.com\"") : makeString(random));
    if (random.chance(80))
        members << "\"picture\":" + (random.chance(50) ? QByteArray("null") : makeString(random));
    if (random.chance(90))
        members << "\"sub\":\"" + QByteArray::number(random.below(100000)) + '"';
    if (random.chance(90))
        members << "\"iat\":" + makeTime(random, now, 6);
    if (random.chance(90)) {
        const bool lives = random.chance(75);
        members << "\"exp\":" +
                       (lives ? QByteArray::number(now + random.between(1, 2'592'000)) : makeTime(random, now, 12));
    }
    if (random.chance(12))
        members << "\"nbf\":" + makeTime(random, now, 10);
    if (random.chance(80))
        members << "\"jti\":\"0667b959-d1aa-427d-add2-d3994d260f8e\"";
    if (random.chance(10))
        members << "\"iss\":" + makeJson(random, 1);
    if (random.chance(10))
        members << "\"aud\":" + makeJson(random, 2);
    return members;
}

} // namespace

QByteArray makeJson(Random &random, int depth)
{
    const qint64 kind = random.below(depth > 0 ? 8 : 5);
    switch (kind) {
    case 0:
    case 1:
        return makeString(random);
    case 2:
        return makeNumber(random);
    case 3:
        return random.pick<QByteArray>({"true", "false"});
    case 4:
        return "null";
    default:
        break;
    }
    Members values;
    for (qint64 n = random.below(5); n > 0; --n)
        values << (kind == 5 ? makeJson(random, depth - 1) : makeName(random) + ':' + makeJson(random, depth - 1));
    return kind == 5 ? '[' + values.join(',') + ']' : joined(random, values);
}

QByteArray makePayload(Random &random, qint64 now)
{
    if (random.chance(3)) {
        return random.pick<QByteArray>({"",
                                        "null",
                                        "[]",
                                        "\"text\"",
                                        "1",
                                        "{",
                                        "{}",
                                        "{}x",
                                        " {} ",
                                        "{\"a\":1,}",
                                        "{'a':1}",
                                        "{\"a\":01}",
                                        "\xef\xbb\xbf{}",
                                        "\xef\xbb\xbf\xef\xbb\xbf{}",
                                        "\xff{}",
                                        "{\"a\":\"\xc0\xaf\"}",
                                        "{\"a\":NaN}",
                                        "true",
                                        "{\"a\":.5}",
                                        "{\"a\":1.}",
                                        "{\"a\":+1}",
                                        "{\"exp\":1e400}"});
    }
    Members members = ordinaryMembers(random, now);
    for (qint64 extra = random.chance(40) ? random.between(1, 4) : 0; extra > 0; --extra)
        members << makeName(random) + ':' + makeJson(random, 3);
    if (random.chance(30))
        shuffle(random, members);
    if (random.chance(6) && !members.isEmpty())
        members << members.at(random.below(members.size()));
    // From one cookie to many chunks.
    if (random.chance(12)) {
        static const QByteArray word("0123456789abcdef");
        const qint64 size = random.chance(80) ? random.between(2000, 9000) : random.between(9000, 50000);
        members << "\"data\":\"" + word.repeated(size / word.size() + 1).first(size) + '"';
    }
    QByteArray text = joined(random, members);
    if (random.chance(2) && !text.isEmpty())
        text[random.below(text.size())] = static_cast<char>(random.below(256));
    return text;
}

} // namespace rollcall::differential
