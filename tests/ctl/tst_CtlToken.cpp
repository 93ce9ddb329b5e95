#include <QtTest>

#include <QJsonArray>
#include <QJsonDocument>

#include <csignal>

#include "tests/support/CtlProcess.h"
#include "tests/support/TestPaths.h"

using rollcall::test::CtlProcess;
using rollcall::test::CtlResult;
using rollcall::test::dataFile;

namespace {

QJsonArray casesOf(const QString &name)
{
    QFile file(dataFile(QStringLiteral("vectors/") + name));
    return file.open(QIODevice::ReadOnly)
               ? QJsonDocument::fromJson(file.readAll()).object().value(QStringLiteral("cases")).toArray()
               : QJsonArray();
}

QJsonObject caseNamed(const QString &file, const QString &id)
{
    const QJsonArray cases = casesOf(file);
    for (const QJsonValue &value : cases) {
        if (value.toObject().value(QStringLiteral("id")) == id)
            return value.toObject();
    }
    return {};
}

QByteArray lineOf(const QJsonObject &vector)
{
    QJsonObject line;
    for (const char *key : {"id", "token", "secrets", "salt", "version", "now"})
        line.insert(QLatin1StringView(key), vector.value(QLatin1StringView(key)));
    return QJsonDocument(line).toJson(QJsonDocument::Compact) + '\n';
}

} // namespace

