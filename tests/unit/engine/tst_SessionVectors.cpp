#include <QtTest>

#include "core/engine/SessionEngine.h"
#include "core/http/SetCookie.h"
#include "tests/support/Vectors.h"
#include "tests/unit/engine/FakeStore.h"

using namespace rollcall;
using engine::Effects;
using jose::JsonValue;
using session::AuthVersion;
using session::Strategy;
using test::textOf;

namespace {

/// What of session.json the resolver does not do: it is given a Cookie header and a profile, not a request and
/// callbacks.
const QStringList outOfScope{
    QStringLiteral("v4-jwt-bad-callback-cookie"), // the callback-url cookie is the endpoint's affair (N55)
    QStringLiteral("v5-jwt-bad-callback-cookie"),
    QStringLiteral("v5-jwt-untrusted"),       // trustHost (N53)
    QStringLiteral("v5-jwt-wrong-base-path"), // the request's path (N54)
};
// 97 cases, of which 20 have callbacks of their own and 4 are out of scope.
constexpr int casesInScope = 73;

/// The catalogue's names for the cases without session, by the end of their id.
const QMap<QString, QString> reasons{
    {QStringLiteral("jwt-none"), QStringLiteral("no-cookie")},
    {QStringLiteral("jwt-wrong-prefix"), QStringLiteral("secure-prefix-mismatch")},
    {QStringLiteral("jwt-expired"), QStringLiteral("expired")},
    {QStringLiteral("jwt-wrong-secret"), QStringLiteral("wrong-secret")},
    {QStringLiteral("jwt-other-major"), QStringLiteral("other-major-token")},
    {QStringLiteral("jwt-garbage"), QStringLiteral("db-token-at-jwt")},
    {QStringLiteral("jwt-db-token"), QStringLiteral("db-token-at-jwt")},
    {QStringLiteral("jwt-chunk-missing"), QStringLiteral("chunk-missing")},
    {QStringLiteral("jwt-stale-plain"), QStringLiteral("stale-chunk")},
    {QStringLiteral("jwt-bearer"), QStringLiteral("no-cookie")},
    {QStringLiteral("jwt-no-secret"), QStringLiteral("missing-secret")},
    {QStringLiteral("db-none"), QStringLiteral("no-cookie")},
    {QStringLiteral("db-unknown"), QStringLiteral("row-missing")},
    {QStringLiteral("db-expired"), QStringLiteral("row-expired")},
    {QStringLiteral("db-user-missing"), QStringLiteral("user-missing")},
    {QStringLiteral("db-db-down"), QStringLiteral("adapter-error")},
    {QStringLiteral("db-update-fails"), QStringLiteral("adapter-write-error")},
    {QStringLiteral("db-delete-fails"), QStringLiteral("adapter-write-error")},
    {QStringLiteral("db-jwt-token"), QStringLiteral("jwt-at-database")},
    {QStringLiteral("db-two-cookies"), QStringLiteral("prefix-sharer")},
};

const JsonValue::Array &sessionCases()
{
    static const auto cases = test::vectorCases(QStringLiteral("session.json"));
    return cases;
}

base::Instant instant(double seconds)
{
    return base::Instant(std::chrono::milliseconds(static_cast<qint64>(seconds * 1000)));
}

std::optional<QString> column(const JsonValue &row, QStringView name)
{
    const JsonValue *value = row.find(name);
    return value && value->string() ? std::optional(*value->string()) : std::nullopt;
}

void fill(test::FakeStore &store, const JsonValue &db)
{
    for (const JsonValue &session : *db.find(u"sessions")->array()) {
        store::SessionRow row;
        row.userId = column(session, u"userId");
        row.expires = instant(test::numberOf(session, u"expires", 0));
        for (const JsonValue &user : *db.find(u"users")->array()) {
            if (textOf(user, u"id") != row.userId)
                continue;
            row.hasUser = true;
            row.userName = column(user, u"name");
            row.userEmail = column(user, u"email");
            row.userImage = column(user, u"image");
        }
        store.rows.insert(textOf(session, u"sessionToken").toUtf8(), row);
    }
    static const QMap<QString, QString> methods{{QStringLiteral("getSessionAndUser"), QStringLiteral("lookup")},
                                                {QStringLiteral("updateSession"), QStringLiteral("extend")},
                                                {QStringLiteral("deleteSession"), QStringLiteral("delete")}};
    if (db.find(u"fail"))
        store.failing << methods.value(textOf(db, u"fail"));
}

QStringList expectedCalls(const JsonValue &calls)
{
    QStringList result;
    for (const JsonValue &call : *calls.array()) {
        const QString method = *call.array()->at(0).string();
        const JsonValue &argument = call.array()->at(1);
        if (method == u"getSessionAndUser")
            result << QString(u"lookup " + *argument.string());
        else if (method == u"deleteSession")
            result << QString(u"delete " + *argument.string());
        else if (method == u"updateSession")
            result << QString(u"extend " + textOf(argument, u"sessionToken") + u' ' + textOf(argument, u"expires"));
        else
            result << QString(u"unknown method " + method);
    }
    return result;
}

/// An effect in the vectors' words: "NAME Path=/; …".
QString shown(const session::CookieEffect &effect)
{
    http::SetCookie cookie;
    cookie.name = effect.name;
    cookie.attributes.path = effect.path;
    cookie.attributes.domain = effect.domain.value_or(QByteArray());
    cookie.attributes.secure = effect.secure;
    cookie.attributes.httpOnly = effect.httpOnly;
    cookie.attributes.sameSite = effect.sameSite;
    cookie.expires = effect.expires;
    if (effect.maxAge)
        cookie.maxAge = std::chrono::seconds(*effect.maxAge);
    return QString::fromUtf8(http::setCookieLine(cookie).view())
        .replace(QLatin1StringView("=; "), QLatin1StringView(" "));
}

QStringList shownCookies(const session::Resolution &resolution)
{
    QStringList all;
    for (const session::CookieEffect &effect : resolution.setCookies)
        all << shown(effect);
    return all;
}

/// The library's, but for those of the sign-in pages.
QStringList expectedCookies(const JsonValue &expected)
{
    QStringList all;
    for (const JsonValue &cookie : *expected.find(u"response")->find(u"setCookies")->array()) {
        const QString name = textOf(cookie, u"name");
        if (!name.contains(u"csrf-token") && !name.contains(u"callback-url"))
            all << QString(name + u' ' + textOf(cookie, u"attributes"));
    }
    return all;
}

struct Input
{
    std::shared_ptr<session::AuthProfile> profile = std::make_shared<session::AuthProfile>();
    QByteArray cookie;
    base::Instant now;
};

Input inputOf(const JsonValue &vector)
{
    Input input;
    session::AuthProfile &profile = *input.profile;
    profile.version = textOf(vector, u"version") == u"v4" ? AuthVersion::V4 : AuthVersion::V5;
    const bool hasAdapter = vector.find(u"db")->object() != nullptr;
    const QString strategy = textOf(vector, u"strategy");
    profile.strategy =
        strategy == u"database" || (strategy.isEmpty() && hasAdapter) ? Strategy::Database : Strategy::Jwt;
    profile.secureCookies = textOf(*vector.find(u"request"), u"url").startsWith(u"https:");
    profile.cookieName = textOf(vector, u"cookieName").toUtf8();
    profile.maxAge = std::chrono::seconds(static_cast<qint64>(test::numberOf(vector, u"maxAge", 2592000)));
    profile.updateAge = std::chrono::seconds(static_cast<qint64>(test::numberOf(vector, u"updateAge", 86400)));
    for (const JsonValue &secret : *vector.find(u"secrets")->array())
        profile.secrets.emplace_back(QByteArrayView(secret.string()->toUtf8()));
    input.cookie = textOf(*vector.find(u"request")->find(u"headers"), u"cookie").toLatin1();
    input.now = instant(test::numberOf(vector, u"now", 0));
    return input;
}

} // namespace

class SessionVectorsTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void agreesWithTheLibraries_data()
    {
        QTest::addColumn<std::size_t>("index");
        const auto &cases = sessionCases();
        int inScope = 0;
        int found = 0;
        for (std::size_t i = 0; i < cases.size(); ++i) {
            const QString id = textOf(cases.at(i), u"id");
            found += outOfScope.contains(id) ? 1 : 0;
            if (cases.at(i).find(u"callbacks") || outOfScope.contains(id))
                continue;
            QTest::newRow(qPrintable(id)) << i;
            ++inScope;
        }
        QCOMPARE(found, outOfScope.size());
        QCOMPARE(inScope, casesInScope);
    }
    void agreesWithTheLibraries()
    {
        QFETCH(std::size_t, index);
        const auto &cases = sessionCases();
        const JsonValue &vector = cases.at(index);
        const JsonValue &expected = *vector.find(u"expected");
        const QString id = textOf(vector, u"id");
        const Input input = inputOf(vector);
        const base::FixedClock clock(input.now);
        test::FakeStore store;
        if (vector.find(u"db")->object())
            fill(store, *vector.find(u"db"));
        const auto resolver = engine::makeLocalResolver(input.profile, &store, Effects::Apply, clock);
        const auto resolution = resolver->resolve(input.cookie, {});

        const JsonValue &body = *expected.find(u"response")->find(u"body");
        const bool hasSession = body.find(u"user") != nullptr;
        QCOMPARE(resolution.session, hasSession ? std::optional(jose::printJson(body)) : std::nullopt);
        QCOMPARE(resolution.reason.has_value(), !hasSession);
        if (!hasSession) {
            QCOMPARE(session::nullReasonName(*resolution.reason),
                     reasons.value(id.sliced(3), QStringLiteral("not in the table")));
            QVERIFY(!resolution.evidence.isEmpty());
        }

        for (const session::CookieEffect &effect : resolution.setCookies)
            QCOMPARE(effect.fingerprint.isEmpty(), effect.cleared);
        QCOMPARE(shownCookies(resolution), expectedCookies(expected));
        QCOMPARE(store.calls, expectedCalls(*expected.find(u"adapterCalls")));
        QVERIFY(resolution.took.count() > 0);
    }

    void observingWritesNothing_data() { agreesWithTheLibraries_data(); }
    void observingWritesNothing()
    {
        QFETCH(std::size_t, index);
        const auto &cases = sessionCases();
        const JsonValue &vector = cases.at(index);
        const Input input = inputOf(vector);
        const base::FixedClock clock(input.now);
        test::FakeStore store;
        if (vector.find(u"db")->object())
            fill(store, *vector.find(u"db"));
        const auto resolution =
            engine::makeLocalResolver(input.profile, &store, Effects::Observe, clock)->resolve(input.cookie, {});
        const QStringList written = expectedCalls(*vector.find(u"expected")->find(u"adapterCalls"));
        QCOMPARE(store.calls, written.first(std::min<qsizetype>(written.size(), 1)));
        const auto effect = written.size() < 2                    ? session::RowEffect::None
                            : written.at(1).startsWith(u"delete") ? session::RowEffect::DeleteExpired
                                                                  : session::RowEffect::Extend;
        QCOMPARE(resolution.rowEffect, effect);
        // What it would set is told all the same; that a write would have failed, nobody knows who makes none.
        if (store.failing.isEmpty())
            QCOMPARE(shownCookies(resolution), expectedCookies(*vector.find(u"expected")));
    }
};

QTEST_GUILESS_MAIN(SessionVectorsTest)
#include "tst_SessionVectors.moc"
