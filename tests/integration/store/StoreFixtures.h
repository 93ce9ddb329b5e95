#pragma once

#include <QJsonObject>
#include <QTemporaryDir>

#include "core/base/ErrorText.h"
#include "core/store/StoreFactory.h"
#include "tests/support/MariaDbServer.h"
#include "tests/support/PostgresServer.h"

namespace rollcall::test {

/// A call with time enough for a loaded machine.
[[nodiscard]] base::Call soon();

/// What went wrong, for people; empty for nothing.
template <typename T>
[[nodiscard]] QByteArray failureOf(const base::Result<T> &result)
{
    return result ? QByteArray() : base::oneLine(result.error()).toUtf8();
}

/// 2026-06-15T12:00:00Z, the instant of all expectations of the fixtures.
[[nodiscard]] base::Instant fixtureNow();

/// What expected.json says, by fixture name.
[[nodiscard]] QJsonObject fixtureExpectations();

/// Runs @p sql on the SQLite file at @p path, made where there is none. Returns what went wrong, empty for nothing.
[[nodiscard]] QString runSqlite(const QString &path, const QByteArray &sql);

/// Loads fixtures, each into a database of its own; a server is started by the first that needs it.
/// **Thread-safety:** one thread.
class StoreFixtures final
{
public:
    /// The address of a database freshly loaded with @p fixture ("pg-adapter-postgres"). An empty database name on
    /// failure, with the reason in @p problem.
    [[nodiscard]] store::DatabaseUrl load(const QString &fixture, QString &problem);
    /// A new, empty SQLite file with @p sql run on it.
    [[nodiscard]] store::DatabaseUrl sqlite(const QString &name, const QByteArray &sql, QString &problem);
    [[nodiscard]] PostgresServer &server();
    [[nodiscard]] MariaDbServer &mariaDb();

private:
    QTemporaryDir m_directory;
    /// A fresh database on @p server, filled by the dump at @p path.
    template <typename Server>
    [[nodiscard]] store::DatabaseUrl loadInto(Server &server, const QString &path, QString &problem);

    std::unique_ptr<PostgresServer> m_server;
    std::unique_ptr<MariaDbServer> m_mariaDb;
    int m_number = 0;
};

/// Detects the schema at @p url and opens it; the failure's text in @p problem.
[[nodiscard]] std::unique_ptr<store::SessionStore> openDetected(const store::DatabaseUrl &url, store::Access access,
                                                                QString &problem,
                                                                const store::StoreOptions &options = {});

/// Deletes the row of @p key, which is kept whole, looks that it is gone, and puts it back; what went wrong, empty for
/// nothing.
[[nodiscard]] QString deletedAndRestored(store::SessionStore &sessions, const store::RowKey &key);

} // namespace rollcall::test
