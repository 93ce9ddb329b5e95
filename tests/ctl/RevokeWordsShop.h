#pragma once

#include "core/base/Fingerprint.h"
#include "tests/support/CtlProcess.h"
#include "tests/support/SqliteDatabase.h"

namespace rollcall::test {

/// A SQLite database whose sessions live and whose tokens may stand in several rows, and the command line beside it,
/// for the tests of what revoking says. **Thread-safety:** one thread.
class RevokeWordsShop
{
protected:
    static constexpr auto tokenStart = "5e551000-0000-4000-8000-"; // of every session of the fixture
    static constexpr auto inTwentyDays = "strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now', '+20 days')";
    static constexpr auto ada = "cmwphocml0000bs7d68dvn6ij";
    static constexpr auto ben = "cmwphocsd0003bs7djk10xihh";

    static QString fingerprintOf(int session)
    {
        const QByteArray token = QByteArray(tokenStart) + QByteArray::number(session).rightJustified(12, '0');
        return base::Fingerprint::of(token).text();
    }
    /// To be called before each test.
    void begin()
    {
        m_database = std::make_unique<SqliteDatabase>(QStringLiteral("prisma-adapter-sqlite"));
        m_database->exec(QStringLiteral("DROP INDEX \"Session_sessionToken_key\"; "
                                        "UPDATE Session SET expires = %1")
                             .arg(QLatin1StringView(inTwentyDays)));
        m_ctl = std::make_unique<CtlProcess>();
        m_ctl->neverShow(tokenStart);
    }
    CtlResult run(const char *command, const QStringList &more = {})
    {
        return m_ctl->run(words(command) + more + database());
    }
    [[nodiscard]] QStringList database() const { return {QStringLiteral("--database"), m_database->url()}; }
    [[nodiscard]] QString idOf(int session) const
    {
        return m_database
            ->value(QStringLiteral("SELECT id FROM Session WHERE sessionToken LIKE '%%1'")
                        .arg(session, 12, 10, QLatin1Char('0')))
            .value_or(QString());
    }
    /// Another row of that session's token, of @p user.
    void addTwin(int session, const char *user, const char *id = "twin") const
    {
        m_database->exec(QStringLiteral("INSERT INTO Session SELECT sessionToken, '%1', expires, '%2', createdAt, "
                                        "updatedAt FROM Session WHERE id = '%3'")
                             .arg(QLatin1StringView(user), QLatin1StringView(id), idOf(session)));
    }
    /// So many sessions more.
    void addMany(int rows) const
    {
        m_database->exec(
            QStringLiteral("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %1) "
                           "INSERT INTO Session SELECT '%2' || (900000000000 + i), '%3', %4, 'made-' || i, "
                           "'2026-01-01T00:00:00.000+00:00', '2026-01-01T00:00:00.000+00:00' FROM n")
                .arg(rows)
                .arg(QLatin1StringView(tokenStart), QLatin1StringView(ada), QLatin1StringView(inTwentyDays)));
    }

    std::unique_ptr<SqliteDatabase> m_database;
    std::unique_ptr<CtlProcess> m_ctl;
};

} // namespace rollcall::test