/// `token decode`, on the vectors that the real packages made.
class CtlTokenTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void batchAgreesWithTheLibraries_data()
    {
        QTest::addColumn<QString>("file");
        QTest::newRow("v4") << QStringLiteral("jwe-v4.json");
        QTest::newRow("v5") << QStringLiteral("jwe-v5.json");
    }

    void batchAgreesWithTheLibraries()
    {
        QFETCH(QString, file);
        const QJsonArray cases = casesOf(file);
        QVERIFY(cases.size() > 50);
        CtlProcess ctl;
        QByteArray input;
        for (const QJsonValue &value : cases) {
            const QJsonObject vector = value.toObject();
            input += lineOf(vector);
            const QByteArray token = vector.value(QStringLiteral("token")).toString().toUtf8();
            if (token.size() > 100)
                ctl.neverShow(token);
        }
        const CtlResult result =
            ctl.run({QStringLiteral("token"), QStringLiteral("decode"), QStringLiteral("--batch")}, input);
        QVERIFY2(result.exitCode == 0, result.err.constData());
        const auto lines = result.lines();
        QCOMPARE(qsizetype(lines.size()), cases.size());
        for (qsizetype i = 0; i < cases.size(); ++i) {
            const QJsonObject vector = cases.at(i).toObject();
            const QJsonObject expected = vector.value(QStringLiteral("expected")).toObject();
            const QJsonObject &line = lines.at(static_cast<size_t>(i));
            const QByteArray id = vector.value(QStringLiteral("id")).toString().toUtf8();
            QCOMPARE(line.value(QStringLiteral("id")).toString().toUtf8(), id);
            QVERIFY2(line.value(QStringLiteral("ok")) == expected.value(QStringLiteral("ok")), id.constData());
            if (line.value(QStringLiteral("ok")).toBool()) {
                QVERIFY2(line.value(QStringLiteral("claims")) == expected.value(QStringLiteral("claims")),
                         id.constData());
                QVERIFY2(line.value(QStringLiteral("header")) == expected.value(QStringLiteral("header")),
                         id.constData());
            } else {
                const QJsonValue kind =
                    expected.value(QStringLiteral("error")).toObject().value(QStringLiteral("kind"));
                QVERIFY2(line.value(QStringLiteral("error")) == kind, id.constData());
                QVERIFY2(!line.value(QStringLiteral("detail")).toString().isEmpty(), id.constData());
            }
        }
    }

    void oneTokenByFlags_data()
    {
        QTest::addColumn<QString>("file");
        QTest::addColumn<QString>("id");
        const auto firstGood = [](const QString &file) {
            const QJsonArray cases = casesOf(file);
            for (const QJsonValue &value : cases) {
                const QJsonObject vector = value.toObject();
                const bool plain = vector.value(QStringLiteral("salt")).toString().isEmpty() ||
                                   vector.value(QStringLiteral("salt")) == QStringLiteral("authjs.session-token");
                if (vector.value(QStringLiteral("expected")).toObject().value(QStringLiteral("ok")).toBool() && plain)
                    return vector.value(QStringLiteral("id")).toString();
            }
            return QString();
        };
        for (const QString &file : {QStringLiteral("jwe-v4.json"), QStringLiteral("jwe-v5.json")})
            QTest::newRow(qPrintable(file)) << file << firstGood(file);
    }

    void oneTokenByFlags()
    {
        QFETCH(QString, file);
        QFETCH(QString, id);
        const QJsonObject vector = caseNamed(file, id);
        QVERIFY(!vector.isEmpty());
        const QByteArray secret = vector.value(QStringLiteral("secrets")).toArray().first().toString().toUtf8();
        const QByteArray token = vector.value(QStringLiteral("token")).toString().toUtf8();
        CtlProcess ctl;
        ctl.neverShow(secret);
        ctl.neverShow(token);
        const QString secretFile = ctl.writeFile(QStringLiteral("secret"), secret + '\n');
        const QStringList base{QStringLiteral("token"), QStringLiteral("decode"), QStringLiteral("--now"),
                               QString::number(vector.value(QStringLiteral("now")).toInteger())};
        const CtlResult good = ctl.run(base + QStringList{QStringLiteral("--secret-file"), secretFile}, token + '\n');
        QVERIFY2(good.exitCode == 0, good.all().constData());
        QVERIFY2(good.json().value(QStringLiteral("claims")) ==
                     vector.value(QStringLiteral("expected")).toObject().value(QStringLiteral("claims")),
                 good.all().constData());

        ctl.setEnvironment(QStringLiteral("MY_SECRET"), QString::fromUtf8(secret));
        const CtlResult byEnvironment = ctl.run(base + QStringList{QStringLiteral("--secret-env=MY_SECRET")}, token);
        QCOMPARE(byEnvironment.exitCode, 0);
        QCOMPARE(byEnvironment.out, good.out);

        const QString wrongFile = ctl.writeFile(QStringLiteral("wrong"), "not-the-secret-of-this-token\n");
        const CtlResult wrong = ctl.run(base + QStringList{QStringLiteral("--secret-file"), wrongFile}, token);
        QVERIFY2(wrong.exitCode == 1, wrong.all().constData());
        QCOMPARE(wrong.json().value(QStringLiteral("ok")), QJsonValue(false));
        QVERIFY2(!wrong.err.isEmpty(), wrong.all().constData());

        const CtlResult late = ctl.run({QStringLiteral("token"), QStringLiteral("decode"), QStringLiteral("--now"),
                                        QStringLiteral("9000000000"), QStringLiteral("--secret-file"), secretFile},
                                       token);
        QVERIFY2(late.exitCode == 1, late.all().constData());
        QCOMPARE(late.json().value(QStringLiteral("error")).toString(), QStringLiteral("expired"));

        const CtlResult empty = ctl.run(base + QStringList{QStringLiteral("--secret-file"), secretFile}, {});
        QCOMPARE(empty.exitCode, 1);
        QCOMPARE(empty.json().value(QStringLiteral("error")).toString(), QStringLiteral("empty"));
    }

    void refusalsAreExplained_data()
    {
        QTest::addColumn<QByteArray>("token"); // empty: a good one of v5
        QTest::addColumn<QStringList>("flags");
        QTest::addColumn<QString>("kind");
        QTest::addColumn<QString>("says");
        const QByteArray uuid = "5e551000-0000-4000-8000-000000000001";
        QTest::newRow("another major version") << QByteArray() << QStringList{QStringLiteral("--auth-version=v4")}
                                               << QStringLiteral("malformed") << QStringLiteral("Auth.js v5 token");
        QTest::newRow("another cookie name")
            << QByteArray() << QStringList{QStringLiteral("--cookie-name=sid")} << QStringLiteral("no-matching-secret")
            << QStringLiteral("sealed for the cookie name authjs.session-token");
        QTest::newRow("a whole cookie") << QByteArray("authjs.session-token=") << QStringList()
                                        << QStringLiteral("malformed") << QStringLiteral("whole cookie");
        QTest::newRow("a database token")
            << uuid << QStringList() << QStringLiteral("malformed") << QStringLiteral("database token");
        QTest::newRow("quotes") << QByteArray("\"") << QStringList() << QStringLiteral("malformed")
                                << QStringLiteral("quotes");
    }
    void refusalsAreExplained()
    {
        QFETCH(QByteArray, token);
        QFETCH(QStringList, flags);
        QFETCH(QString, kind);
        QFETCH(QString, says);
        QJsonObject good;
        const QJsonArray cases = casesOf(QStringLiteral("jwe-v5.json"));
        for (const QJsonValue &value : cases) {
            const QJsonObject vector = value.toObject();
            if (good.isEmpty() && vector.value(QStringLiteral("salt")) == QStringLiteral("authjs.session-token") &&
                vector.value(QStringLiteral("expected")).toObject().value(QStringLiteral("ok")).toBool())
                good = vector;
        }
        QVERIFY(!good.isEmpty());
        const QByteArray whole = good.value(QStringLiteral("token")).toString().toUtf8();
        CtlProcess ctl;
        ctl.neverShow(whole);
        const QByteArray secret = good.value(QStringLiteral("secrets")).toArray().first().toString().toUtf8();
        const QString secretFile = ctl.writeFile(QStringLiteral("secret"), secret + '\n');
        const CtlResult result =
            ctl.run(QStringList{QStringLiteral("token"), QStringLiteral("decode"), QStringLiteral("--now"),
                                QString::number(good.value(QStringLiteral("now")).toInteger()),
                                QStringLiteral("--secret-file"), secretFile} +
                        flags,
                    token.size() == 36 ? token : token + whole);
        QVERIFY2(result.exitCode == 1, result.all().constData());
        QCOMPARE(result.json().value(QStringLiteral("error")).toString(), kind);
        QVERIFY2(result.json().value(QStringLiteral("detail")).toString().contains(says), result.all().constData());
    }

    void badBatchLinesAreAnswered()
    {
        CtlProcess ctl;
        const CtlResult result = ctl.run({QStringLiteral("token"), QStringLiteral("decode"), QStringLiteral("--batch")},
                                         "not json\n\n{\"id\":7}\n{\"id\":\"x\",\"token\":\"a.b\",\"secrets\":\"s\"}\n"
                                         "{\"id\":\"y\",\"token\":\"a.b\",\"secrets\":[\"s\"],\"version\":\"v9\"}\n");
        QVERIFY2(result.exitCode == 0, result.all().constData());
        const auto lines = result.lines();
        QCOMPARE(lines.size(), size_t(4));
        for (const QJsonObject &line : lines)
            QVERIFY2(line.value(QStringLiteral("ok")) == QJsonValue(false) &&
                         !line.value(QStringLiteral("detail")).toString().isEmpty(),
                     result.all().constData());
        QCOMPARE(lines.at(1).value(QStringLiteral("id")), QJsonValue(7));
    }

    void cancelsWhileWaitingForInput()
    {
        CtlProcess ctl;
        const QString secretFile = ctl.writeFile(QStringLiteral("secret"), "some-secret\n");
        int polls = 0;
        const CtlResult result = ctl.runUntil(
            {QStringLiteral("token"), QStringLiteral("decode"), QStringLiteral("--secret-file"), secretFile},
            [&polls](const QByteArray &) { return ++polls > 15; }, SIGINT);
        QVERIFY2(result.exitCode == 130, result.all().constData());
        QCOMPARE(result.errorCode(), QStringLiteral("Cancelled"));
    }
};

QTEST_GUILESS_MAIN(CtlTokenTest)
#include "tst_CtlToken.moc"
