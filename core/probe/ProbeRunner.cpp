#include "core/probe/ProbeRunner.h"

#include <QTimer>

#include <algorithm>
#include <ctime>

#include "core/http/ServerTiming.h"
#include "core/probe/CellResult.h"
#include "core/probe/Judge.h"
#include "core/probe/SteadyState.h"

namespace rollcall::probe {

namespace {

constexpr qint64 second = 1'000'000'000;
constexpr qint64 leastQuietNs = 2'000'000;   // a local sample is not begun closer to the next intended start
constexpr qint64 reportEveryNs = 20'000'000; // nobody looks more often
constexpr std::size_t leastQueue = 20;
constexpr int leastBlocks = 20; // before the stop rule is asked
constexpr int checkEvery = 5;
constexpr double narrow = 1.2;

std::optional<qint64> between(std::optional<qint64> from, std::optional<qint64> to)
{
    if (!from || !to)
        return std::nullopt;
    return *to - *from;
}

SamplePhases phasesOf(const http::PhaseTimes &times)
{
    SamplePhases phases;
    phases.dns = between(times.queuedNs, times.resolvedNs);
    phases.tcp = between(times.resolvedNs, times.connectedNs);
    phases.tls = between(times.connectedNs, times.encryptedNs);
    phases.wait = between(times.writtenNs, times.firstByteNs);
    phases.receive = between(times.firstByteNs, times.endNs);
    return phases;
}

/// What Server-Timing says the server took in all; absent where there is none, and where it is longer than the wait:
/// such a figure is of another clock or counts what ran side by side.
std::optional<qint64> serverTime(const http::Exchange &exchange, const std::optional<qint64> &wait)
{
    std::optional<qint64> sum;
    for (const http::ServerTiming &metric : http::parseServerTiming(exchange.message.headers)) {
        if (metric.duration)
            sum = sum.value_or(0) + metric.duration->count();
    }
    return sum && wait && *sum >= 0 && *sum <= *wait ? sum : std::nullopt;
}

/// Processor time of this process, all threads.
qint64 processorNs()
{
    timespec time{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return qint64(time.tv_sec) * second + time.tv_nsec;
}

/// Our own misuse rather than the deployment's answer: nothing can be measured.
bool isFatal(const http::Exchange &exchange)
{
    return exchange.error && (exchange.error->code == base::ErrorCode::InsecureTransport ||
                              exchange.error->code == base::ErrorCode::UrlInvalid);
}

} // namespace

ProbeRunner::ProbeRunner(const RunSetup &setup, RunRecord &record, LocalProbe *local)
    : m_setup(setup),
      m_record(record),
      m_local(local),
      m_timer(m_poller),
      m_network(setup.visits()[0]),
      m_locals(setup.visits()[1]),
      m_arrivals(setup.arrival, setup.rate, setup.seed + 2),
      m_times(setup.cells.size())
{
    m_state.warmupBlocks = setup.warmupBlocks;
    connect(&m_timer, &PreciseTimer::fired, this, &ProbeRunner::step);
    m_poller.setPatient(true);
    if (!setup.origin)
        return;
    const int connections = setup.closed ? std::min(setup.concurrency, setup.limits.inFlight) : setup.limits.inFlight;
    m_scope.emplace(*setup.origin, setup.traces);
    const http::ConnectionOptions options{setup.http, 64 * 1024, &m_poller, setup.limits.breakers ? &m_pin : nullptr};
    const bool cold = std::any_of(setup.cells.begin(), setup.cells.end(), [](const RunCell &c) { return c.id.cold; });
    for (int i = 0; i < connections; ++i) {
        m_kept.add(std::make_unique<http::HttpConnection>(*setup.origin, options));
        if (cold)
            m_cold.add(std::make_unique<http::HttpConnection>(*setup.origin, options));
    }
    m_kept.makeIdle();
    m_cold.makeIdle();
    for (const RunCell &cell : setup.cells) {
        auto prepared = isNetwork(cell.id.mode) && !m_kept.all.empty()
                            ? m_kept.all.front().connection->prepare(cell.request)
                            : base::fail(base::Error(base::ErrorCode::Unconfigured));
        m_requests.push_back(prepared ? std::optional(std::move(*prepared)) : std::nullopt);
    }
}

void ProbeRunner::Lanes::makeIdle()
{
    for (auto lane = all.rbegin(); lane != all.rend(); ++lane)
        idle.push_back(&*lane);
}

void ProbeRunner::start()
{
    m_state.beginNs = http::steadyNs(); // for a run that is stopped before it begins
    m_cpuFromNs = processorNs();
    openLanes(&ProbeRunner::begin);
}

/// Cells of kept connections measure no connecting: it is done before the run, and after a pause, as servers close what
/// is idle. During a stall of the server a run would otherwise open connections by the dozen, and those beyond its
/// backlog wait a second for their second attempt. One that cannot be made is tried again by the first request that
/// needs it, which then says why not. Calls @p then when all is there.
void ProbeRunner::openLanes(void (ProbeRunner::*then)())
{
    const bool kept = std::any_of(m_setup.cells.begin(), m_setup.cells.end(),
                                  [](const RunCell &cell) { return isNetwork(cell.id.mode) && !cell.id.cold; });
    std::vector<http::HttpConnection *> missing;
    for (const Lane *lane : m_kept.idle) {
        if (kept && !lane->connection->isKept())
            missing.push_back(lane->connection.get());
    }
    m_whenOpened = then;
    m_opening = missing.size();
    for (http::HttpConnection *connection : missing) {
        connection->open([this](const http::Exchange &exchange) {
            if (!m_breach)
                m_breach = breachOf(exchange);
            --m_opening;
            whenOpened();
        });
    }
    if (missing.empty())
        whenOpened();
}

/// The same after a pause, in which connections of the local cells may have been closed as well.
void ProbeRunner::openAgain(void (ProbeRunner::*then)())
{
    const bool local = std::any_of(m_setup.cells.begin(), m_setup.cells.end(),
                                   [](const RunCell &cell) { return !isNetwork(cell.id.mode); });
    if (local) {
        m_freshening.emplace(m_poller);
        m_local->freshen([this, sender = m_mailbox.sender()] {
            sender.post([this] {
                m_freshening.reset();
                whenOpened();
            });
        });
    }
    openLanes(then);
}

void ProbeRunner::whenOpened()
{
    if (m_ending)
        endIfDone(http::steadyNs());
    else if (!isOpening())
        (this->*m_whenOpened)();
}

void ProbeRunner::begin()
{
    m_state.beginNs = http::steadyNs();
    m_cpuFromNs = processorNs();
    m_guard.emplace(m_setup.limits, m_state.beginNs);
    m_state.pausedFromNs = m_state.beginNs; // where that was wanted before
    m_arrivalsFromNs = m_state.beginNs;
    m_nextIntendedNs = m_arrivalsFromNs + m_arrivals.next();
    step();
}

bool ProbeRunner::isPastDuration(qint64 ns) const
{
    return m_setup.duration && m_measuringFromNs && ns > *m_measuringFromNs + m_setup.duration->count();
}

bool ProbeRunner::isNetworkOver(qint64 now) const
{
    return m_network.atEnd() || isPastDuration(m_setup.closed ? now : m_nextIntendedNs);
}

bool ProbeRunner::isLocalOver(qint64 now) const
{
    if (m_locals.atEnd())
        return true;
    if (m_kept.all.empty())
        return isPastDuration(now);
    // With network cells the local ones keep to the blocks that the network has begun.
    return isNetworkOver(now) && m_locals.peek().block > m_lastNetworkBlock;
}

void ProbeRunner::noteMeasuring(const Visit &visit, qint64 ns)
{
    if (visit.block >= m_setup.warmupBlocks && !m_measuringFromNs)
        m_measuringFromNs = ns;
    m_state.block = std::max(m_state.block, visit.block);
}

void ProbeRunner::step()
{
    stepAt(http::steadyNs());
}

void ProbeRunner::stepAt(qint64 now)
{
    if (m_ending)
        return;
    if (m_breach) {
        stopFor(m_guard->scopeBreach(*m_breach, now));
        return;
    }
    if (m_state.paused) {
        if (!m_pauseWanted && !isOpening()) {
            openAgain(&ProbeRunner::goOn); // comes back when they are there
            return;
        }
        const qint64 left = m_setup.mostPaused.count() - m_state.pausedNs(now);
        if (left <= 0) {
            finish(StopReason::Cancelled);
            return;
        }
        m_timer.startAt(now + left);
    } else if (now < m_state.guardPauseUntilNs) {
        m_timer.startAt(m_state.guardPauseUntilNs);
    } else if (m_resumes) {
        if (!isOpening())
            openAgain(&ProbeRunner::resumeSchedule);
        return; // comes back when they are there
    } else if (m_setup.closed) {
        stepClosed(now);
    } else {
        stepOpen(now);
    }
    endIfDone(now);
    report(now);
}

void ProbeRunner::queueDueVisits(qint64 now)
{
    while (!isNetworkOver(now) && m_nextIntendedNs <= now) {
        const Visit visit = m_network.take();
        noteMeasuring(visit, m_nextIntendedNs);
        m_lastNetworkBlock = visit.block;
        m_waiting.push_back({visit, m_nextIntendedNs});
        m_nextIntendedNs = m_arrivalsFromNs + m_arrivals.next();
    }
}

void ProbeRunner::stepOpen(qint64 now)
{
    queueDueVisits(now);
    // A queue that only grows is no latency of the deployment; it must not grow for ever either.
    if (m_waiting.size() > std::max(leastQueue, static_cast<std::size_t>(2 * m_setup.rate))) {
        finish(StopReason::Saturated);
        return;
    }
    while (!m_localBusy && !m_waiting.empty() && m_waiting.front().intendedNs <= now) {
        if (!send(m_waiting.front(), now))
            break;
        m_waiting.pop_front();
    }
    if (m_ending)
        return;
    startLocalIfQuiet(now);
    const bool localWaits = !m_localBusy && !isLocalOver(now) && m_nextLocalNs > now;
    if (!m_waiting.empty() && m_waiting.front().intendedNs > now)
        m_timer.startAt(m_waiting.front().intendedNs); // put off by a pause
    else if (!isNetworkOver(now))
        m_timer.startAt(localWaits ? std::min(m_nextIntendedNs, m_nextLocalNs) : m_nextIntendedNs);
    else if (localWaits)
        m_timer.startAt(m_nextLocalNs);
}

void ProbeRunner::startLocalIfQuiet(qint64 now)
{
    if (m_localBusy || m_state.inFlight > 0 || !m_waiting.empty() || isLocalOver(now) || now < m_nextLocalNs)
        return;
    if (!isNetworkOver(now)) {
        const bool ahead = !m_kept.all.empty() && m_locals.peek().block > std::max(0, m_lastNetworkBlock);
        const qint64 quiet = m_nextIntendedNs - now;
        if (ahead || quiet < std::max(leastQuietNs, 2 * m_longestLocalNs))
            return;
    }
    startLocal(m_locals.take());
}

void ProbeRunner::stepClosed(qint64 now)
{
    while (!isNetworkOver(now) && !m_localBusy && !m_ending) {
        const Visit visit = m_network.peek();
        const bool local = isLocal(visit.cell);
        const qint64 notBefore = local ? m_nextLocalNs : m_nextSendNs;
        if (local && m_state.inFlight > 0)
            return; // never while a network sample is in flight
        if (now < notBefore) {
            m_timer.startAt(notBefore);
            return;
        }
        if (local) {
            startLocal(m_network.take());
            return;
        }
        if (!send({visit, now}, now))
            return;
        noteMeasuring(m_network.take(), now);
        if (m_setup.limits.closedRate > 0)
            m_nextSendNs =
                now + static_cast<qint64>(static_cast<double>(second) / (m_pace * m_setup.limits.closedRate));
    }
}

void ProbeRunner::startLocal(const Visit &visit)
{
    const qint64 now = http::steadyNs();
    noteMeasuring(visit, now);
    if (m_setup.limits.localPerSecond > 0)
        m_nextLocalNs = now + static_cast<qint64>(static_cast<double>(second) / m_setup.limits.localPerSecond);
    m_localBusy.emplace(m_poller);
    m_local->measure(cellAt(visit.cell).id, [this, visit, sender = m_mailbox.sender()](const Sample &sample) {
        sender.post([this, visit, sample] { onLocalDone(visit, sample); });
    });
}

void ProbeRunner::onLocalDone(const Visit &visit, Sample sample)
{
    m_localBusy.reset();
    if (m_ending)
        return;
    m_longestLocalNs = std::max(m_longestLocalNs, sample.serviceNs());
    sample.cell = visit.cell;
    sample.block = visit.block;
    sample.warmup = visit.block < m_setup.warmupBlocks;
    keep(sample);
    step();
}

bool ProbeRunner::send(const Pending &pending, qint64 now)
{
    if (m_state.inFlight >= static_cast<int>(m_kept.all.size()))
        return false;
    const auto cell = static_cast<std::size_t>(pending.visit.cell);
    Lanes &lanes = m_setup.cells[cell].id.cold ? m_cold : m_kept;
    if (lanes.idle.empty())
        return false; // not while fewer are in flight than there are lanes of either kind
    if (const auto event = m_guard->beforeRequest(now)) {
        stopFor(*event);
        return false;
    }
    ++m_state.inFlight;
    Lane &lane = *lanes.idle.back();
    lanes.idle.pop_back();
    lane.pending = pending;
    auto handler = [this, &lane](const http::Exchange &exchange) { onExchange(lane, exchange); };
    if (m_requests[cell])
        lane.connection->send(*m_requests[cell], std::move(handler));
    else // says why it may not be sent
        lane.connection->send(m_setup.cells[cell].request, std::move(handler));
    return true;
}

void ProbeRunner::onExchange(Lane &lane, const http::Exchange &exchange)
{
    const Pending pending = lane.pending; // the lane is free from here on
    const bool cold = cellAt(pending.visit.cell).id.cold;
    (cold ? m_cold : m_kept).idle.push_back(&lane);
    --m_state.inFlight;
    if (cold)
        lane.connection->disconnectIdle();
    if (isFatal(exchange)) {
        m_state.error = exchange.error;
        finish(StopReason::Guard);
        return;
    }
    const RunCell &cell = cellAt(pending.visit.cell);
    Sample sample;
    sample.cell = pending.visit.cell;
    sample.block = pending.visit.block;
    sample.startNs = exchange.times.queuedNs;
    sample.intendedNs = m_setup.closed ? sample.startNs : pending.intendedNs;
    sample.endNs = exchange.times.endNs;
    sample.phases = phasesOf(exchange.times);
    sample.phases.server = serverTime(exchange, sample.phases.wait);
    sample.status = exchange.message.status;
    sample.bytes = exchange.message.bodyBytes;
    sample.reused = exchange.reused;
    sample.first = exchange.first;
    sample.warmup = pending.visit.block < m_setup.warmupBlocks;
    sample.setCookie = !http::headerValue(exchange.message.headers, "Set-Cookie").isEmpty();
    sample.outcome = cell.id.cookie == CookieState::Plan ? judge(cell.id.mode, cell.cookieSent, exchange)
                                                         : judgeStranger(cell.id.mode, exchange);
    if (sample.outcome == Outcome::AbortedByUser && m_state.stopReason != StopReason::Cancelled)
        sample.outcome = Outcome::AbortedByGuard;
    keep(sample);
    if (exchange.first && !exchange.error)
        noteServer(lane, exchange);
    if (m_ending) {
        endIfDone(sample.endNs);
        return;
    }
    if (const auto breach = breachOf(exchange))
        stopFor(m_guard->scopeBreach(*breach, sample.endNs));
    else if (sample.startNs < m_state.guardPauseUntilNs)
        step(); // it was under way when the pause began, and has had its consequence
    else if (const auto event = m_guard->afterSample(sample))
        pauseOrStop(*event, exchange, sample.endNs);
    else if (const auto slower = watchTime(cell.id.mode, sample))
        stopFor(*slower);
    else
        stepAt(sample.endNs);
}

std::optional<QString> ProbeRunner::breachOf(const http::Exchange &exchange) const
{
    return m_setup.limits.breakers ? m_scope->breachOf(exchange) : std::nullopt;
}

/// From the first answer on a connection: whoever answers the next ones is the same, and they are timed.
void ProbeRunner::noteServer(const Lane &lane, const http::Exchange &exchange)
{
    if (const auto &facts = lane.connection->tlsFacts())
        m_server.note(*facts);
    m_server.note(exchange.message.headers, *m_scope);
}

/// What a whole route or a static file takes tells how the deployment bears the run; a session call may be slow of
/// itself.
std::optional<GuardEvent> ProbeRunner::watchTime(ProbeMode mode, const Sample &sample)
{
    const bool watched = mode == ProbeMode::Route || mode == ProbeMode::Floor;
    if (!watched || sample.outcome != Outcome::Ok)
        return std::nullopt;
    return m_guard->afterTime(sample.cell, sample.serviceNs(), sample.endNs);
}

void ProbeRunner::keep(const Sample &sample)
{
    m_record.add(sample);
    ++m_state.samples;
    if (sample.outcome != Outcome::Ok)
        ++m_state.errors;
    if (m_setup.stopByInterval && !sample.warmup && sample.outcome == Outcome::Ok)
        m_times[static_cast<std::size_t>(sample.cell)].push_back(m_setup.closed ? sample.serviceNs()
                                                                                : sample.responseNs());
}

bool ProbeRunner::intervalsAreNarrow() const
{
    return std::all_of(m_times.begin(), m_times.end(), [](const std::vector<qint64> &times) {
        if (times.size() < static_cast<std::size_t>(leastBlocks))
            return false; // begun are more than are answered
        const auto interval = quantileInterval(times, 0.5);
        return interval && static_cast<double>(interval->hi) <= narrow * static_cast<double>(interval->lo);
    });
}

int ProbeRunner::foundWarmup() const
{
    if (!m_setup.findWarmup)
        return m_setup.warmupBlocks;
    std::vector<Sample> samples;
    m_record.copyNew(samples);
    const BlockLevels found = blockLevels(samples, m_setup.cellIds(true, true), 0);
    const std::size_t length = warmupLength(found.levels);
    return length == 0 ? m_setup.warmupBlocks : std::max(m_setup.warmupBlocks, found.blocks[length]);
}

/// At the end of the schedule: where more of its begin was warm-up than was set aside, as many blocks are added, so
/// that what was asked for is measured. Once, and only where the guards leave room.
bool ProbeRunner::extendForWarmup()
{
    if (!m_network.atEnd() || !m_locals.atEnd() || m_state.warmupBlocks != m_setup.warmupBlocks)
        return false;
    const int found = foundWarmup();
    const int more = found - m_setup.warmupBlocks;
    const auto requests = static_cast<qint64>(m_setup.cellIds(true, false).size()) * more;
    if (more <= 0 || requests > m_guard->remaining())
        return false;
    m_state.warmupBlocks = found;
    m_network.extend(more);
    m_locals.extend(more);
    // The next intended start was drawn while there was nothing to start.
    m_nextIntendedNs = std::max(m_nextIntendedNs, http::steadyNs());
    return true;
}

void ProbeRunner::stopFor(const GuardEvent &event)
{
    m_state.events.push_back(event);
    finish(StopReason::Guard);
}

void ProbeRunner::finish(StopReason reason)
{
    if (m_ending)
        return;
    m_ending = true;
    m_state.stopReason = reason;
    m_poller.setPatient(false);
    m_timer.stop();
    m_waiting.clear();
    for (const Lanes *lanes : {&m_kept, &m_cold}) {
        for (const Lane &lane : lanes->all) {
            if (lane.connection->isBusy())
                lane.connection->abort();
        }
    }
    if (m_localBusy || m_freshening)
        m_local->cancel();
    // Exchanges cut off report at the loop's next turn; a local call is not waited for: its thread ends it by itself.
    QTimer::singleShot(0, this, [this] { endIfDone(http::steadyNs()); });
}

void ProbeRunner::endIfDone(qint64 now)
{
    if (m_ending) {
        if (m_state.inFlight == 0 && m_opening == 0)
            publish();
        return;
    }
    if (stopRuleHolds()) {
        finish(StopReason::Interval); // what is under way is cut off and stands in no figure
        return;
    }
    const bool idle = m_state.inFlight == 0 && !m_localBusy && m_waiting.empty();
    if (!idle)
        return;
    const qint64 judged = m_state.paused ? m_state.pausedFromNs : now; // no time of the run passes in a pause
    if (isNetworkOver(judged) && isLocalOver(judged)) {
        if (extendForWarmup()) {
            step();
            return;
        }
        // A schedule that the duration cut short ends before that time is over: what was left undone tells.
        m_state.stopReason = m_network.atEnd() && m_locals.atEnd() ? StopReason::Samples : StopReason::Duration;
        if (m_state.stopReason == StopReason::Duration)
            m_state.warmupBlocks = foundWarmup(); // a time was asked for, no number: what was warm-up is left out
        m_ending = true;
        publish();
        return;
    }
}

/// Whether enough is known. Asked while exchanges are under way too: a closed run is never without one.
bool ProbeRunner::stopRuleHolds()
{
    const int done = m_state.block - m_setup.warmupBlocks;
    if (!m_setup.stopByInterval || done < leastBlocks || done < m_checkedBlock + checkEvery)
        return false;
    m_checkedBlock = done;
    return intervalsAreNarrow();
}

void ProbeRunner::report(qint64 now)
{
    // In a pause nothing follows that would tell how few are left in flight.
    const bool standsStill = m_state.paused || now < m_state.guardPauseUntilNs;
    if (m_published || (now - m_reportedNs < reportEveryNs && !standsStill))
        return;
    m_reportedNs = now;
    m_record.update(m_state);
}

void ProbeRunner::publish()
{
    if (m_published)
        return;
    m_published = true;
    m_timer.stop();
    m_state.endNs = http::steadyNs();
    if (m_state.paused && m_guard)
        notePause(m_state.endNs); // that the run ended in
    m_state.cpuNs = processorNs() - m_cpuFromNs;
    m_state.server = m_server;
    m_state.finished = true;
    m_record.update(m_state);
    Q_EMIT finished();
}

} // namespace rollcall::probe
