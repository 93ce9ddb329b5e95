#include <QtTest>

#include <QJsonArray>

#include <sys/stat.h>

#include "core/base/Clock.h"
#include "core/demo/DemoDeployment.h"
#include "tests/support/CtlProcess.h"
#include "tests/support/SqliteDatabase.h"

using namespace rollcall;
using test::contentOf;
using test::CtlProcess;
using test::CtlResult;
using test::SqliteDatabase;
using test::words;

namespace {

const QString fixture = QStringLiteral("prisma-adapter-sqlite");

QString labelled(const char *table)
{
    return QStringLiteral("SELECT count(*) FROM \"%1\" WHERE email LIKE 'canary-%@rollcall.invalid'")
        .arg(QLatin1StringView(table));
}

} // namespace

/// `token mint`, `token remove` and `token verify`, on the embedded demo and on a database of an adapter.
class CtlCanaryTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        demo::DemoOptions options;
        options.sessions = 100;
        auto started = demo::DemoDeployment::start(options, base::Call::within(std::chrono::seconds(30)));
        QVERIFY(started);
        m_demo = std::move(*started);
        m_ctl.neverShow(contentOf(m_demo->info().secretFile).trimmed());
    }

    void aRowIsMintedVerifiedAndRemoved()
    {
        const QByteArray before = stats();
        const CtlResult refused = m_ctl.run(words("token mint") + rows());
        QVERIFY2(refused.exitCode == 4, refused.all().constData());
        const CtlResult readOnly = m_ctl.run(words("token mint --yes --read-only") + rows());
        QVERIFY2(readOnly.exitCode == 4, readOnly.all().constData());
        QCOMPARE(stats(), before);

        const QString file = m_elsewhere.filePath(QStringLiteral("cookie"));
        const auto begun = base::SystemClock().now();
        const CtlResult minted = m_ctl.run(words("token mint --yes --ttl 5m --reason drill --out") << file << rows());
        QVERIFY2(minted.exitCode == 0, minted.all().constData());
        struct stat info = {};
        QCOMPARE(::stat(qPrintable(file), &info), 0);
        QCOMPARE(info.st_mode & 0777, mode_t{0600});
        const QByteArray cookie = contentOf(file).trimmed();
        const QByteArray token = cookie.mid(cookie.indexOf('=') + 1);
        QVERIFY(token.size() >= 32);
        m_ctl.neverShow(token);
        const QJsonObject answer = minted.json();
        QCOMPARE(answer.value(QStringLiteral("cookieName")).toString().toLatin1(), cookie.left(cookie.indexOf('=')));
        QCOMPARE(answer.value(QStringLiteral("fingerprint")).toString(), base::Fingerprint::of(token).text());
        const auto expires = base::parseTime(answer.value(QStringLiteral("expires")).toString(), {});
        QVERIFY(expires && *expires >= begun + std::chrono::seconds(299) &&
                *expires <= begun + std::chrono::seconds(330));
        QVERIFY(stats() != before);

        const CtlResult byFile = m_ctl.run(words("token verify --cookie-file") << file << site());
        QVERIFY2(byFile.exitCode == 0 && byFile.json().value(QStringLiteral("accepted")).toBool(),
                 byFile.all().constData());
        QVERIFY(byFile.json().value(QStringLiteral("reason")).isNull());
        const CtlResult byToken = m_ctl.run(words("token verify") + site(), token + '\n');
        QVERIFY2(byToken.exitCode == 0, byToken.all().constData());

        const QString fingerprint = answer.value(QStringLiteral("fingerprint")).toString();
        const CtlResult unconsented = m_ctl.run(words("token remove") << fingerprint << rows());
        QVERIFY2(unconsented.exitCode == 4, unconsented.all().constData());
        const CtlResult removed = m_ctl.run(words("token remove --yes") << fingerprint << rows());
        QVERIFY2(removed.exitCode == 0 && removed.json().value(QStringLiteral("removed")).toInt() == 1,
                 removed.all().constData());
        QCOMPARE(stats(), before);
        const CtlResult gone = m_ctl.run(words("token verify --cookie-file") << file << site());
        QVERIFY2(gone.exitCode == 1 && !gone.json().value(QStringLiteral("accepted")).toBool() &&
                     !gone.json().value(QStringLiteral("reason")).toString().isEmpty(),
                 gone.all().constData());
        const CtlResult again = m_ctl.run(words("token remove --yes") << fingerprint << rows());
        QVERIFY2(again.exitCode == 1 && again.json().value(QStringLiteral("removed")).toInt() == 0,
                 again.all().constData());

        const CtlResult audit = m_ctl.run(words("audit list"));
        QStringList acts;
        const QJsonArray entries = audit.json().value(QStringLiteral("entries")).toArray();
        for (const QJsonValue &entry : entries)
            acts << entry.toObject().value(QStringLiteral("action")).toString() + QLatin1Char(' ') +
                        entry.toObject().value(QStringLiteral("phase")).toString();
        QCOMPARE(acts, QStringList({QStringLiteral("token.mint intent"), QStringLiteral("token.mint outcome"),
                                    QStringLiteral("token.remove intent"), QStringLiteral("token.remove outcome")}));
        QCOMPARE(entries.first().toObject().value(QStringLiteral("reason")).toString(), QStringLiteral("drill"));
        QCOMPARE(m_ctl.run(words("audit verify")).exitCode, 0);
    }

    void aSealedTokenNeedsNoConsent()
    {
        const QString file = m_elsewhere.filePath(QStringLiteral("jwt"));
        const QStringList jwt{QStringLiteral("--base-url"), m_demo->info().jwtBaseUrl.toString(),
                              QStringLiteral("--secret-file"), m_demo->info().secretFile};
        const CtlResult minted = m_ctl.run(words("token mint --out") << file << jwt);
        QVERIFY2(minted.exitCode == 0, minted.all().constData());
        const QByteArray cookie = contentOf(file).trimmed();
        const QByteArray token = cookie.mid(cookie.indexOf('=') + 1);
        m_ctl.neverShow(token);
        const CtlResult accepted = m_ctl.run(words("token verify") + jwt, token);
        QVERIFY2(accepted.exitCode == 0, accepted.all().constData());
        QByteArray forged = token;
        forged[forged.size() / 2] = forged.at(forged.size() / 2) == 'A' ? 'B' : 'A';
        const CtlResult refused = m_ctl.run(words("token verify") + jwt, forged);
        QVERIFY2(refused.exitCode == 1, refused.all().constData());
    }

    void allThatWasLeftGoesAndNothingElse()
    {
        const SqliteDatabase database(fixture);
        database.exec(QStringLiteral("INSERT INTO \"User\" (id, name, email, updatedAt) VALUES "
                                     "('real1', 'Rollcall canary', 'someone@example.com', 0), "
                                     "('real2', 'Mallory', 'canary-00000000@rollcall.invalid', 0)"));
        const int users = database.count(QStringLiteral("User"));
        const int sessions = database.count(QStringLiteral("Session"));
        CtlProcess ctl;
        const QStringList where{QStringLiteral("--database"), database.url()};
        QCOMPARE(ctl.run(words("token mint --yes") + where).exitCode, 0);
        const CtlResult second = ctl.run(words("token mint --yes") + where);
        QVERIFY2(second.exitCode == 0 && second.err.contains("--out"), second.all().constData());
        QCOMPARE(database.value(labelled("User")).value_or(QString()), QStringLiteral("3"));
        // A deployment deletes a session that is over, and leaves its user.
        database.exec(QStringLiteral("DELETE FROM \"Session\" WHERE rowid = (SELECT max(rowid) FROM \"Session\")"));
        const CtlResult removed = ctl.run(words("token remove --all --yes") + where);
        QVERIFY2(removed.exitCode == 0 && removed.json().value(QStringLiteral("removed")).toInt() == 2,
                 removed.all().constData());
        QCOMPARE(database.count(QStringLiteral("User")), users);
        QCOMPARE(database.count(QStringLiteral("Session")), sessions);
        const CtlResult none = ctl.run(words("token remove --all --yes") + where);
        QVERIFY2(none.exitCode == 0 && none.json().value(QStringLiteral("removed")).toInt() == 0,
                 none.all().constData());
    }

    void cutOffMidwayItSaysHowManyWereRemoved()
    {
        const SqliteDatabase database(fixture);
        CtlProcess ctl;
        const QStringList where{QStringLiteral("--database"), database.url()};
        for (int i = 0; i < 3; ++i)
            QCOMPARE(ctl.run(words("token mint --yes") + where).exitCode, 0);
        database.exec(QStringLiteral("CREATE TRIGGER last_stays BEFORE DELETE ON \"User\" WHEN (SELECT count(*) FROM "
                                     "\"User\" WHERE email LIKE '%@rollcall.invalid') = 1 BEGIN SELECT "
                                     "RAISE(ABORT, 'no'); END"));
        const CtlResult cut = ctl.run(words("token remove --all --yes") + where);
        QVERIFY2(cut.exitCode == 5 && cut.errorCode() == QStringLiteral("StatementFailed"), cut.all().constData());
        QCOMPARE(cut.json().value(QStringLiteral("removed")).toInt(-1), 2);
        QCOMPARE(database.value(labelled("User")).value_or(QString()), QStringLiteral("1"));
        // Where nothing was removed it is the error alone that is told.
        const CtlResult none = ctl.run(words("token remove --all --yes") + where);
        QVERIFY2(none.exitCode != 0 && none.json().value(QStringLiteral("removed")).toInt(-1) == 0,
                 none.all().constData());
    }

    void whatIsOverGoesWithTheNext()
    {
        const SqliteDatabase database(fixture);
        CtlProcess ctl;
        const QStringList where{QStringLiteral("--database"), database.url()};
        QCOMPARE(ctl.run(words("token mint --yes") + where).exitCode, 0);
        database.exec(QStringLiteral("UPDATE \"Session\" SET expires = (SELECT min(expires) FROM \"Session\") WHERE "
                                     "rowid = (SELECT max(rowid) FROM \"Session\")"));
        QCOMPARE(ctl.run(words("token mint --yes") + where).exitCode, 0);
        QCOMPARE(database.value(labelled("User")).value_or(QString()), QStringLiteral("1"));
    }

    void aFileThatCannotBeWrittenLeavesNothing()
    {
        const QByteArray before = stats();
        const CtlResult nowhere = m_ctl.run(words("token mint --yes --out /nowhere/at/all/cookie") + rows());
        QVERIFY2(nowhere.exitCode == 2 && nowhere.errorCode() == QStringLiteral("FileUnwritable"),
                 nowhere.all().constData());
        QCOMPARE(stats(), before);
    }

    void whatCannotBeMeant_data()
    {
        QTest::addColumn<QStringList>("arguments");
        const auto row = [](const char *text) { QTest::newRow(text) << words(text); };
        row("token mint --yes --ttl 0s");
        row("token mint --yes --ttl 25h");
        row("token mint --yes --ttl soon");
        row("token mint --yes --now 1781524800");
        row("token remove --yes");
        row("token remove --yes --all 0123456789abcdef");
        row("token remove --yes 0123");
        row("token remove --yes --all --base-path /x");
        row("token verify");
    }

    void whatCannotBeMeant()
    {
        QFETCH(QStringList, arguments);
        CtlProcess ctl;
        const CtlResult result = ctl.run(arguments << QStringLiteral("--format") << QStringLiteral("json"));
        QVERIFY2(result.exitCode == 2, result.all().constData());
        QVERIFY2(!result.errorCode().isEmpty(), result.all().constData());
    }

    void aTokenIsNoCookie()
    {
        const CtlResult result = m_ctl.run(words("token verify") + site(), "a=b; c=d\n");
        QVERIFY2(result.exitCode == 2 && result.err.contains("--cookie-file"), result.all().constData());
    }

private:
    QStringList rows() const { return site() + QStringList{QStringLiteral("--database"), m_demo->info().databaseUrl}; }
    /// Strategy and library as the demo has them.
    QStringList site() const
    {
        return {QStringLiteral("--base-url"), m_demo->info().baseUrl.toString(), QStringLiteral("--strategy"),
                QStringLiteral("database")};
    }
    QByteArray stats()
    {
        return m_ctl.run(words("sessions stats --now 1781524800 --database") << m_demo->info().databaseUrl).out;
    }

    std::unique_ptr<demo::DemoDeployment> m_demo;
    CtlProcess m_ctl;
    QTemporaryDir m_elsewhere; ///< where cookie files may hold a token
};

QTEST_GUILESS_MAIN(CtlCanaryTest)
#include "tst_CtlCanary.moc"
