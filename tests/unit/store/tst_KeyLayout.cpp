#include <QtTest>

#include "core/store/redis/KeyLayout.h"

using namespace rollcall;
using store::KeyLayout;
using Holds = store::KeyLayout::Holds;

class KeyLayoutTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void patterns_data()
    {
        QTest::addColumn<QByteArray>("prefix");
        QTest::addColumn<QByteArray>("pattern");
        const auto row = [](const char *prefix, const char *pattern) {
            QTest::newRow(prefix) << QByteArray(prefix) << QByteArray(pattern);
        };
        row("", "*");
        row("user:session:", "user:session:*");
        row("a*b?c[d]e\\f^", "a\\*b\\?c\\[d\\]e\\\\f\\^*");
        row("\xc3\xa4:", "\xc3\xa4:*");
    }
    void patterns()
    {
        QFETCH(QByteArray, prefix);
        QTEST(store::patternOf(prefix), "pattern");
        QCOMPARE(store::prefixOf(QString::fromUtf8(store::patternOf(prefix))), std::optional(prefix));
    }

    void whatIsNoPrefixPattern_data()
    {
        QTest::addColumn<QString>("pattern");
        for (const char *pattern : {"", "user:session:", "user:*:session:*", "**", "a?*", "a[bc]*", "a\\*", "a*\\"})
            QTest::newRow(pattern) << QString::fromLatin1(pattern);
    }
    void whatIsNoPrefixPattern()
    {
        QFETCH(QString, pattern);
        QVERIFY(!store::prefixOf(pattern));
    }

    void holds_data()
    {
        QTest::addColumn<QByteArray>("key");
        QTest::addColumn<Holds>("ofAuthJs");
        QTest::addColumn<Holds>("ofBetterAuth");
        const auto row = [](const char *key, Holds ofAuthJs, Holds ofBetterAuth) {
            QTest::newRow(key) << QByteArray(key) << ofAuthJs << ofBetterAuth;
        };
        row("p:user:session:5e551000-0000-4000-8000-000000000001", Holds::Session, Holds::Other);
        row("p:user:session:by-user-id:u1", Holds::Other, Holds::Other);
        row("p:user:account:google:1", Holds::Account, Holds::Other);
        row("p:user:account:by-user-id:u1", Holds::Other, Holds::Other);
        row("p:user:email:a@example.com", Holds::Other, Holds::Other);
        row("p:user:token:a@example.com:t", Holds::Other, Holds::Other);
        row("p:user:authenticator:id:1", Holds::Other, Holds::Other);
        row("p:user:u1", Holds::User, Holds::Other);
        row("p:secada0xxxxxxxxxxxxxxxxxxxxxxxxx", Holds::Other, Holds::Session);
        row("p:active-sessions-EHhHoL87G0ZGf6hwLYPH47wpz7vwC5dM", Holds::Other, Holds::Other);
        row("p:short", Holds::Other, Holds::Other);
        row("user:session:x", Holds::Other, Holds::Other);
        row("", Holds::Other, Holds::Other);
    }
    void holds()
    {
        QFETCH(QByteArray, key);
        QTEST(KeyLayout::authJs("p:").holds(key), "ofAuthJs");
        QTEST(KeyLayout::betterAuth("p:").holds(key), "ofBetterAuth");
    }

    void theLongestOfNestedPrefixesSaysWhatAKeyIs()
    {
        KeyLayout layout = KeyLayout::authJs();
        layout.sessions = "auth:";
        layout.sessionsOfUser = "auth:by-user-id:";
        layout.accounts = "auth:account:";
        layout.users = "auth:user:";
        layout.usersByEmail = "auth:user:email:";
        QCOMPARE(layout.holds("auth:5f0c"), Holds::Session);
        QCOMPARE(layout.holds("auth:account:google:1"), Holds::Account);
        QCOMPARE(layout.holds("auth:account:by-user-id:u1"), Holds::Other);
        QCOMPARE(layout.holds("auth:user:u1"), Holds::User);
        QCOMPARE(layout.holds("auth:user:email:a@example.com"), Holds::Other);
    }

    void isWhatAProfileSays_data()
    {
        QTest::addColumn<int>("which");
        for (int i = 0; i < 4; ++i)
            QTest::addRow("%d", i) << i;
    }
    void isWhatAProfileSays()
    {
        QFETCH(int, which);
        KeyLayout layout = which == 0 ? KeyLayout::authJs() : which == 1 ? KeyLayout::betterAuth("x*") : KeyLayout();
        if (which >= 2) {
            layout.sessions = "s/";
            layout.sessionsOfUser = "last/";
        }
        if (which == 3) {
            layout.users = "u/";
            layout.usersByEmail = "mail/";
            layout.accounts = "a/";
        }
        store::SchemaProfile profile;
        layout.describe(profile);
        const auto again = KeyLayout::of(profile);
        QVERIFY(again.has_value());
        QVERIFY(*again == layout);
    }

    void scansAsFewAsOnePatternCan()
    {
        QCOMPARE(KeyLayout::authJs("p:").scanPattern(), QByteArray("p:user:*"));
        QCOMPARE(KeyLayout::betterAuth().scanPattern(), QByteArray("*"));
        KeyLayout layout;
        layout.sessions = "app:s/";
        layout.users = "app:u/";
        layout.accounts = "app:us/";
        QCOMPARE(layout.scanPattern(), QByteArray("app:*"));
    }
};

QTEST_GUILESS_MAIN(KeyLayoutTest)
#include "tst_KeyLayout.moc"
