#include <QtTest>

#include <QJsonArray>
#include <QJsonDocument>

#include "core/base/Fingerprint.h"
#include "tests/support/CtlProcess.h"
#include "tests/support/SqliteDatabase.h"

using rollcall::base::Fingerprint;
using rollcall::test::contentOf;
using rollcall::test::CtlProcess;
using rollcall::test::CtlResult;
using rollcall::test::SqliteDatabase;
using rollcall::test::words;

/// `sessions list --reveal`: the one place where tokens are shown.
class CtlRevealTest final : public QObject
{
    Q_OBJECT

private:
    /// What a list of all sessions says, oldest end first.
    static CtlResult list(CtlProcess &ctl, const char *more)
    {
        return ctl.run(words("sessions list --database-env DB --state all") + words(more));
    }

private Q_SLOTS:
    void tokensAreShownAndOnRecord_data()
    {
        QTest::addColumn<QString>("fixture");
        QTest::addColumn<bool>("hasIds");
        QTest::newRow("by ids") << QStringLiteral("prisma-adapter-sqlite") << true;
        QTest::newRow("without ids") << QStringLiteral("drizzle-adapter-sqlite") << false;
    }

    void tokensAreShownAndOnRecord()
    {
        QFETCH(QString, fixture);
        QFETCH(bool, hasIds);
        const SqliteDatabase database(fixture);
        CtlProcess ctl;
        ctl.setEnvironment(QStringLiteral("DB"), database.url());
        const CtlResult masked = list(ctl, "--limit 3");
        const CtlResult shown = list(ctl, "--limit 3 --reveal --reason OPS-2291");
        QVERIFY2(shown.exitCode == 0, shown.all().constData());
        QCOMPARE(shown.err.contains("read to find these tokens"), !hasIds);
        const QJsonArray sessions = shown.json().value(QStringLiteral("sessions")).toArray();
        QCOMPARE(sessions.size(), 3);
        const QJsonArray without = masked.json().value(QStringLiteral("sessions")).toArray();
        for (qsizetype i = 0; i < sessions.size(); ++i) {
            QJsonObject session = sessions.at(i).toObject();
            const QByteArray token = session.take(QStringLiteral("token")).toString().toUtf8();
            QVERIFY(!token.isEmpty());
            QCOMPARE(Fingerprint::of(token).text(), session.value(QStringLiteral("fingerprint")).toString());
            QCOMPARE(session, without.at(i).toObject());
            ctl.neverShow(token);
        }
        QCOMPARE(shown.json().value(QStringLiteral("next")), masked.json().value(QStringLiteral("next")));

        // From here on nothing shows them: the log least of all, which is looked through after each run.
        const CtlResult log = ctl.run(words("audit list"));
        const QJsonArray entries = log.json().value(QStringLiteral("entries")).toArray();
        QCOMPARE(entries.size(), 2);
        for (const auto &entry : entries) {
            QCOMPARE(entry.toObject().value(QStringLiteral("action")).toString(), QStringLiteral("sessions.reveal"));
            QCOMPARE(entry.toObject().value(QStringLiteral("reason")).toString(), QStringLiteral("OPS-2291"));
        }
    }

    void othersFormatsHaveItTheSame()
    {
        const SqliteDatabase database(QStringLiteral("prisma-adapter-sqlite"));
        CtlProcess ctl;
        ctl.setEnvironment(QStringLiteral("DB"), database.url());
        const CtlResult csv = list(ctl, "--limit 1 --reveal --format csv");
        QVERIFY2(csv.out.split('\n').first().endsWith(",token"), csv.all().constData());
        QVERIFY2(csv.err.contains("the next: --after "), csv.all().constData());
        const CtlResult table = list(ctl, "--limit 1 --reveal --format table");
        const CtlResult json = list(ctl, "--limit 1 --reveal");
        const QByteArray token = json.json()
                                     .value(QStringLiteral("sessions"))
                                     .toArray()
                                     .first()
                                     .toObject()
                                     .value(QStringLiteral("token"))
                                     .toString()
                                     .toUtf8();
        QVERIFY(csv.out.contains(token));
        QVERIFY2(table.out.contains(token), table.all().constData());
    }

    void aBrokenLogStopsNoReveal_data()
    {
        QTest::addColumn<int>("line");
        QTest::newRow("first line") << 0;
        QTest::newRow("last line") << 1;
    }

    void aBrokenLogStopsNoReveal()
    {
        QFETCH(const int, line);
        const SqliteDatabase database(QStringLiteral("prisma-adapter-sqlite"));
        CtlProcess ctl;
        ctl.setEnvironment(QStringLiteral("DB"), database.url());
        QCOMPARE(list(ctl, "--limit 1 --reveal").exitCode, 0);
        QFile log(ctl.folder() + QStringLiteral("/data/rollcall/audit.ndjson"));
        QByteArrayList lines = contentOf(log.fileName()).split('\n');
        QCOMPARE(lines.size(), 3); // the intent, the outcome, and nothing behind
        lines[line].replace(0, 1, "x");
        QVERIFY(log.open(QIODevice::WriteOnly | QIODevice::Truncate));
        log.write(lines.join('\n'));
        log.close();
        const CtlResult shown = list(ctl, "--limit 1 --reveal");
        QVERIFY2(shown.exitCode == 0, shown.all().constData());
        QVERIFY2(shown.err.contains(QByteArray("broken at entry " + QByteArray::number(line + 1))),
                 shown.all().constData());
        QVERIFY2(shown.out.contains("\"token\""), shown.all().constData());
    }

    void withoutARecordNothingIsShown()
    {
        const SqliteDatabase database(QStringLiteral("prisma-adapter-sqlite"));
        CtlProcess ctl;
        ctl.setEnvironment(QStringLiteral("DB"), database.url());
        ctl.neverShow("5e551000-0000-4000-8000-"); // how every token of the fixture begins
        ctl.unsetEnvironment(QStringLiteral("ROLLCALL_KEY_FILE"));
        const CtlResult refused = list(ctl, "--reveal");
        QVERIFY2(refused.exitCode == 4, refused.all().constData());
        QVERIFY(!contentOf(ctl.folder() + QStringLiteral("/data/rollcall/audit.ndjson")).contains("reveal"));
    }
};

QTEST_GUILESS_MAIN(CtlRevealTest)
#include "tst_CtlReveal.moc"
