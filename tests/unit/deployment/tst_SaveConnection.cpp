#include <QtTest>

#include <QTemporaryDir>

#include "core/deployment/SaveConnection.h"

using namespace rollcall;
using namespace std::chrono_literals;
using workspace::ConnectionProfile;

/// Saving a connection anew: what goes on record.
class SaveConnectionTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void unmaskingIsOnRecord();
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

QTEST_GUILESS_MAIN(SaveConnectionTest)
#include "tst_SaveConnection.moc"
