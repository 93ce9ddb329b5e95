#include "ui/latency/SliceSource.h"

namespace rollcall::latency {

SliceSource::SliceSource(QObject *parent) : QObject(parent), m_worker("rc-slice", 2) {}

SliceSource::~SliceSource() = default;

void SliceSource::want(std::shared_ptr<const probe::RunDocument> document, const probe::TimeRange &range)
{
    m_wanted = true;
    m_next = std::make_unique<Wish>(Wish{std::move(document), range});
    if (!m_busy)
        begin();
}

void SliceSource::forget()
{
    m_wanted = false;
    m_next.reset();
}

void SliceSource::begin()
{
    m_busy = true;
    const std::shared_ptr<const Wish> wish = std::move(m_next);
    const auto queued = m_worker.submit([this, wish, sender = m_mailbox.sender()](std::stop_token) {
        auto slice = std::make_shared<const probe::RunDocument>(probe::sliceOf(*wish->document, wish->range));
        sender.post([this, slice = std::move(slice)] {
            m_busy = false;
            if (m_next)
                begin(); // what was wanted meanwhile is what is to be seen
            else if (m_wanted)
                Q_EMIT ready(slice);
        });
    });
    if (!queued)
        m_busy = false; // two jobs fit and one is made at a time: only a worker that ends refuses
}

} // namespace rollcall::latency
