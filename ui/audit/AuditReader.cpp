#include "ui/audit/AuditReader.h"

#include <algorithm>

namespace rollcall::audit {

namespace {

/// The vault may have to be unlocked first, and after the check the newest entries are read in much less. The check
/// itself takes what it takes.
constexpr std::chrono::seconds budget{15};
constexpr int pageSize = 2'000;
/// How much is read at most beyond a break, from where on the check cannot say how long the log is.
constexpr int mostPages = 8;

using Entries = std::vector<AuditEntry>;

void keepNewest(Entries &entries)
{
    const auto most = static_cast<std::size_t>(AuditReader::mostShown);
    if (entries.size() > most)
        entries.erase(entries.begin(), entries.end() - AuditReader::mostShown);
}

/// The entries up to the break: what comes there is no entry at all.
base::Status readUpToBreak(const AuditLog &log, qint64 after, AuditReading &reading)
{
    const qint64 good = reading.state.entries - after;
    auto entries = log.list(after, static_cast<int>(std::max<qint64>(good, 0)));
    if (!entries)
        return base::fail(entries.error());
    reading.entries = std::move(*entries);
    return {};
}

base::Status readNewest(const AuditLog &log, const base::Call &call, AuditReading &reading)
{
    const qint64 first = std::max<qint64>(0, reading.state.entries - AuditReader::mostShown);
    qint64 after = first;
    for (int page = 0; page < mostPages; ++page) {
        if (const auto allowed = call.check(QStringLiteral("The audit log")); !allowed)
            return allowed;
        auto entries = log.list(after, pageSize);
        if (!entries) {
            if (entries.error().code != base::ErrorCode::FileFormatInvalid || !reading.state.brokenAt)
                return base::fail(entries.error());
            reading.unreadable = entries.error();
            return readUpToBreak(log, first, reading);
        }
        const bool full = entries->size() == static_cast<std::size_t>(pageSize);
        // Numbers of a log that was tampered with need not grow; going on from a smaller one would not end.
        const bool further = full && entries->back().seq > after;
        if (further)
            after = entries->back().seq;
        std::ranges::move(*entries, std::back_inserter(reading.entries));
        keepNewest(reading.entries);
        if (!further)
            return {};
    }
    reading.laterLeftOut = true;
    return {};
}

base::Result<AuditReading> readLog(const AuditLog &log, const base::Call &call)
{
    const auto begin = std::chrono::steady_clock::now();
    AuditReading reading;
    auto state = log.verify(call);
    if (!state)
        return base::fail(state.error());
    reading.state = *state;
    reading.isSound = state->ok && state->sealed;
    reading.took = std::chrono::steady_clock::now() - begin;
    // The check may have used all its time up: what it found is worth showing none the less.
    if (const auto status = readNewest(log, base::Call::within(budget, call.stop), reading); !status)
        return base::fail(status.error());
    std::ranges::reverse(reading.entries);
    return reading;
}

} // namespace

AuditReader::AuditReader(const AuditLog &log, QObject *parent) : QObject(parent), m_log(log), m_worker("rc-audit") {}

AuditReader::~AuditReader()
{
    m_stop.request_stop();
}

void AuditReader::read()
{
    cancel();
    m_stop = std::stop_source();
    const quint64 generation = m_generation;
    const auto submitted = m_worker.submit([this, generation, &log = m_log, stop = m_stop.get_token(),
                                            sender = m_mailbox.sender()](const std::stop_token &) {
        auto reading = readLog(log, base::Call::within(budget, stop));
        sender.post([this, generation, reading = std::move(reading)] {
            if (generation != m_generation)
                return;
            if (reading)
                Q_EMIT ready(*reading);
            else
                Q_EMIT failed(reading.error());
        });
    });
    if (!submitted)
        Q_EMIT failed(submitted.error());
}

void AuditReader::cancel()
{
    m_stop.request_stop();
    ++m_generation;
}

} // namespace rollcall::audit
