#include <QtTest>

#include "core/engine/PersonalMask.h"

using rollcall::engine::withPersonalMasked;

/// Names and e-mails in sessions and claims are masked wherever they stand.
class PersonalMaskTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void masks_data();
    void masks();
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

QTEST_GUILESS_MAIN(PersonalMaskTest)
#include "tst_PersonalMask.moc"
