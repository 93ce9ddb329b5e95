#include <QtTest>

#include <QProcess>

#include "tests/support/SqliteDatabase.h"
#include "tests/support/TestPaths.h"

using namespace rollcall;

/// The example of the README does what it says.
class EmbedTest final : public QObject
{
    Q_OBJECT

private:
    static QByteArray run(QProcess &process, const QString &database, const QStringList &cookies)
    {
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(QStringLiteral("DATABASE_URL"), database);
        environment.insert(QStringLiteral("AUTH_SECRET"), QStringLiteral("a-secret-of-the-example"));
        process.setProcessEnvironment(environment);
        process.start(test::buildFile(QStringLiteral("tests/example/embed")), cookies);
        return process.waitForFinished(30'000) ? process.readAllStandardOutput() : QByteArray("it did not end");
    }

private Q_SLOTS:
    void answersARequestEach()
    {
        const test::SqliteDatabase database(QStringLiteral("prisma-adapter-sqlite"));
        database.exec(
            QStringLiteral("UPDATE Session SET expires = strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now', '+20 days')"));
        QProcess process;
        const QByteArray out =
            run(process, database.url(),
                {QStringLiteral("theme=dark; authjs.session-token=5e551000-0000-4000-8000-000000000001"),
                 QStringLiteral("theme=dark"),
                 QStringLiteral("authjs.session-token=00000000-0000-4000-8000-000000000000")});
        QVERIFY2(process.exitCode() == 0, process.readAllStandardError().constData());
        const QList<QByteArray> lines = out.split('\n');
        QCOMPARE(lines.size(), 4);
        QVERIFY2(lines.at(0).startsWith("{\"user\":{") && lines.at(0).contains("\"expires\":\""), out.constData());
        QCOMPARE(lines.at(1), QByteArray("null: no-cookie"));
        QCOMPARE(lines.at(2), QByteArray("null: row-missing"));
    }

    void saysWhatIsWrong()
    {
        const test::SqliteDatabase empty;
        QProcess process;
        QCOMPARE(run(process, empty.url(), {QStringLiteral("a=b")}), QByteArray());
        QCOMPARE(process.exitCode(), 1);
        QVERIFY(!process.readAllStandardError().isEmpty());
    }
};

QTEST_GUILESS_MAIN(EmbedTest)
#include "tst_Embed.moc"
