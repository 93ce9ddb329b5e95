#include <QtTest>

#include "core/store/redis/ActiveSessionList.h"
#include "core/store/redis/SessionValue.h"

using namespace rollcall;
using store::SessionFields;
using store::SessionValue;
using Kind = store::KeyLayout::Kind;

namespace {

std::optional<base::Instant> iso(const char *text)
{
    return base::parseTime(QString::fromLatin1(text), {});
}

const QByteArray endText = "\"2026-07-15T12:00:00.000Z\"";

} // namespace

class SessionValueTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void fields_data()
    {
        QTest::addColumn<bool>("betterAuth");
        QTest::addColumn<QByteArray>("json");
        QTest::addColumn<bool>("isSession");
        QTest::addColumn<SessionFields>("expected");
        const auto end = iso("2026-07-15T12:00:00.000Z");
        const auto row = [](const char *name, const QByteArray &json, const std::optional<SessionFields> &expected,
                            bool betterAuth = false) {
            QTest::newRow(name) << betterAuth << json << expected.has_value() << expected.value_or(SessionFields());
        };
        row("plain", "{\"sessionToken\":\"t\",\"userId\":\"u\",\"expires\":" + endText + "}",
            SessionFields{"u", end, {}, false});
        row("milliseconds", "{\"userId\":\"u\",\"expires\":1784116800000}", SessionFields{"u", end, {}, false});
        row("number as id", "{\"userId\":17,\"expires\":" + endText + "}", SessionFields{"17", end, {}, false});
        row("no user", "{\"userId\":null,\"expires\":" + endText + "}", SessionFields{std::nullopt, end, {}, false});
        row("no end", "{\"userId\":\"u\"}", SessionFields{"u", std::nullopt, {}, false});
        row("no date", "{\"userId\":\"u\",\"expires\":\"soon\"}", SessionFields{"u", std::nullopt, {}, false});
        row("far beyond", "{\"userId\":\"u\",\"expires\":1e300}", SessionFields{"u", std::nullopt, {}, false});
        row("surrogates", "{\"userId\":\"u\",\"x\":\"\\ud800\",\"expires\":" + endText + "}",
            SessionFields{"u", end, {}, false});
        row("list", "[]", std::nullopt);
        row("text", "\"x\"", std::nullopt);
        row("nothing", "", std::nullopt);
        row("broken", "{\"userId\":\"u\"", std::nullopt);
        row("better auth",
            "{\"session\":{\"userId\":\"u\",\"expiresAt\":" + endText + ",\"createdAt\":" + endText + "},\"user\":{}}",
            SessionFields{"u", end, end, true}, true);
        row("better auth, no user", "{\"session\":{\"userId\":\"u\",\"expiresAt\":" + endText + "},\"user\":null}",
            SessionFields{"u", end, {}, false}, true);
        row("better auth, no session", "{\"session\":null,\"user\":{}}", std::nullopt, true);
        row("not better auth's", "{\"userId\":\"u\"}", std::nullopt, true);
    }
    /// The quick way and the careful one say the same.
    void fields()
    {
        QFETCH(bool, betterAuth);
        QFETCH(QByteArray, json);
        QFETCH(bool, isSession);
        const Kind kind = betterAuth ? Kind::BetterAuth : Kind::AuthJs;
        auto quick = SessionValue::readFields(kind, "t", json, QTimeZone::utc());
        const auto careful = SessionValue::read(kind, json);
        QCOMPARE(quick.has_value(), isSession);
        QCOMPARE(careful.has_value(), isSession);
        if (!isSession)
            return;
        QCOMPARE(quick->isOf, careful->isOf("t"));
        quick->isOf = true; // of which fields() knows nothing
        QTEST(*quick, "expected");
        QTEST(careful->fields(QTimeZone::utc()), "expected");
    }

    void keepsWhatItDoesNotKnow()
    {
        const QByteArray json = "{\"sessionToken\":\"t\",\"expires\":\"x\",\"userId\":\"u\",\"device\":{\"a\":[1,2]}}";
        const auto value = SessionValue::read(Kind::AuthJs, json);
        QCOMPARE(value->withExpires(*iso("2026-12-24T18:00:00.000Z")),
                 QByteArray("{\"sessionToken\":\"t\",\"expires\":\"2026-12-24T18:00:00.000Z\",\"userId\":\"u\","
                            "\"device\":{\"a\":[1,2]}}"));
        const auto nested = SessionValue::read(Kind::BetterAuth, "{\"session\":{\"expiresAt\":1},\"user\":{\"x\":1}}");
        QCOMPARE(nested->withExpires(*iso("2026-12-24T18:00:00.000Z")),
                 QByteArray("{\"session\":{\"expiresAt\":\"2026-12-24T18:00:00.000Z\"},\"user\":{\"x\":1}}"));
    }

    void tellsAbsentColumnsFromEmptyOnes()
    {
        const auto value = SessionValue::read(Kind::AuthJs, "{\"userId\":\"u\",\"expires\":" + endText + "}");
        const auto user = jose::parseJson(u"{\"id\":\"u\",\"name\":null,\"role\":\"admin\"}");
        const auto row = store::rowOf(*value, &*user, QTimeZone::utc());
        QVERIFY(row.hasUser && !row.userName && row.columns.userName);
        QVERIFY(!row.columns.userEmail && !row.columns.userImage && !row.columns.sessionId);
        const auto whole = store::wholeRowOf(*value, &*user, QTimeZone::utc());
        QCOMPARE(whole.user.size(), std::size_t{3});
        QCOMPARE(whole.user.back().role, store::ColumnRole::Other);
        QCOMPARE(whole.session.back().role, store::ColumnRole::Expires);
    }

    void listsAreRewritten_data()
    {
        QTest::addColumn<QByteArray>("list");
        QTest::addColumn<bool>("changed");
        QTest::addColumn<QByteArray>("next");
        const auto row = [](const char *name, const char *list, bool changed, const char *next) {
            QTest::newRow(name) << QByteArray(list) << changed << QByteArray(next);
        };
        row("one of two", "[{\"token\":\"t\",\"expiresAt\":9000},{\"token\":\"o\",\"expiresAt\":8000}]", true,
            "[{\"token\":\"o\",\"expiresAt\":8000}]");
        row("sorted by their ends",
            "[{\"token\":\"p\",\"expiresAt\":9000,\"x\":1},{\"token\":\"t\"},{\"token\":\"o\",\"expiresAt\":8000}]",
            true, "[{\"token\":\"o\",\"expiresAt\":8000},{\"token\":\"p\",\"expiresAt\":9000,\"x\":1}]");
        row("the last", "[{\"token\":\"t\",\"expiresAt\":9000},{\"token\":\"over\",\"expiresAt\":10}]", true, "");
        row("not in it", "[{\"token\":\"o\",\"expiresAt\":9000}]", false, "");
        row("no list", "{}", false, "");
        row("no JSON", "x", false, "");
    }
    void listsAreRewritten()
    {
        QFETCH(QByteArray, list);
        QFETCH(bool, changed);
        QFETCH(QByteArray, next);
        const base::Instant now{std::chrono::milliseconds(1'000)};
        const auto change = store::changedList(list, {"t"}, std::nullopt, now);
        QCOMPARE(change.has_value(), changed);
        if (!changed)
            return;
        QCOMPARE(change->expected, store::KeyReader::Value(list));
        QCOMPARE(change->next.value_or(QByteArray()), next);
        QCOMPARE(change->life.has_value(), !next.isEmpty());
        if (change->life)
            QVERIFY(change->life->count() == 7 || change->life->count() == 8);
    }
};

QTEST_GUILESS_MAIN(SessionValueTest)
#include "tst_SessionValue.moc"
