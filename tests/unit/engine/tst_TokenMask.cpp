#include <QtTest>

#include "core/base/Fingerprint.h"
#include "core/engine/TokenMask.h"

using namespace rollcall;
using session::AuthVersion;

class TokenMaskTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void masks_data()
    {
        QTest::addColumn<AuthVersion>("version");
        QTest::addColumn<QByteArray>("cookie");
        QTest::addColumn<QByteArray>("session"); // TOKEN stands for it
        QTest::addColumn<bool>("isMasked");
        const QByteArray v5 = "authjs.session-token=TOKEN";
        const QByteArray betterAuth = "a=b; better-auth.session_token=TOKEN.c2ln";
        QTest::newRow("no token") << AuthVersion::V5 << v5 << QByteArray("{\"user\":{\"n\":1e2}}") << false;
        QTest::newRow("by its name, of no cookie")
            << AuthVersion::V5 << QByteArray() << QByteArray("{\"sessionToken\":\"TOKEN\"}") << true;
        QTest::newRow("wherever it stands")
            << AuthVersion::V5 << v5 << QByteArray("{\"a\":[{\"b\":\"TOKEN\"}],\"c\":\"x=TOKEN&y\"}") << true;
        QTest::newRow("Better Auth's") << AuthVersion::BetterAuth << betterAuth << QByteArray("{\"x\":\"TOKEN\"}")
                                       << true;
        QTest::newRow("Better Auth's body")
            << AuthVersion::BetterAuth << QByteArray() << QByteArray("{\"session\":{\"token\":\"TOKEN\"}}") << true;
        QTest::newRow("a token of something else")
            << AuthVersion::V5 << QByteArray() << QByteArray("{\"token\":\"TOKEN\"}") << false;
    }
    void masks()
    {
        QFETCH(AuthVersion, version);
        QFETCH(QByteArray, cookie);
        QFETCH(QByteArray, session);
        QFETCH(bool, isMasked);
        const QByteArray token = "5e551000-0000-4000-8000-000000000001";
        session::AuthProfile profile;
        profile.version = version;
        const QByteArray body = QByteArray(session).replace("TOKEN", token);
        const QByteArray shown = engine::withTokensMasked(body, profile, QByteArray(cookie).replace("TOKEN", token));
        const QByteArray fingerprint = base::Fingerprint::of(token).text().toLatin1();
        QCOMPARE(shown, isMasked ? QByteArray(session).replace("TOKEN", fingerprint) : body);
    }

    void aShortValueInsideTextStays()
    {
        session::AuthProfile profile;
        QCOMPARE(engine::withTokensMasked("{\"n\":\"banana\"}", profile, "authjs.session-token=an"),
                 QByteArray("{\"n\":\"banana\"}"));
        QCOMPARE(engine::withTokensMasked("{\"n\":\"an\"}", profile, "authjs.session-token=an"),
                 QByteArray("{\"n\":\"") + base::Fingerprint::of("an").text().toLatin1() + "\"}");
    }
};

QTEST_GUILESS_MAIN(TokenMaskTest)
#include "tst_TokenMask.moc"
