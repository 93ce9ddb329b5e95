#include "ui/latency/RunController.h"

#include <QSaveFile>

namespace rollcall::latency {

RunController::RunController(common::OpenConnection &connection, QObject *parent)
    : QObject(parent),
      m_connection(connection),
      m_pauseWanted(std::make_shared<std::atomic<bool>>(false)),
      m_progressWaits(std::make_shared<std::atomic<bool>>(false)),
      m_worker("rc-latency", 4)
{}

RunController::~RunController()
{
    m_stop.request_stop();
}

void RunController::start(probe::RunPlan plan)
{
    m_stop = std::stop_source();
    *m_pauseWanted = false;
    auto shared = std::make_shared<const probe::RunPlan>(std::move(plan));
    const auto task = [this, shared, stop = m_stop.get_token(), sender = m_mailbox.sender(), waits = m_progressWaits,
                       pause = m_pauseWanted, deployment = m_connection.shared(),
                       log = &m_connection.auditLog()](std::stop_token) {
        const auto onProgress = [this, &sender, &waits](const probe::RunProgress &progress) {
            if (waits->exchange(true))
                return; // the last one is not looked at yet: this one is skipped, the next will tell all
            const bool posted = sender.post([this, progress, waits] {
                *waits = false;
                if (m_running)
                    Q_EMIT progressed(progress);
            });
            if (!posted)
                *waits = false;
        };
        auto result = probe::runLatency(
            *shared, deployment, log, base::Call{base::Call::Clock::time_point::max(), stop}, onProgress, pause.get());
        auto outcome = std::make_shared<base::Result<probe::RunOutcome>>(std::move(result));
        sender.post([this, outcome] {
            m_running = false;
            if (*outcome)
                Q_EMIT finished(std::make_shared<const probe::RunOutcome>(std::move(**outcome)));
            else
                Q_EMIT failed(outcome->error());
        });
    };
    m_running = true;
    if (auto queued = m_worker.submit(task); !queued) {
        m_running = false;
        Q_EMIT failed(queued.error());
    }
}

void RunController::save(const QString &path, std::function<QByteArray()> content)
{
    auto queued =
        m_worker.submit([this, path, content = std::move(content), sender = m_mailbox.sender()](std::stop_token) {
            const QByteArray bytes = content();
            QSaveFile file(path);
            const bool written = file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size() && file.commit();
            sender.post([this, path, written, detail = file.errorString()] {
                if (written)
                    Q_EMIT saved(path);
                else
                    Q_EMIT saveFailed(base::Error(base::ErrorCode::FileUnwritable)
                                          .with(base::ErrorParam::Path, path)
                                          .with(base::ErrorParam::Detail, detail));
            });
        });
    if (!queued)
        Q_EMIT saveFailed(queued.error());
}

void RunController::stop()
{
    m_stop.request_stop();
}

} // namespace rollcall::latency
