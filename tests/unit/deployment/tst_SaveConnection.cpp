#include <QtTest>

#include <QTemporaryDir>

#include "core/deployment/SaveConnection.h"
#include "core/workspace/ForgetConnection.h"

using namespace rollcall;
using namespace std::chrono_literals;
using workspace::ConnectionProfile;

namespace {

/// A workspace with its keys and its audit log, in a folder of its own.
struct Home
{
    [[nodiscard]] QByteArray recorded() const
    {
        QFile file(folder.filePath(QStringLiteral("audit.ndjson")));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }

    QTemporaryDir folder;
    std::unique_ptr<base::SecretVault> vault = workspace::openKeyFileVault(folder.filePath(QStringLiteral("keys")));
    base::SystemClock clock;
    base::Call call = base::Call::within(10s);
    workspace::Workspace workspace{workspace::Folders::below(folder.path())};
    audit::AuditLog log{folder.path(), vault.get(), clock};
    audit::AuditLog keyless{folder.path(), nullptr, clock}; ///< of the same file: nothing can be recorded in it
};

} // namespace

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
    Home home;
    const auto save = [&](bool isMasked) {
        ConnectionProfile profile;
        profile.name = QStringLiteral("shop");
        profile.maskPersonal = isMasked;
        return deployment::saveConnection({profile, {}, profile.name, {}}, {}, {}, home.workspace, home.log,
                                          home.vault.get(), home.call);
    };
    for (const bool isMasked : {true, true, false}) {
        QVERIFY2(home.recorded().isEmpty(), "to mask, or to go on masking, gives nothing away");
        QVERIFY(save(isMasked));
    }
    QCOMPARE(home.recorded().count("\"connection.loosen\""), 2);
    QCOMPARE(home.recorded().count("\"maskPersonal\":true"), 2);
    QVERIFY(!home.workspace.profile(QStringLiteral("shop"))->maskPersonal);
    // Where it cannot be recorded, it stays.
    QVERIFY(save(true));
    ConnectionProfile open;
    open.name = QStringLiteral("shop");
    const auto refused = deployment::saveConnection({open, {}, open.name, {}}, {}, {}, home.workspace, home.keyless,
                                                    home.vault.get(), home.call);
    QVERIFY(!refused);
    QVERIFY(home.workspace.profile(QStringLiteral("shop"))->maskPersonal);
}

void SaveConnectionTest::anUnmaskedCopyIsOnRecord()
{
    Home home;
    ConnectionProfile profile;
    const auto saveAs = [&](const char *name, const char *replaces, bool isMasked, audit::AuditLog &where) {
        profile.name = QLatin1StringView(name);
        profile.maskPersonal = isMasked;
        return deployment::saveConnection({profile, {}, QLatin1StringView(replaces), {}}, {}, {}, home.workspace, where,
                                          home.vault.get(), home.call);
    };
    QVERIFY(saveAs("shop", "", true, home.log));
    QVERIFY(saveAs("masked", "shop", true, home.log));
    QVERIFY(saveAs("other", "", false, home.log));
    QVERIFY(saveAs("clear", "other", false, home.log));
    QVERIFY2(home.recorded().isEmpty(), "nothing that was masked shows");
    QVERIFY2(!saveAs("bare", "shop", false, home.keyless), "it cannot be recorded");
    QVERIFY(!home.workspace.profile(QStringLiteral("bare")));
    QVERIFY(saveAs("bare", "shop", false, home.log));
    QCOMPARE(home.recorded().count("\"connection.loosen\""), 2);
    QCOMPARE(home.recorded().count("\"savedAs\":\"bare\""), 2);
    QVERIFY(home.workspace.profile(QStringLiteral("shop"))->maskPersonal);
}

void SaveConnectionTest::forgettingMasksIsOnRecord()
{
    Home home;
    ConnectionProfile profile;
    profile.name = QStringLiteral("shop");
    QVERIFY(!workspace::isProtecting(profile));
    profile.maskPersonal = true;
    QVERIFY(workspace::isProtecting(profile));
    QVERIFY(home.workspace.save(profile, {}, home.vault.get(), home.call));
    QVERIFY(!workspace::forgetConnection(home.workspace, profile, {}, home.keyless, home.vault.get(), home.call));
    QVERIFY2(home.workspace.profile(profile.name), "it stays where it cannot be recorded");
    QVERIFY(workspace::forgetConnection(home.workspace, profile, QStringLiteral("gone"), home.log, home.vault.get(),
                                        home.call));
    QVERIFY(!home.workspace.profile(profile.name));
    QCOMPARE(home.recorded().count("\"connection.remove\""), 2);
}

QTEST_GUILESS_MAIN(SaveConnectionTest)
#include "tst_SaveConnection.moc"
