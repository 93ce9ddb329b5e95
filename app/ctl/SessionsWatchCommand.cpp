#include <algorithm>
#include <iterator>

#include "app/ctl/Commands.h"
#include "app/ctl/PersonalMask.h"
#include "app/ctl/SessionRecord.h"
#include "core/base/ErrorText.h"
#include "core/deployment/Watching.h"

namespace rollcall::ctl {

namespace {

using deployment::Deployment;
using deployment::Needs;
using std::chrono::milliseconds;
using store::ChangeKind;

constexpr milliseconds usualInterval{1'000};
constexpr milliseconds shortestInterval{50};
constexpr std::chrono::hours longestInterval{24};

/// The contract's word; empty for what it has none for.
QString eventName(ChangeKind kind)
{
    switch (kind) {
    case ChangeKind::SignedIn:
        return QStringLiteral("signed-in");
    case ChangeKind::Extended:
        return QStringLiteral("extended");
    case ChangeKind::Expired:
        return QStringLiteral("expired");
    case ChangeKind::Revoked:
        return QStringLiteral("revoked");
    case ChangeKind::Shortened:
        return {};
    }
    return {};
}

/// Which part is followed where not all live sessions are.
QString partText(const store::WatchScope &scope)
{
    if (scope.path == store::WatchPath::ByCreation)
        return QStringLiteral("no index on the expiry serves this, and the table is large: sign-ins are seen of all, "
                              "extensions and ends only of the %1 sessions that were made last.")
            .arg(scope.followed);
    return QStringLiteral("there are more live sessions than can be followed: sign-ins and extensions are seen of all, "
                          "the end only of the %1 that were made or extended last or expire next.")
        .arg(scope.followed);
}

/// Writes changes to standard output, a line each, and what people should know of the watching to standard error.
class WatchPrinter final : public store::WatchObserver
{
public:
    WatchPrinter(OutputWriter &output, const PersonalMask &mask, bool isRedis)
        : m_output(output), m_mask(mask), m_isRedis(isRedis)
    {}

    base::Status watching(const store::WatchScope &scope, base::Instant at) override
    {
        if (m_lost)
            m_output.warn(QStringLiteral("the database answers again: watching goes on."));
        m_lost = false;
        const bool isFirst = std::exchange(m_watching, true) == false;
        if (isFirst && scope.path == store::WatchPath::WholeTable) {
            m_output.warn(m_isRedis
                              ? QStringLiteral("Redis has no index over sessions: each look goes through all keys, "
                                               "at most a tenth of the time.")
                              : QStringLiteral("no index on the expiry serves this: each look reads the whole "
                                               "table, at most a tenth of the time."));
        }
        if (!scope.complete && std::exchange(m_saidPart, true) == false)
            m_output.warn(partText(scope));
        if (scope.cutShort)
            m_output.warn(QStringLiteral("more was written at once than one look reads: some changes were not seen."));
        if (!isFirst)
            return {};
        JsonRecord record;
        record.add(QStringLiteral("event"), QStringLiteral("watching"))
            .add(QStringLiteral("at"), base::toIso(at))
            .add(QStringLiteral("followed"), scope.followed)
            .add(QStringLiteral("complete"), scope.complete)
            .add(QStringLiteral("indexed"), scope.path != store::WatchPath::WholeTable)
            .add(QStringLiteral("channel"), orNull(scope.channel));
        return m_output.line(record);
    }

    base::Status changed(std::span<const store::SessionChange> changes) override
    {
        for (const store::SessionChange &change : changes) {
            const QString name = eventName(change.kind);
            if (name.isEmpty())
                continue;
            JsonRecord record;
            record.add(QStringLiteral("event"), name).add(QStringLiteral("at"), base::toIso(change.at));
            if (!change.certain)
                record.add(QStringLiteral("or"), eventName(ChangeKind::Extended));
            record.add(QStringLiteral("session"), recordOf(m_mask.shown(change.session)));
            if (auto written = m_output.line(record); !written)
                return written;
        }
        return {};
    }

    base::Status lost(const base::Error &error, milliseconds retryIn) override
    {
        m_lost = true;
        m_output.warn(
            QStringLiteral("%1 Trying again in %2 s.")
                .arg(base::oneLine(error), QString::number(static_cast<double>(retryIn.count()) / 1000.0, 'f', 1)));
        return {};
    }

private:
    OutputWriter &m_output;
    PersonalMask m_mask;
    bool m_isRedis;
    bool m_watching = false;
    bool m_lost = false;
    bool m_saidPart = false;
};

class SessionsWatchCommand final : public Command
{
public:
    CommandSpec spec() const override
    {
        std::vector<Flag> flags{
            {QStringLiteral("interval"), QStringLiteral("DURATION"),
             QStringLiteral("from look to look (1s); a trigger that notifies is followed at once")}};
        std::ranges::copy(revealPersonalFlags(true), std::back_inserter(flags));
        return {{QStringLiteral("sessions"), QStringLiteral("watch")},
                {},
                false,
                QStringLiteral("follow who signs in and whose session ends, until Ctrl-C"),
                std::move(flags),
                {}};
    }

    Outcome run(Context &context) const override
    {
        const QString flag = QStringLiteral("interval");
        const auto given = context.arguments().duration(flag, usualInterval);
        if (!given)
            return Outcome::failed(given.error());
        const auto interval = std::chrono::duration_cast<milliseconds>(*given);
        if (interval < shortestInterval || interval > longestInterval)
            return Outcome::failed(usageError(flag, QStringLiteral("wants a time from 50ms to 24h")));
        auto config = context.connection();
        if (!config)
            return Outcome::failed(config.error());
        const auto deployment =
            Deployment::open(std::move(*config), Needs{true, false}, context.clock(), context.callFor(2));
        if (!deployment)
            return Outcome::failed(deployment.error());

        store::SessionWatcher watcher(deployment::watchSources(*deployment),
                                      deployment::watchOptions(**deployment, interval), context.clock());
        const auto mask = PersonalMask::from(context, (*deployment)->config());
        if (!mask)
            return Outcome::failed(mask.error());
        WatchPrinter printer(context.output(), *mask, (*deployment)->config().database->redis.has_value());
        if (const auto ended = watcher.run(printer, context.stop()); !ended)
            return Outcome::failed(ended.error());
        return {}; // Ctrl-C is how it ends: no failure
    }
};

} // namespace

std::unique_ptr<const Command> makeSessionsWatch()
{
    return std::make_unique<SessionsWatchCommand>();
}

} // namespace rollcall::ctl
