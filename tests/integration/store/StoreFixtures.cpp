#include "tests/integration/store/StoreFixtures.h"

#include <QFile>
#include <QJsonDocument>

#include <sqlite3.h>

#include "core/base/ErrorText.h"
#include "core/store/KeptRows.h"
#include "tests/support/TestPaths.h"

namespace rollcall::test {

base::Call soon()
{
    return base::Call::within(std::chrono::seconds(20));
}

base::Instant fixtureNow()
{
    using namespace std::chrono;
    return base::Instant(sys_days(2026y / June / 15) + 12h);
}

QJsonObject fixtureExpectations()
{
    QFile file(dataFile(QStringLiteral("fixtures/expected.json")));
    if (!file.open(QIODevice::ReadOnly))
        return {};
    return QJsonDocument::fromJson(file.readAll()).object().value(QStringLiteral("fixtures")).toObject();
}

QString runSqlite(const QString &path, const QByteArray &sql)
{
    sqlite3 *database = nullptr;
    int code = sqlite3_open(QFile::encodeName(path).constData(), &database);
    if (code == SQLITE_OK)
        code = sqlite3_exec(database, sql.constData(), nullptr, nullptr, nullptr);
    const QString problem = code == SQLITE_OK ? QString() : QString::fromUtf8(sqlite3_errmsg(database));
    sqlite3_close(database);
    return problem;
}

PostgresServer &StoreFixtures::server()
{
    if (!m_server)
        m_server = std::make_unique<PostgresServer>();
    return *m_server;
}

MariaDbServer &StoreFixtures::mariaDb()
{
    if (!m_mariaDb)
        m_mariaDb = std::make_unique<MariaDbServer>();
    return *m_mariaDb;
}

store::DatabaseUrl StoreFixtures::sqlite(const QString &name, const QByteArray &sql, QString &problem)
{
    store::DatabaseUrl url;
    url.kind = store::DatabaseKind::Sqlite;
    url.database = m_directory.filePath(QStringLiteral("%1-%2.db").arg(name).arg(++m_number));
    problem = runSqlite(url.database, sql);
    return url;
}

store::DatabaseUrl StoreFixtures::load(const QString &fixture, QString &problem)
{
    const QString path = dataFile(QStringLiteral("fixtures/%1.sql").arg(fixture));
    if (fixture.contains(QStringLiteral("-sqlite"))) {
        QFile file(path);
        if (!file.open(QIODevice::ReadOnly)) {
            problem = file.errorString();
            return {};
        }
        return sqlite(fixture, file.readAll(), problem);
    }
    return fixture.endsWith(QStringLiteral("-mysql")) ? loadInto(mariaDb(), path, problem)
                                                      : loadInto(server(), path, problem);
}

template <typename Server>
store::DatabaseUrl StoreFixtures::loadInto(Server &server, const QString &path, QString &problem)
{
    problem = server.problem();
    const QString name = QStringLiteral("fixture_%1").arg(++m_number);
    if (problem.isEmpty())
        problem = server.createDatabase(name);
    if (problem.isEmpty())
        problem = server.runSqlFile(name, path);
    return server.url(name);
}

std::unique_ptr<store::SessionStore> openDetected(const store::DatabaseUrl &url, store::Access access, QString &problem,
                                                  const store::StoreOptions &options)
{
    const base::Call call = base::Call::within(std::chrono::seconds(20));
    const auto detection = store::detectSchema(url, options, call);
    if (!detection) {
        problem = base::oneLine(detection.error());
        return nullptr;
    }
    if (!detection->best) {
        problem = QStringLiteral("the schema is not recognised for sure");
        return nullptr;
    }
    auto opened = store::openStore(url, *detection->best, options, access, call);
    if (!opened) {
        problem = base::oneLine(opened.error());
        return nullptr;
    }
    return std::move(*opened);
}

QString deletedAndRestored(store::SessionStore &sessions, const store::RowKey &key)
{
    std::vector<store::KeptRow> kept;
    const auto keep = [&kept](std::span<store::KeptRow> rows) -> base::Status {
        for (const auto &row : rows)
            kept.push_back(row.clone());
        return {};
    };
    const auto deleted = sessions.keptRows()->deleteRows(std::span(&key, 1), keep, soon());
    if (!deleted || *deleted != std::vector{store::DeleteOutcome::Deleted})
        return QStringLiteral("not deleted: ") + QString::fromUtf8(failureOf(deleted));
    const auto isThere = sessions.stillThere(std::span(&key, 1), soon());
    if (!isThere || *isThere != std::vector{false})
        return QStringLiteral("not gone: ") + QString::fromUtf8(failureOf(isThere));
    const auto restored = sessions.keptRows()->restoreRows(kept, soon());
    if (!restored || *restored != std::vector{store::RestoreOutcome::Restored})
        return QStringLiteral("not restored: ") + QString::fromUtf8(failureOf(restored));
    return {};
}

} // namespace rollcall::test
