#pragma once

#include <QObject>

#include <memory>
#include <stop_token>

#include "core/async/Mailbox.h"
#include "core/revoke/CachedCopies.h"
#include "ui/common/OpenConnection.h"

namespace rollcall::cache {

/// What a look at the cache found.
struct CacheLook
{
    std::shared_ptr<const revoke::CopyList> list;
    std::vector<revoke::Drift> drifts;     ///< of each copy; empty where they are not known
    std::optional<base::Error> driftError; ///< why not; nullopt also where there are no rows to compare with
    base::Instant at;
    std::chrono::milliseconds took{0};
};

/// Looks through a connection's cache on the count worker, over a channel that knows no writing command and no faster
/// than the connection allows, and compares what it finds with the rows. **Thread-safety:** GUI thread only; never
/// blocks.
class CacheReader final : public QObject
{
    Q_OBJECT

public:
    /// A look ends after this at the latest, with what was found until then.
    static constexpr std::chrono::seconds longest{60};

    /// @p connection is borrowed and outlives the reader.
    explicit CacheReader(common::OpenConnection &connection, QObject *parent = nullptr);
    ~CacheReader() override;

    /// Looks anew; ends in ready(), failed() or cancelled().
    void look();
    void cancel();

Q_SIGNALS:
    void ready(const rollcall::cache::CacheLook &look);
    void failed(const rollcall::base::Error &error);
    void cancelled();

private:
    common::OpenConnection &m_connection;
    async::Mailbox m_mailbox;
    std::stop_source m_stop;
    quint64 m_generation = 0;
};

} // namespace rollcall::cache
