#include "tests/integration/readonly/EntryPoints.h"

#include <array>

#include "core/deployment/Watching.h"
#include "core/findings/Findings.h"
#include "core/probe/CanarySession.h"
#include "core/revoke/BlastRadius.h"
#include "core/revoke/CachedCopies.h"
#include "core/revoke/NotBeforeRule.h"
#include "core/revoke/PlanCheck.h"
#include "core/revoke/Pruner.h"
#include "core/revoke/RestorePreview.h"
#include "core/revoke/ResurrectionWatch.h"
#include "core/store/ExpiredRows.h"
#include "core/store/KeptRows.h"
#include "core/store/StoreInspector.h"
#include "core/store/UserDirectory.h"

namespace rollcall::test {

using base::Call;
using base::Error;
using base::ErrorCode;
using base::Status;

namespace {

const QByteArray token = "5e551000-0000-4000-8000-000000000001";

Call soon()
{
    return Call::within(std::chrono::seconds(20));
}

/// A Result without its value.
template <typename T>
Status statusOf(const base::Result<T> &result)
{
    return result ? Status() : base::fail(result.error());
}

/// A reading one over SQL in which all of @p calls must go well.
template <typename... Calls>
Status all(Calls &&...calls)
{
    Status status;
    static_cast<void>(((status = calls(), status.has_value()) && ...));
    return status;
}

store::SessionQuery everything()
{
    store::SessionQuery query;
    query.state = store::StateFilter::All;
    return query;
}

store::RowKey keyOf(const ReadingWorld &world)
{
    auto rows = world.store.planRows(everything(), 1000, world.clock.now(), soon());
    return rows && !rows->empty() ? rows->front().key.clone() : store::RowKey();
}

/// Ends a watch as soon as its first look is done.
class OneLook final : public store::WatchObserver
{
public:
    explicit OneLook(std::stop_source &stop) : m_stop(stop) {}
    Status watching(const store::WatchScope &, base::Instant) override
    {
        m_stop.request_stop();
        return {};
    }
    Status changed(std::span<const store::SessionChange>) override { return {}; }
    Status lost(const Error &error, std::chrono::milliseconds) override { return base::fail(error); }

private:
    std::stop_source &m_stop;
};

Status watched(const ReadingWorld &world)
{
    std::stop_source stop;
    OneLook observer(stop);
    store::SessionWatcher watcher(deployment::watchSources(world.deployment),
                                  deployment::watchOptions(*world.deployment, std::chrono::milliseconds(50)),
                                  world.clock);
    return watcher.run(observer, stop.get_token());
}

Status pages(const ReadingWorld &world)
{
    for (const auto state :
         {store::StateFilter::Live, store::StateFilter::Expired, store::StateFilter::Orphan, store::StateFilter::All}) {
        for (const auto order : {store::SessionOrder::Expires, store::SessionOrder::User}) {
            store::SessionQuery query;
            query.state = state;
            query.order = order;
            query.limit = 3;
            std::optional<QByteArray> cursor;
            do {
                auto page = world.store.page(query, cursor, world.clock.now(), soon());
                if (!page)
                    return base::fail(page.error());
                cursor = page->next;
            } while (cursor);
        }
    }
    store::SessionQuery narrow = everything();
    narrow.user = QStringLiteral("ada@example.com");
    narrow.provider = QStringLiteral("google");
    narrow.search = QStringLiteral("a%_");
    return statusOf(world.store.page(narrow, std::nullopt, world.clock.now(), soon()));
}

Status inspected(const ReadingWorld &world)
{
    store::StoreInspector &inspector = *world.store.inspector();
    const std::array edges{world.clock.now()};
    for (const auto column : {store::LookupColumn::Token, store::LookupColumn::User, store::LookupColumn::Expires}) {
        if (const auto plan = inspector.plan(column, soon()); !plan)
            return base::fail(plan.error());
    }
    return all([&] { return statusOf(inspector.size(soon())); }, [&] { return statusOf(inspector.rights(soon())); },
               [&] { return statusOf(inspector.expiries(edges, soon())); },
               [&] { return statusOf(inspector.estimatedExpiries(edges, soon())); },
               [&] { return statusOf(inspector.duplicates(soon())); },
               [&] { return statusOf(inspector.isZoneless(soon())); });
}

Status drifted(const ReadingWorld &world)
{
    std::vector<revoke::CachedCopy> copies(2);
    copies[0].token = base::SecretBytes(token);
    copies[0].fingerprint = copies[0].token.fingerprint();
    copies[1].fingerprint = base::Fingerprint::of("nobody's");
    return statusOf(revoke::driftOf(copies, world.store, world.clock.now(), soon()));
}

/// A session that has long expired, resolved: the libraries delete such a row.
Status resolved(const ReadingWorld &world, engine::Effects effects)
{
    auto rows = world.store.planRows(
        [] {
            store::SessionQuery query;
            query.state = store::StateFilter::Expired;
            return query;
        }(),
        1000, world.clock.now(), soon());
    if (!rows || rows->empty())
        return base::fail(rows ? Error(ErrorCode::Internal) : rows.error());
    auto resolver = world.deployment->makeResolver(engine::Mode::Local, &world.store, effects, std::chrono::minutes(1));
    if (!resolver)
        return base::fail(resolver.error());
    const base::SecretBytes cookie = engine::cookieHeaderFor(*world.deployment->auth(), rows->front().key.token);
    const session::Resolution resolution = (*resolver)->resolve(cookie.view(), soon());
    return resolution.session ? base::fail(Error(ErrorCode::Internal)) : Status();
}

base::Result<std::unique_ptr<revoke::RuleStore>> ruleStore(const ReadingWorld &world)
{
    return revoke::openRuleStore(world.config, store::Access::ReadOnly, soon());
}

base::Result<revoke::RevocationPlan> plan(const ReadingWorld &world)
{
    revoke::Selection selection;
    selection.query = everything();
    return revoke::freezePlan(*world.deployment, world.store, std::move(selection), 1000, soon());
}

base::Result<revoke::PrunePlan> prunePlan(const ReadingWorld &world)
{
    return revoke::planPrune({}, *world.deployment, world.store, 1000, soon());
}

/// What an act answers that was begun and then refused.
template <typename Report>
Status endOf(const base::Result<Report> &report)
{
    if (!report)
        return base::fail(report.error());
    return report->error ? base::fail(*report->error) : Status();
}

} // namespace

std::vector<EntryPoint> readingEntryPoints()
{
    using W = const ReadingWorld &;
    return {
        {"probeDatabase",
         [](W w) { return statusOf(store::probeDatabase(*w.config.database, w.config.storeOptions, soon())); }},
        {"detectSchema",
         [](W w) { return statusOf(store::detectSchema(*w.config.database, w.config.storeOptions, soon())); }},
        {"readTables",
         [](W w) { return statusOf(store::readTables(*w.config.database, w.config.storeOptions, soon())); }, true},
        {"checkConnection",
         [](W w) -> Status {
             const auto check = deployment::checkConnection(w.config, w.clock, soon());
             return check.databaseError ? base::fail(*check.databaseError) : Status();
         }},
        {"Deployment::open",
         [](W w) {
             return statusOf(deployment::Deployment::open(w.config.clone(), {true, false}, w.clock, soon()));
         }},
        {"openStore", [](W w) { return statusOf(w.deployment->openStore(store::Access::ReadOnly, soon())); }},
        {"page", pages},
        {"stats", [](W w) { return statusOf(w.store.stats(w.clock.now(), soon())); }},
        {"count", [](W w) { return statusOf(w.store.count(everything(), w.clock.now(), soon())); }},
        {"estimatedStats", [](W w) { return statusOf(w.store.estimatedStats(w.clock.now(), soon())); }, true},
        {"estimatedCount", [](W w) { return statusOf(w.store.estimatedCount({}, w.clock.now(), soon())); }, true},
        {"planRows", [](W w) { return statusOf(w.store.planRows(everything(), 1000, w.clock.now(), soon())); }},
        {"findRows",
         [](W w) {
             QStringList unmatched;
             const std::array names{base::Fingerprint::of(token).text(), QStringLiteral("1")};
             return statusOf(w.store.findRows(names, unmatched, w.clock.now(), soon()));
         }},
        {"rowsOfTokens",
         [](W w) -> Status {
             const auto rows = w.store.planRows(everything(), 1000, w.clock.now(), soon());
             return rows ? statusOf(w.store.rowsOfTokens(*rows, 1, w.clock.now(), soon())) : base::fail(rows.error());
         }},
        {"lookup", [](W w) { return statusOf(w.store.lookup(token, soon())); }},
        {"lookupMany",
         [](W w) {
             const std::array<QByteArrayView, 2> tokens{token, "nobody's"};
             return statusOf(w.store.lookupMany(tokens, soon()));
         }},
        {"wholeRows",
         [](W w) {
             const std::array<QByteArrayView, 1> tokens{token};
             return statusOf(w.store.wholeRows(tokens, soon()));
         }},
        {"stillThere",
         [](W w) {
             std::vector<store::RowKey> keys;
             keys.push_back(keyOf(w));
             return statusOf(w.store.stillThere(keys, soon()));
         }},
        {"serverTime", [](W w) { return statusOf(w.store.serverTime(soon())); }},
        {"StoreInspector", inspected, true},
        {"UserDirectory::usersPage",
         [](W w) { return statusOf(w.store.users()->usersPage({}, std::nullopt, w.clock.now(), soon())); }},
        {"UserDirectory::canaries", [](W w) { return statusOf(w.store.users()->canaries(soon())); }},
        {"UserDirectory::usersAlike",
         [](W w) { return statusOf(w.store.users()->usersAlike(QStringLiteral("Ada@Example.com "), soon())); }},
        {"UserDirectory::userCount", [](W w) { return statusOf(w.store.users()->userCount(soon())); }},
        {"blastRadiusOf",
         [](W w) -> Status {
             const revoke::BlastRadius radius = revoke::blastRadiusOf(*w.deployment, soon());
             return radius.users
                        ? Status()
                        : base::fail(
                              base::Error(base::ErrorCode::Internal).with(base::ErrorParam::Detail, radius.whyNot));
         },
         true},
        {"previewRestore",
         [](W w) -> Status {
             const auto entries = w.log.list(0, 100);
             if (!entries)
                 return base::fail(entries.error());
             const auto plan = revoke::planRestore(entries->front().operation, *w.deployment, w.log, w.place, soon());
             return plan ? statusOf(revoke::previewRestore(*plan, w.store, w.place, soon())) : base::fail(plan.error());
         },
         true},
        {"checkPlan",
         [](W w) -> Status {
             auto frozen = plan(w);
             return frozen ? statusOf(revoke::checkPlan(*frozen, w.store, w.clock.now(), soon()))
                           : base::fail(frozen.error());
         }},
        {"KeptRows::canKeep", [](W w) { return w.store.keptRows()->canKeep(soon()); }, true},
        {"ExpiredRows::count", [](W w) { return statusOf(w.store.expiredRows()->count(w.clock.now(), soon())); }, true},
        {"ExpiredRows::replicaLag", [](W w) { return statusOf(w.store.expiredRows()->replicaLag(soon())); }, true},
        {"SessionWatcher", watched},
        {"freezePlan", [](W w) { return statusOf(plan(w)); }},
        {"planRestore",
         [](W w) {
             const auto entries = w.log.list(0, 100);
             return entries ? statusOf(revoke::planRestore(entries->front().operation, *w.deployment, w.log, w.place,
                                                           soon()))
                            : base::fail(entries.error());
         },
         true},
        {"ResurrectionWatch::look",
         [](W w) -> Status {
             const auto frozen = plan(w);
             if (!frozen)
                 return base::fail(frozen.error());
             revoke::RevocationReport report;
             for (const store::PlannedRow &row : frozen->rows) {
                 revoke::RowReport &revoked = report.rows.emplace_back();
                 revoked.fingerprint = row.key.fingerprint;
                 revoked.outcome = revoke::RowOutcome::Revoked;
             }
             // Nobody revoked them: all are there, and each would be told as one that came back.
             audit::AuditLog unused(w.place.folder + QStringLiteral("/watch"), w.place.vault, w.clock);
             revoke::ResurrectionWatch watch(*frozen, report, {}, *w.deployment, unused);
             return statusOf(watch.look(w.store, soon()));
         }},
        {"planPrune", [](W w) { return statusOf(prunePlan(w)); }, true},
        {"driftOf", drifted},
        {"RuleStore::rules",
         [](W w) {
             const auto rules = ruleStore(w);
             return rules ? statusOf((*rules)->rules(soon())) : base::fail(rules.error());
         }},
        {"RuleStore::statements",
         [](W w) {
             const auto rules = ruleStore(w);
             return rules ? statusOf((*rules)->statements(soon())) : base::fail(rules.error());
         }},
        {"survey, exact",
         [](W w) { return statusOf(findings::survey(*w.deployment, w.store, findings::Depth::Exact, soon())); }},
        {"survey, estimates",
         [](W w) { return statusOf(findings::survey(*w.deployment, w.store, findings::Depth::Estimates, soon())); },
         true},
        {"Resolver, observe", [](W w) { return resolved(w, engine::Effects::Observe); }},
    };
}

std::vector<EntryPoint> writingEntryPoints()
{
    using W = const ReadingWorld &;
    return {
        {"deleteRows",
         [](W w) {
             std::vector<store::RowKey> keys;
             keys.push_back(keyOf(w));
             return statusOf(w.store.deleteRows(keys, soon()));
         }},
        {"insertCanary",
         [](W w) {
             return statusOf(
                 w.store.insertCanary({base::SecretBytes(token), w.clock.now() + std::chrono::minutes(1)}, soon()));
         }},
        {"removeCanary",
         [](W w) {
             return w.store.removeCanary({base::SecretBytes(token), QStringLiteral("1")}, soon());
         }},
        {"extend", [](W w) { return w.store.extend(token, w.clock.now() + std::chrono::hours(1), soon()); }},
        {"deleteExpired", [](W w) { return w.store.deleteExpired(token, w.clock.now(), soon()); }},
        {"KeptRows::deleteRows",
         [](W w) {
             std::vector<store::RowKey> keys;
             keys.push_back(keyOf(w));
             return statusOf(w.store.keptRows()->deleteRows(
                 keys, [](std::span<store::KeptRow>) { return Status(); }, soon()));
         },
         true},
        {"KeptRows::restoreRows",
         [](W w) {
             std::vector<store::KeptRow> rows(1);
             rows[0].key = keyOf(w);
             rows[0].cells.push_back({QStringLiteral("sessionToken"), false, base::SecretBytes(QByteArrayView("new"))});
             return statusOf(w.store.keptRows()->restoreRows(rows, soon()));
         },
         true},
        {"ExpiredRows::prune",
         [](W w) {
             return statusOf(w.store.expiredRows()->prune(
                 {}, w.clock.now(), 100, [](const store::PruneStep &) { return Status(); }, soon()));
         },
         true},
        {"RuleStore::set",
         [](W w) {
             const auto rules = ruleStore(w);
             return rules ? (*rules)->set({std::nullopt, w.clock.now(), w.clock.now()}, soon())
                          : base::fail(rules.error());
         }},
        {"RuleStore::remove",
         [](W w) {
             const auto rules = ruleStore(w);
             return rules ? (*rules)->remove(QStringLiteral("1"), soon()) : base::fail(rules.error());
         }},
        {"CanarySession::make",
         [](W w) {
             return statusOf(probe::CanarySession::make(*w.deployment, &w.log, false, std::chrono::minutes(1), soon()));
         }},
        {"carryOut, a revocation",
         [](W w) -> Status {
             const auto frozen = plan(w);
             return frozen ? endOf(revoke::carryOut(*frozen, {}, *w.deployment, w.store, w.log, w.place, soon()))
                           : base::fail(frozen.error());
         }},
        {"carryOut, a revocation without undo",
         [](W w) -> Status {
             const auto frozen = plan(w);
             revoke::RevocationOptions options;
             options.undoFor = std::chrono::milliseconds(0);
             return frozen ? endOf(revoke::carryOut(*frozen, options, *w.deployment, w.store, w.log, w.place, soon()))
                           : base::fail(frozen.error());
         }},
        {"carryOut, a prune",
         [](W w) -> Status {
             const auto frozen = prunePlan(w);
             return frozen ? endOf(revoke::carryOut(*frozen, *w.deployment, w.store, w.log, w.place, soon()))
                           : base::fail(frozen.error());
         },
         true},
        // The libraries' own writes, wanted and not allowed: the answer comes all the same, the row stays.
        {"Resolver, apply",
         [](W w) -> Status {
             const auto done = resolved(w, engine::Effects::Apply);
             return done ? base::fail(Error(ErrorCode::WriteRefused)) : done;
         }},
    };
}

} // namespace rollcall::test
