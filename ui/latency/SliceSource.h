#pragma once

#include <QObject>

#include <memory>

#include "core/async/Mailbox.h"
#include "core/async/Worker.h"
#include "core/probe/RunSlice.h"

namespace rollcall::latency {

/// Computes the figures of a part of a run's time away from the GUI thread. What is wanted newest comes last.
/// **Thread-safety:** GUI thread only; never blocks but in the destructor, which waits for a computation under way.
class SliceSource final : public QObject
{
    Q_OBJECT

public:
    explicit SliceSource(QObject *parent = nullptr);
    ~SliceSource() override;

    /// Wants @p range of @p document (not null); ready() follows, also where another wish has come meanwhile (its own
    /// follows then), but not after forget(). Wishes between two that are made are passed over.
    void want(std::shared_ptr<const probe::RunDocument> document, const probe::TimeRange &range);
    /// No slice is wanted any more.
    void forget();

Q_SIGNALS:
    void ready(const std::shared_ptr<const rollcall::probe::RunDocument> &slice);

private:
    void begin();

    struct Wish
    {
        std::shared_ptr<const probe::RunDocument> document;
        probe::TimeRange range;
    };

    async::Mailbox m_mailbox;
    std::unique_ptr<Wish> m_next;
    bool m_busy = false;
    int m_forgotten = 0; ///< how often: what was wanted before is not told of
    async::Worker m_worker;
};

} // namespace rollcall::latency
