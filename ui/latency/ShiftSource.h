#pragma once

#include <QObject>

#include <memory>

#include "core/async/Mailbox.h"
#include "core/async/Worker.h"
#include "core/probe/RunDocument.h"
#include "ui/charts/ShiftChart.h"

namespace rollcall::latency {

/// Two modes of a route that a shift function may compare: the first over the second.
using ModePair = std::pair<probe::CellId, probe::CellId>;

/// What can be compared on @p route of @p document, the usual slower way first: proxy, then local, against all others
/// but the floor; hits of cached modes, not misses.
[[nodiscard]] std::vector<ModePair> modePairs(const probe::RunDocument &document, const QString &route);

/// Computes shift functions away from the GUI thread; their bootstrap may take a second. Only the newest wish counts,
/// and during a run a tenth of the time at most goes into it. **Thread-safety:** GUI thread only; never blocks but in
/// the destructor, which waits for a computation under way.
class ShiftSource final : public QObject
{
    Q_OBJECT

public:
    explicit ShiftSource(QObject *parent = nullptr);
    ~ShiftSource() override;

    /// Wants the curve of @p pair in @p document (not null); ready() follows unless another wish comes first.
    /// @p running: figures move yet, so this wish may be passed over to spare the machine.
    void want(std::shared_ptr<const probe::RunDocument> document, const ModePair &pair, bool running);

Q_SIGNALS:
    void ready(const rollcall::charts::ShiftCurve &curve);

private:
    void begin();

    struct Wish
    {
        std::shared_ptr<const probe::RunDocument> document;
        ModePair pair;
    };

    async::Mailbox m_mailbox;
    std::unique_ptr<Wish> m_next;
    bool m_busy = false;
    std::chrono::steady_clock::time_point m_notBefore{};
    async::Worker m_worker;
};

} // namespace rollcall::latency
