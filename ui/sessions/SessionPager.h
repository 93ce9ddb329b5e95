#pragma once

#include <QObject>

#include <optional>
#include <stop_token>

#include "core/async/Mailbox.h"
#include "core/store/SessionQuery.h"
#include "ui/common/OpenConnection.h"

namespace rollcall::sessions {

/// Fetches pages of sessions on the list worker: at most one request running and one waiting (the newest wins); answers
/// of an older query are dropped, and their statements cancelled.
/// **Thread-safety:** GUI thread only; never blocks.
class SessionPager final : public QObject
{
    Q_OBJECT

public:
    static constexpr int pageSize = 500;

    /// @p connection is borrowed and outlives the pager.
    explicit SessionPager(common::OpenConnection &connection, QObject *parent = nullptr);
    ~SessionPager() override;

    /// Starts over with @p query: cancels what runs, asks for the first page.
    void start(const store::SessionQuery &query);
    /// Asks for the page after the last one delivered; nothing where there is none or one is on its way.
    void fetchNext();
    /// Cancels what runs. The rows delivered so far then belong to an older query, or are not all that were asked for.
    void cancel();
    /// The last listing asked for was cancelled.
    [[nodiscard]] bool isInterrupted() const { return m_interrupted; }

    [[nodiscard]] bool isBusy() const { return m_busy; }
    [[nodiscard]] bool hasMore() const { return m_next.has_value(); }
    [[nodiscard]] const store::SessionQuery &query() const { return m_query; }

Q_SIGNALS:
    void started();
    /// A page arrived; @p first where it begins a new listing. @p took is the query's time.
    void pageReady(const rollcall::store::SessionPage &page, bool first, std::chrono::milliseconds took);
    void failed(const rollcall::base::Error &error);
    void cancelled();

private:
    void request();

    common::OpenConnection &m_connection;
    async::Mailbox m_mailbox;
    store::SessionQuery m_query;
    std::optional<QByteArray> m_cursor;
    std::optional<QByteArray> m_next;
    std::stop_source m_stop;
    quint64 m_generation = 0;
    bool m_busy = false;
    bool m_interrupted = false;
    bool m_first = true;
};

} // namespace rollcall::sessions
