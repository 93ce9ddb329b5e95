#pragma once

#include <QString>

#include <atomic>
#include <chrono>
#include <thread>

#include <sqlite3.h>

namespace rollcall::test {

/// Who deletes a session of the demo's database stands still in the middle of its first batch while one of these lives:
/// a trigger runs as long as is wanted, which a cancel ends. (A lock that somebody else holds is waited for two seconds
/// only, and a busy machine takes longer to draw a picture.) One at a time.
/// **Thread-safety:** belongs to one thread; deletions are held on any.
class HeldDeletions final
{
public:
    /// @p path: of the database file, which connections of this process have opened or will.
    explicit HeldDeletions(const QString &path)
    {
        sqlite3 *database = nullptr;
        m_held =
            isKnown && sqlite3_open(path.toUtf8().constData(), &database) == SQLITE_OK &&
            sqlite3_busy_timeout(database, 30'000) == SQLITE_OK &&
            sqlite3_exec(database,
                         "CREATE TRIGGER IF NOT EXISTS hold BEFORE DELETE ON \"Session\" BEGIN SELECT count(*) FROM "
                         "(WITH RECURSIVE step (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM step WHERE "
                         "deletions_are_held()) SELECT i FROM step); END",
                         nullptr, nullptr, nullptr) == SQLITE_OK;
        sqlite3_close(database);
        holds = m_held;
    }
    ~HeldDeletions() { holds = false; }
    HeldDeletions(const HeldDeletions &) = delete;
    HeldDeletions &operator=(const HeldDeletions &) = delete;

    [[nodiscard]] bool isHeld() const { return m_held; }

private:
    static void areHeld(sqlite3_context *context, int, sqlite3_value **)
    {
        const bool held = holds;
        if (held)
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        sqlite3_result_int(context, held ? 1 : 0);
    }
    static int addFunction(sqlite3 *database, const char **, const void *)
    {
        return sqlite3_create_function(database, "deletions_are_held", 0, SQLITE_UTF8 | SQLITE_INNOCUOUS, nullptr,
                                       areHeld, nullptr, nullptr);
    }

    inline static std::atomic<bool> holds{false};
    /// Before main(), so that every connection of this process has the function.
    inline static const bool isKnown = sqlite3_auto_extension(reinterpret_cast<void (*)()>(addFunction)) == SQLITE_OK;

    bool m_held = false;
};

} // namespace rollcall::test
