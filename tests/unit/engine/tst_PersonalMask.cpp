#include <QtTest>

#include <QJsonDocument>
#include <QJsonObject>
#include <QRandomGenerator>

#include "core/engine/PersonalMask.h"

using rollcall::engine::withPersonalMasked;

/// Names and e-mails in sessions and claims are masked wherever they stand.
class PersonalMaskTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void masks_data();
    void masks();
    void noLocalPartStays();
    void longTextsAreReadOnce();
};

void PersonalMaskTest::masks_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<QByteArray>("masked");
    const auto row = [](const char *what, const char *json, const char *masked) {
        QTest::newRow(what) << QByteArray(json) << QByteArray(masked);
    };
    row("a session",
        R"({"user":{"name":"Ada Lovelace","email":"ada@acme.com","image":"https://x.test/ada.png"},"expires":"2026-12-20T21:48:07.731Z"})",
        R"({"user":{"name":"A••• L•••","email":"a•••@a•••.com","image":"•••"},"expires":"2026-12-20T21:48:07.731Z"})");
    row("claims",
        R"({"sub":"42","given_name":"Ada","familyName":"Lovelace","picture":"p","iat":1766267287,"exp":1e10})",
        R"({"sub":"42","given_name":"A•••","familyName":"L•••","picture":"•••","iat":1766267287,"exp":10000000000})");
    row("at any depth, in lists", R"({"a":[{"b":{"Email":"ada@acme.com"}}],"name":["Ada","Grace"]})",
        R"({"a":[{"b":{"Email":"a•••@a•••.com"}}],"name":["A•••","G•••"]})");
    row("an e-mail by what it is",
        R"({"login":"ada@acme.com","sub":"auth0|ada@acme.com","note":"ask ada@acme.com, now"})",
        R"({"login":"a•••@a•••.com","sub":"auth0|a•••@a•••.com","note":"ask a•••@a•••.com, now"})");
    row("a quoted local part", R"({"note":"ask \"ada lovelace\"@acme.com or \"a\\\"b\"@x.org"})",
        R"({"note":"ask \"•••@a•••.com or \"•••@x•••.org"})");
    row("quotes and brackets within", R"j({"note":"o'connor@acme.com ada(lovelace)@acme.com (ada@acme.com)"})j",
        R"({"note":"o•••@a•••.com a•••@a•••.com (•••@a•••"})");
    row("quotes in the midst", R"({"note":"ask ada.\"love lace\"@acme.com"})", R"({"note":"ask a•••@a•••.com"})");
    row("in an address of the web", R"({"next":"https://x.test/u/ada%40acme.com","q":"ada%40a.com,grace@b.com"})",
        R"({"next":"https://x.test/u/a•••@a•••.com","q":"a•••@a•••.com,g•••@b•••.com"})");
    row("an @ that is a word", R"({"note":"@ noon, 40% of %41"})", R"({"note":"@ noon, 40% of %41"})");
    row("by a member's name", R"({"roles":{"ada@acme.com":"admin"}})", R"({"roles":{"a•••@a•••.com":"admin"}})");
    row("other spellings", R"({"given-name":"Ada","surname":"Lovelace","Login":"lovelace","PHONE-NUMBER":"1"})",
        R"({"given-name":"A•••","surname":"L•••","Login":"l•••","PHONE-NUMBER":"•••"})");
    row("half a character beside it", R"({"note":"\ud800 ada@acme.com"})", R"({"note":"\ud800 a•••@a•••.com"})");
    row("objects that are personal as a whole", R"({"address":{"locality":"London"},"phone_number":44200,"id":7})",
        R"({"address":{"locality":"•••"},"phone_number":"•••","id":7})");
    row("nothing personal", R"({"user":{"id":"cm4","role":"admin","verified":true,"name":null,"email":""}})",
        R"({"user":{"id":"cm4","role":"admin","verified":true,"name":null,"email":""}})");
    row("null", "null", "null");
    row("no JSON", "Ada Lovelace", "null");
}

void PersonalMaskTest::masks()
{
    QFETCH(const QByteArray, json);
    QTEST(withPersonalMasked(json), "masked");
}

void PersonalMaskTest::noLocalPartStays()
{
    // Each local part holds a q, which at most begins what shows, among all that may stand between and beside it.
    const QRegularExpression more(QStringLiteral("q[^\u2022]"));
    const QString letters = QStringLiteral("adegxyz'()\"{}=+_-.!");
    const QString between = QStringLiteral(" /:,;|<>\t");
    QRandomGenerator random(20261123);
    const auto some = [&random](const QString &of, int least, int most) {
        QString text;
        for (int i = random.bounded(least, most); i > 0; --i)
            text += of.at(random.bounded(of.size()));
        return text;
    };
    for (int i = 0; i < 5'000; ++i) {
        QString text;
        for (int n = random.bounded(1, 4); n > 0; --n) {
            text += some(between, 1, 3) + some(letters, 0, 3) + QStringLiteral("q") + some(letters, 1, 12) +
                    (random.bounded(2) == 0 ? QStringLiteral("@") : QStringLiteral("%40")) + QStringLiteral("ww.org");
        }
        const QJsonObject object{{QStringLiteral("note"), text}};
        const QByteArray masked = withPersonalMasked(QJsonDocument(object).toJson(QJsonDocument::Compact));
        const QString note = QJsonDocument::fromJson(masked).object().value(QStringLiteral("note")).toString();
        QVERIFY2(note.contains(QChar(0x2022)), masked.constData());
        QVERIFY2(!note.contains(more), qPrintable(text + QStringLiteral(" became ") + note));
    }
}

void PersonalMaskTest::longTextsAreReadOnce()
{
    // Read anew from each of these on, a megabyte of them would take hours: the test's own time limit tells.
    for (const char *unit : {"a", "\"", "\"@", "a@", "@", "%40", "a@,", "\"a"}) {
        QString text;
        while (text.size() < 1'000'000)
            text += QLatin1StringView(unit);
        const QJsonObject object{{QStringLiteral("note"), text}};
        const QByteArray masked = withPersonalMasked(QJsonDocument(object).toJson(QJsonDocument::Compact));
        QVERIFY2(QJsonDocument::fromJson(masked).isObject(), unit);
    }
}

QTEST_GUILESS_MAIN(PersonalMaskTest)
#include "tst_PersonalMask.moc"
