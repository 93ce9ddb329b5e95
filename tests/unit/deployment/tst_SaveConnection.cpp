#include <QtTest>

#include <QTemporaryDir>

#include "core/deployment/SaveConnection.h"
#include "core/workspace/ForgetConnection.h"

using namespace rollcall;
using namespace std::chrono_literals;
using workspace::ConnectionProfile;

/// Saving a connection anew: what goes on record.
class SaveConnectionTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void unmaskingIsOnRecord();
    void anUnmaskedCopyIsOnRecord();
    void forgettingMasksIsOnRecord();
};

void SaveConnectionTest::unmaskingIsOnRecord()
{
    const QTemporaryDir home;
    const auto vault = workspace::openKeyFileVault(home.filePath(QStringLiteral("keys")));
    const base::SystemClock clock;
    const base::Call call = base::Call::within(10s);
    workspace::Workspace workspace(workspace::Folders::below(home.path()));
    audit::AuditLog log(home.path(), vault.get(), clock);
    const auto save = [&](bool isMasked) {
        ConnectionProfile profile;
        profile.name = QStringLiteral("shop");
        profile.maskPersonal = isMasked;
        return deployment::saveConnection({profile, {}, profile.name, {}}, {}, {}, workspace, log, vault.get(), call);
    };
    const auto recorded = [&home] {
        QFile file(home.filePath(QStringLiteral("audit.ndjson")));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    };
    for (const bool isMasked : {true, true, false}) {
        QVERIFY2(recorded().isEmpty(), "to mask, or to go on masking, gives nothing away");
        QVERIFY(save(isMasked));
    }
    QCOMPARE(recorded().count("\"connection.loosen\""), 2);
    QCOMPARE(recorded().count("\"maskPersonal\":true"), 2);
    QVERIFY(!workspace.profile(QStringLiteral("shop"))->maskPersonal);
    // Where it cannot be recorded, it stays.
    QVERIFY(save(true));
    audit::AuditLog keyless(home.path(), nullptr, clock);
    ConnectionProfile open;
    open.name = QStringLiteral("shop");
    const auto refused =
        deployment::saveConnection({open, {}, open.name, {}}, {}, {}, workspace, keyless, vault.get(), call);
    QVERIFY(!refused);
    QVERIFY(workspace.profile(QStringLiteral("shop"))->maskPersonal);
}

void SaveConnectionTest::anUnmaskedCopyIsOnRecord()
{
    const QTemporaryDir home;
    const auto vault = workspace::openKeyFileVault(home.filePath(QStringLiteral("keys")));
    const base::SystemClock clock;
    const base::Call call = base::Call::within(10s);
    workspace::Workspace workspace(workspace::Folders::below(home.path()));
    audit::AuditLog log(home.path(), vault.get(), clock);
    ConnectionProfile profile;
    const auto saveAs = [&](const char *name, const char *replaces, bool isMasked, audit::AuditLog &where) {
        profile.name = QLatin1StringView(name);
        profile.maskPersonal = isMasked;
        return deployment::saveConnection({profile, {}, QLatin1StringView(replaces), {}}, {}, {}, workspace, where,
                                          vault.get(), call);
    };
    const auto recorded = [&home] {
        QFile file(home.filePath(QStringLiteral("audit.ndjson")));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    };
    QVERIFY(saveAs("shop", "", true, log));
    QVERIFY(saveAs("masked", "shop", true, log));
    QVERIFY(saveAs("other", "", false, log));
    QVERIFY(saveAs("clear", "other", false, log));
    QVERIFY2(recorded().isEmpty(), "nothing that was masked shows");
    audit::AuditLog keyless(home.path(), nullptr, clock);
    QVERIFY2(!saveAs("bare", "shop", false, keyless), "it cannot be recorded");
    QVERIFY(!workspace.profile(QStringLiteral("bare")));
    QVERIFY(saveAs("bare", "shop", false, log));
    QCOMPARE(recorded().count("\"connection.loosen\""), 2);
    QCOMPARE(recorded().count("\"savedAs\":\"bare\""), 2);
    QVERIFY(workspace.profile(QStringLiteral("shop"))->maskPersonal);
}

void SaveConnectionTest::forgettingMasksIsOnRecord()
{
    const QTemporaryDir home;
    const auto vault = workspace::openKeyFileVault(home.filePath(QStringLiteral("keys")));
    const base::SystemClock clock;
    const base::Call call = base::Call::within(10s);
    workspace::Workspace workspace(workspace::Folders::below(home.path()));
    ConnectionProfile profile;
    profile.name = QStringLiteral("shop");
    QVERIFY(!workspace::isProtecting(profile));
    profile.maskPersonal = true;
    QVERIFY(workspace::isProtecting(profile));
    QVERIFY(workspace.save(profile, {}, vault.get(), call));
    audit::AuditLog keyless(home.path(), nullptr, clock);
    QVERIFY(!workspace::forgetConnection(workspace, profile, {}, keyless, vault.get(), call));
    QVERIFY2(workspace.profile(profile.name), "it stays where it cannot be recorded");
    audit::AuditLog log(home.path(), vault.get(), clock);
    QVERIFY(workspace::forgetConnection(workspace, profile, QStringLiteral("gone"), log, vault.get(), call));
    QVERIFY(!workspace.profile(profile.name));
    QFile file(home.filePath(QStringLiteral("audit.ndjson")));
    QVERIFY(file.open(QIODevice::ReadOnly));
    QCOMPARE(file.readAll().count("\"connection.remove\""), 2);
}

QTEST_GUILESS_MAIN(SaveConnectionTest)
#include "tst_SaveConnection.moc"
