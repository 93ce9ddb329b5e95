#pragma once

#include <QString>
#include <QTemporaryDir>

#include <optional>

namespace rollcall::test {

/// A throw-away SQLite database file, filled from one of tests/data/fixtures. **Thread-safety:** belongs to one thread.
class SqliteDatabase final
{
public:
    /// @p fixture: name without ".sql"; empty: an empty database. Fails the running test where it cannot be loaded.
    explicit SqliteDatabase(const QString &fixture = {});

    [[nodiscard]] QString path() const { return m_folder.filePath(QStringLiteral("sessions.db")); }
    /// "sqlite:PATH".
    [[nodiscard]] QString url() const { return QStringLiteral("sqlite:") + path(); }

    /// Runs statements; fails the running test where that is not possible.
    void exec(const QString &sql) const;
    /// The first column of the first row as text; nullopt where there is no row or it is null.
    [[nodiscard]] std::optional<QString> value(const QString &sql) const;
    [[nodiscard]] int count(const QString &table) const;

private:
    QTemporaryDir m_folder;
};

} // namespace rollcall::test
