#pragma once

#include <memory>

#include "core/store/sql/DatabaseUrl.h"
#include "tests/support/PostgresServer.h"

namespace rollcall::test {

/// A PostgreSQL database filled by tests/data/scale/pg-adapter.sql: the one at ROLLCALL_SCALE_URL, where that was done
/// already, else one of its own with a few ten thousand sessions. **Thread-safety:** one thread.
class ScaleDatabase final
{
public:
    /// Sessions that the test command makes.
    static constexpr int fewSessions = 40'000;
    /// From so many sessions on the machine is taken to be there for this alone: ratios are then asserted.
    static constexpr qint64 proofSessions = 1'000'000;

    ScaleDatabase();

    /// Empty where the database is there; else why it is not.
    [[nodiscard]] QString problem() const { return m_problem; }
    [[nodiscard]] const store::DatabaseUrl &url() const { return m_url; }
    /// Its address with the password, for libpq and environment files.
    [[nodiscard]] QByteArray text() const { return m_text; }

private:
    std::unique_ptr<PostgresServer> m_server;
    QString m_problem;
    QByteArray m_text;
    store::DatabaseUrl m_url;
};

} // namespace rollcall::test
