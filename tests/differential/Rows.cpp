#include "tests/differential/Rows.h"

#include "core/http/Cookie.h"

namespace rollcall::differential {

namespace {

JsonValue makeColumn(Random &random)
{
    return random.pick<JsonValue>({JsonValue(), text(QStringLiteral("Ada")), text(QString::fromUtf8("\xe7\xa7\x98")),
                                   text(QString()), JsonValue(1.5), JsonValue(true), text(QString(QChar(0xd800))),
                                   list({number(1)})});
}

JsonValue makeExpires(Random &random, qint64 now, qint64 maxAge, qint64 updateAge)
{
    if (random.chance(4))
        return random.pick<JsonValue>(
            {JsonValue(), text(QStringLiteral("2026-01-01T00:00:00.000Z")), text(QString()), JsonValue(true)});
    const qint64 due = (maxAge - updateAge) * 1000;
    const qint64 base = random.pick<qint64>({0, 0, due, due, maxAge * 1000, -86'400'000, 3'600'000});
    return number(now + base + random.pick<qint64>({-1000, -1, 0, 1, 1000}));
}

JsonValue makeUser(Random &random)
{
    JsonValue user = object({{"id", text(QStringLiteral("u1"))}});
    for (const QString &name : {QStringLiteral("name"), QStringLiteral("email"), QStringLiteral("image")}) {
        if (random.chance(85))
            user.set(name, random.chance(70) ? text(QStringLiteral("ada@example.com")) : makeColumn(random));
    }
    if (random.chance(40)) {
        user.set(QStringLiteral("emailVerified"), makeColumn(random));
        user.set(QStringLiteral("5"), makeColumn(random));
    }
    return user;
}

} // namespace

Rows makeRows(Random &random, qint64 now, qint64 maxAge, qint64 updateAge)
{
    const QString token =
        random.pick<QString>({QStringLiteral("4b1d2a56-7b0e-4a8e-9d38-0c9a2f6f1e11"), QStringLiteral("a%20b"),
                              QStringLiteral("t"), QStringLiteral("a+b/c=="), QString::fromUtf8("\xc3\xa9")});
    JsonValue session = object({{"sessionToken", text(token)}, {"userId", text(QStringLiteral("u1"))}});
    if (random.chance(60))
        session.set(QStringLiteral("id"), text(QStringLiteral("s1")));
    if (random.chance(97))
        session.set(QStringLiteral("expires"), makeExpires(random, now, maxAge, updateAge));
    if (random.chance(15))
        session.set(QStringLiteral("ip"), makeColumn(random));
    JsonValue::Array users;
    if (random.chance(92))
        users.push_back(makeUser(random));
    JsonValue::Array sessions;
    if (random.chance(90))
        sessions.push_back(std::move(session));
    Rows rows{object({{"users", list(std::move(users))}, {"sessions", list(std::move(sessions))}}), {}};
    if (random.chance(8)) {
        rows.db.set(QStringLiteral("fail"),
                    text(random.pick<QString>({QStringLiteral("getSessionAndUser"), QStringLiteral("updateSession"),
                                               QStringLiteral("deleteSession")})));
    }
    rows.presented = random.chance(85) ? http::encodeUriComponent(token.toUtf8()) : QByteArray("unknown");
    return rows;
}

} // namespace rollcall::differential
