#pragma once

#include <QObject>

#include <optional>
#include <stop_token>

#include "core/async/Mailbox.h"
#include "core/store/SessionQuery.h"
#include "ui/common/OpenConnection.h"

namespace rollcall::sessions {

/// How many sessions a listing matches, told on the counting worker: what the database reckons first, exactly where
/// that is little, where it reckons nothing, or where it is asked for.
/// **Thread-safety:** GUI thread only; never blocks.
class MatchCounter final : public QObject
{
    Q_OBJECT

public:
    /// Up to so many reckoned rows are counted unasked.
    static constexpr qint64 countedUnasked = 20'000;

    /// @p connection is borrowed and outlives the counter.
    explicit MatchCounter(common::OpenConnection &connection, QObject *parent = nullptr);
    ~MatchCounter() override;

    /// Reckons, for a new listing by @p query; what ran for an older one is stopped at the server.
    void start(const store::SessionQuery &query);
    /// The listing shows all that it matches: nothing has to be asked.
    void know(qint64 rows);
    /// Counts what start() was called for; what was reckoned stays until then.
    void countExactly();
    /// Stops what runs, at the server too; what is known stays.
    void cancel();

    /// nullopt while nothing is known.
    [[nodiscard]] std::optional<qint64> total() const { return m_total; }
    [[nodiscard]] bool isExact() const { return m_exact; }
    /// An exact count was asked for and runs.
    [[nodiscard]] bool isCounting() const { return m_counting; }
    /// The last exact count failed, or took longer than the connection allows.
    [[nodiscard]] bool hasFailed() const { return m_failed; }

Q_SIGNALS:
    /// One of the answers above is another.
    void changed();

private:
    struct Answer
    {
        base::Result<qint64> rows;
        bool exact = false;
    };
    void ask(bool exactly);
    void onAnswer(const Answer &answer);

    common::OpenConnection &m_connection;
    async::Mailbox m_mailbox;
    store::SessionQuery m_query;
    std::stop_source m_stop;
    quint64 m_generation = 0;
    std::optional<qint64> m_total;
    bool m_exact = false;
    bool m_counting = false;
    bool m_failed = false;
};

} // namespace rollcall::sessions
