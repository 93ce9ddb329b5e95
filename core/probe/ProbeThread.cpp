#include "core/probe/ProbeThread.h"

#include <QThread>
#include <QTimer>

#include <algorithm>

#include "core/probe/ProbeRunner.h"

namespace rollcall::probe {

namespace {

constexpr std::chrono::milliseconds stateInterval{100};

/// The thread of one run with its event loop.
class ProbeThread final : public QThread
{
public:
    ProbeThread(const RunSetup &setup, RunRecord &record, LocalProbe *local)
        : m_setup(setup), m_record(record), m_local(local)
    {}
    void requestStop()
    {
        const base::MutexLock lock(m_mutex);
        m_stopWanted = true;
        if (m_runner)
            m_sender.post([runner = m_runner] { runner->requestStop(); });
    }
    void requestPause(bool paused)
    {
        const base::MutexLock lock(m_mutex);
        if (m_runner && m_pauseAsked != paused)
            m_sender.post([runner = m_runner, paused] { runner->requestPause(paused); });
        m_pauseAsked = m_runner ? paused : m_pauseAsked;
    }

protected:
    void run() override
    {
        ProbeRunner runner(m_setup, m_record, m_local);
        QObject::connect(&runner, &ProbeRunner::finished, &runner, [this] { quit(); });
        QTimer::singleShot(0, &runner, &ProbeRunner::start);
        {
            const base::MutexLock lock(m_mutex);
            m_runner = &runner;
            m_sender = runner.mailbox();
            if (m_stopWanted)
                m_sender.post([&runner] { runner.requestStop(); });
        }
        exec();
        const base::MutexLock lock(m_mutex);
        m_runner = nullptr;
    }

private:
    const RunSetup &m_setup;
    RunRecord &m_record;
    LocalProbe *m_local;
    base::Mutex m_mutex;
    ProbeRunner *m_runner ROLLCALL_GUARDED_BY(m_mutex) = nullptr;
    async::Mailbox::Sender m_sender ROLLCALL_GUARDED_BY(m_mutex);
    bool m_stopWanted ROLLCALL_GUARDED_BY(m_mutex) = false;
    bool m_pauseAsked ROLLCALL_GUARDED_BY(m_mutex) = false; ///< of the runner
};

/// Samples to make room for: what the plan can come to, within reason.
std::size_t expectedSamples(const RunSetup &setup)
{
    constexpr qint64 atMost = 200'000;
    const qint64 blocks = std::min<qint64>(atMost, setup.warmupBlocks + qint64(setup.measuredBlocks));
    return static_cast<std::size_t>(std::min<qint64>(atMost, blocks * static_cast<qint64>(setup.cells.size())));
}

} // namespace

RunRecord::State runProbe(const RunSetup &setup, LocalProbe *local, const base::Call &call,
                          std::vector<Sample> &samples, const OnState &onState, const std::atomic<bool> *pauseWanted)
{
    RunRecord record(expectedSamples(setup));
    ProbeThread thread(setup, record, local);
    thread.setObjectName(QStringLiteral("probe"));
    thread.start();
    const std::stop_callback stopping(call.stop, [&thread] { thread.requestStop(); });
    RunRecord::State state;
    while (!(state = record.waitFor(stateInterval)).finished) {
        record.keepAhead();
        if (call.expired())
            thread.requestStop();
        if (pauseWanted)
            thread.requestPause(*pauseWanted);
        if (onState)
            onState(state, record);
    }
    thread.wait();
    record.copyNew(samples);
    return state;
}

} // namespace rollcall::probe
