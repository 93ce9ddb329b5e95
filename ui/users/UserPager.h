#pragma once

#include <QObject>

#include <stop_token>

#include "core/async/Mailbox.h"
#include "core/store/UserDirectory.h"
#include "ui/common/OpenConnection.h"

namespace rollcall::users {

/// Fetches pages of users on the list worker: answers of an older query are dropped, and their statements cancelled.
/// **Thread-safety:** GUI thread only; never blocks.
class UserPager final : public QObject
{
    Q_OBJECT

public:
    static constexpr int pageSize = 200;

    /// @p connection is borrowed and outlives the pager.
    explicit UserPager(common::OpenConnection &connection, QObject *parent = nullptr);
    ~UserPager() override;

    /// Starts over with @p query: cancels what runs, asks for the first page.
    void start(const store::UserQuery &query);
    /// Asks for the page after the last one delivered; nothing where there is none or one is on its way.
    void fetchNext();
    void cancel();

    [[nodiscard]] bool isBusy() const { return m_busy; }
    [[nodiscard]] bool hasMore() const { return m_next.has_value(); }
    /// The last page of the query started last was delivered.
    [[nodiscard]] bool isComplete() const { return m_complete; }

Q_SIGNALS:
    /// A page arrived; @p first where it begins a new listing. @p took is the query's time.
    void pageReady(const rollcall::store::UserPage &page, bool first, std::chrono::milliseconds took);
    void failed(const rollcall::base::Error &error);
    void cancelled();

private:
    void request(bool first);

    common::OpenConnection &m_connection;
    async::Mailbox m_mailbox;
    store::UserQuery m_query;
    std::optional<QByteArray> m_next; ///< kept until the page it names has come: it can be asked for again
    bool m_complete = false;
    std::stop_source m_stop;
    quint64 m_generation = 0;
    bool m_busy = false;
};

} // namespace rollcall::users
