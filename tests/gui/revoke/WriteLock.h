#pragma once

#include <QString>

#include <sqlite3.h>

namespace rollcall::test {

/// Holds the write lock of a SQLite database while it lives, so that what else would write waits.
/// **Thread-safety:** belongs to one thread.
class WriteLock final
{
public:
    /// @p path: of the database file.
    explicit WriteLock(const QString &path)
    {
        if (sqlite3_open(path.toUtf8().constData(), &m_database) == SQLITE_OK)
            m_held = sqlite3_exec(m_database, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr) == SQLITE_OK;
    }
    ~WriteLock() { sqlite3_close(m_database); }
    WriteLock(const WriteLock &) = delete;
    WriteLock &operator=(const WriteLock &) = delete;

    [[nodiscard]] bool isHeld() const { return m_held; }

private:
    sqlite3 *m_database = nullptr;
    bool m_held = false;
};

} // namespace rollcall::test
