#pragma once

#include <QObject>

#include <deque>
#include <memory>

#include "core/async/Mailbox.h"
#include "core/http/HttpConnection.h"
#include "core/probe/LocalProbe.h"
#include "core/probe/PreciseTimer.h"
#include "core/probe/RunRecord.h"
#include "core/probe/RunSetup.h"
#include "core/probe/ScopeWatch.h"
#include "core/probe/ServerFacts.h"

namespace rollcall::probe {

/// Carries out a run: sends the network cells' requests when the schedule says, lets the local cells be measured while
/// the network is quiet, watches the guards, and writes samples to a RunRecord. Never sees what figures come out.
/// **Thread-safety:** lives on a thread with an event loop; requestStop() by posting to mailbox().
class ProbeRunner final : public QObject
{
    Q_OBJECT

public:
    /// @p record and @p local (null without local cells) are borrowed and outlive the runner.
    ProbeRunner(const RunSetup &setup, RunRecord &record, LocalProbe *local);

    /// Begins; returns at once. finished() follows.
    void start();
    /// Ends the run as cancelled: exchanges under way are cut off at once.
    void requestStop() { finish(StopReason::Cancelled); }
    /// Begins nothing from now on, until it is called with false: what is under way ends. Pauses of more than
    /// RunSetup::mostPaused in all end the run as cancelled: its canary would run out.
    void requestPause(bool paused);
    /// For posting to this object from other threads.
    [[nodiscard]] async::Mailbox::Sender mailbox() const { return m_mailbox.sender(); }

Q_SIGNALS:
    /// The record is complete.
    void finished();

private:
    struct Pending
    {
        Visit visit;
        qint64 intendedNs = 0;
    };

    [[nodiscard]] bool isLocal(int cell) const { return !isNetwork(cellAt(cell).id.mode); }
    [[nodiscard]] const RunCell &cellAt(int cell) const { return m_setup.cells[static_cast<std::size_t>(cell)]; }
    [[nodiscard]] bool isPastDuration(qint64 ns) const;
    [[nodiscard]] bool isNetworkOver(qint64 now) const;
    [[nodiscard]] bool isLocalOver(qint64 now) const;
    [[nodiscard]] bool intervalsAreNarrow() const;
    [[nodiscard]] int foundWarmup() const;
    [[nodiscard]] bool extendForWarmup();
    void noteMeasuring(const Visit &visit, qint64 ns);
    void step();
    /// step() where the time is known: reading the clock costs as much as a good part of it.
    void stepAt(qint64 now);
    void stepOpen(qint64 now);
    void stepClosed(qint64 now);
    void queueDueVisits(qint64 now);
    void startLocalIfQuiet(qint64 now);
    void startLocal(const Visit &visit);
    void onLocalDone(const Visit &visit, Sample sample);
    /// A connection with what is under way on it.
    struct Lane
    {
        std::unique_ptr<http::HttpConnection> connection;
        Pending pending;
    };

    /// Connections of one kind.
    struct Lanes
    {
        std::vector<Lane> all;    ///< never grows once made
        std::vector<Lane *> idle; ///< the one used last stands last and is used first

        void add(std::unique_ptr<http::HttpConnection> connection) { all.push_back({std::move(connection), {}}); }
        void makeIdle();
    };

    void openLanes(void (ProbeRunner::*then)());
    void openAgain(void (ProbeRunner::*then)());
    void whenOpened();
    [[nodiscard]] bool isOpening() const { return m_opening > 0 || m_freshening; }
    void begin();
    bool send(const Pending &pending, qint64 now);
    void onExchange(Lane &lane, const http::Exchange &exchange);
    [[nodiscard]] std::optional<GuardEvent> watchTime(ProbeMode mode, const Sample &sample);
    [[nodiscard]] std::optional<QString> breachOf(const http::Exchange &exchange) const;
    void noteServer(const Lane &lane, const http::Exchange &exchange);
    void keep(const Sample &sample);
    void stopFor(const GuardEvent &event);
    void pauseOrStop(const GuardEvent &event, const http::Exchange &exchange, qint64 nowNs);
    void resumeSchedule();
    void goOn();
    void notePause(qint64 now);
    void finish(StopReason reason);
    [[nodiscard]] bool stopRuleHolds();
    void endIfDone(qint64 now);
    void publish();
    void report(qint64 now);

    const RunSetup m_setup;
    RunRecord &m_record;
    LocalProbe *m_local;
    RunRecord::State m_state;
    async::Mailbox m_mailbox;
    http::SocketPoller m_poller; ///< outlives the connections and the timer
    PreciseTimer m_timer;
    http::CertificatePin m_pin;        ///< outlives the connections
    std::optional<ScopeWatch> m_scope; ///< where there is an origin
    std::optional<QString> m_breach;   ///< found while connections were made
    ServerFacts m_server;
    Lanes m_kept;              ///< of all network cells but cold ones
    Lanes m_cold;              ///< connections of cold cells, closed after each exchange
    std::size_t m_opening = 0; ///< kept connections that are being made before the run begins or goes on
    std::optional<http::SocketPoller::Detour> m_freshening; ///< while local cells' connections are seen to, likewise
    void (ProbeRunner::*m_whenOpened)() = nullptr;          ///< what follows
    std::vector<std::optional<http::PreparedRequest>> m_requests; ///< by cell; nullopt: in process, or refused
    BlockScheduler m_network;                                     ///< open: network cells; closed: all cells
    BlockScheduler m_locals;                                      ///< open: local cells; closed: none
    ArrivalClock m_arrivals;
    std::optional<Guard> m_guard;
    std::deque<Pending> m_waiting;            ///< due, not yet sent
    std::vector<std::vector<qint64>> m_times; ///< per cell, for the stop rule
    qint64 m_nextIntendedNs = 0;
    std::optional<qint64> m_measuringFromNs;
    double m_pace = 1;           ///< of the plan's rate: halved after a pause
    bool m_resumes = false;      ///< after a guard's pause, once the connections are there
    bool m_pauseWanted = false;  ///< m_state.paused lasts until the connections are there
    qint64 m_arrivalsFromNs = 0; ///< when m_arrivals counts from
    qint64 m_nextSendNs = 0;     ///< closed runs: the guard's pace
    qint64 m_nextLocalNs = 0;    ///< the pace of local look-ups
    qint64 m_longestLocalNs = 0; ///< how much quiet a local sample needs
    int m_lastNetworkBlock = -1;
    int m_checkedBlock = 0;
    qint64 m_reportedNs = 0;
    qint64 m_cpuFromNs = 0;                                ///< processor time of the process when the run began
    std::optional<http::SocketPoller::Detour> m_localBusy; ///< while a local call lasts: its end comes by the loop
    bool m_ending = false;
    bool m_published = false;
};

} // namespace rollcall::probe
