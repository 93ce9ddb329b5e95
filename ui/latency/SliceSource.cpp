#include "ui/latency/SliceSource.h"

namespace rollcall::latency {

SliceSource::SliceSource(QObject *parent) : QObject(parent), m_worker("rc-slice", 2) {}

SliceSource::~SliceSource() = default;

void SliceSource::want(std::shared_ptr<const probe::RunDocument> document, const probe::TimeRange &range)
{
    m_next = std::make_unique<Wish>(Wish{std::move(document), range});
    if (!m_busy)
        begin();
}

void SliceSource::forget()
{
    ++m_forgotten;
    m_next.reset();
}

void SliceSource::begin()
{
    m_busy = true;
    const std::shared_ptr<const Wish> wish = std::move(m_next);
    const auto queued =
        m_worker.submit([this, wish, forgotten = m_forgotten, sender = m_mailbox.sender()](std::stop_token) {
            auto slice = std::make_shared<const probe::RunDocument>(probe::sliceOf(*wish->document, wish->range));
            sender.post([this, forgotten, slice = std::move(slice)] {
                m_busy = false;
                if (forgotten == m_forgotten)
                    Q_EMIT ready(slice); // though another is wanted by now: while the mouse moves there always is one
                if (m_next && !m_busy)
                    begin();
            });
        });
    if (!queued)
        m_busy = false; // two jobs fit and one is made at a time: only a worker that ends refuses
}

} // namespace rollcall::latency
