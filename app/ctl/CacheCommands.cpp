#include <QSet>

#include <algorithm>

#include "app/ctl/Commands.h"
#include "app/ctl/Confirmation.h"
#include "core/deployment/Deployment.h"
#include "core/redis/ReadOnlyChannel.h"
#include "core/revoke/CachedCopies.h"
#include "core/revoke/CopyRules.h"
#include "core/revoke/RecordedActs.h"

namespace rollcall::ctl {

namespace {

using deployment::ConnectionConfig;
using deployment::Deployment;
using deployment::Needs;
using revoke::CachedCopy;
using revoke::CopyList;
using revoke::Drift;

/// A connection whose cache may be spoken to. Errors: those of Context::connection(), PartNotGiven, those of
/// ConnectionConfig::checkCache().
base::Result<ConnectionConfig> configWithCache(Context &context)
{
    auto config = context.connection();
    if (!config)
        return config;
    if (!config->cache && !config->cacheError)
        return base::fail(base::Error(base::ErrorCode::PartNotGiven)
                              .with(base::ErrorParam::Part, QStringLiteral("cache"))
                              .with(base::ErrorParam::Flag, QStringLiteral("--cache")));
    if (auto usable = config->checkCache(); !usable)
        return base::fail(std::move(usable.error()));
    return config;
}

std::unique_ptr<redis::RedisChannel> channelTo(const ConnectionConfig &config)
{
    return redis::makeChannel(config.cache->clone(), config.httpOptions);
}

/// Reads the copies over a channel that knows no writing command.
base::Result<CopyList> readCopies(Context &context, const ConnectionConfig &config)
{
    const auto channel = channelTo(config);
    redis::ReadOnlyChannel readOnly(*channel);
    const auto patterns = revoke::lookedForPatterns(config);
    auto list =
        revoke::listCopies(readOnly, patterns, context.clock().now(), config.storeOptions.scanPace, context.call());
    if (list && !list->complete)
        context.output().warn(
            QStringLiteral("not all keys were looked through: there are very many, or the time was over (--timeout)."));
    return list;
}

/// How each copy stands to its row. Errors: those of Deployment::open(), openStore() and driftOf().
base::Result<std::vector<Drift>> readDrifts(Context &context, const ConnectionConfig &config,
                                            const std::vector<CachedCopy> &copies)
{
    const auto deployment = Deployment::open(config.clone(), Needs{true, false}, context.clock(), context.callFor(2));
    if (!deployment)
        return base::fail(deployment.error());
    const auto store = (*deployment)->openStore(store::Access::ReadOnly, context.call());
    if (!store)
        return base::fail(store.error());
    if (std::ranges::any_of(copies, [](const CachedCopy &copy) { return copy.token.isEmpty(); }))
        context.output().warn(QStringLiteral("finding rows by their tokens' digests reads the whole table."));
    return revoke::driftOf(copies, **store, context.clock().now(), context.call());
}

/// The cache of the connection that is asked for, and what is in it.
struct LookedThrough
{
    ConnectionConfig config;
    CopyList list;
};

/// Errors: those of configWithCache() and readCopies().
base::Result<LookedThrough> lookThrough(Context &context)
{
    auto config = configWithCache(context);
    if (!config)
        return base::fail(std::move(config.error()));
    auto list = readCopies(context, *config);
    if (!list)
        return base::fail(std::move(list.error()));
    return LookedThrough{std::move(*config), std::move(*list)};
}

JsonRecord recordOf(const CachedCopy &copy)
{
    JsonRecord record;
    const auto left = copy.timeLeft;
    record.add(QStringLiteral("fingerprint"), copy.fingerprint.text())
        .add(QStringLiteral("ttlSeconds"),
             left ? QJsonValue(qint64{std::chrono::ceil<std::chrono::seconds>(*left).count()}) : QJsonValue())
        .add(QStringLiteral("bytes"), copy.bytes)
        .add(QStringLiteral("state"), revoke::copyStateName(copy.state))
        .add(QStringLiteral("keys"), copy.pattern);
    return record;
}

Answer emptyAnswer(bool withDrift)
{
    Answer answer;
    answer.list.emplace();
    answer.list->key = QStringLiteral("keys");
    answer.list->columns = {QStringLiteral("fingerprint"), QStringLiteral("ttlSeconds"), QStringLiteral("bytes"),
                            QStringLiteral("state"), QStringLiteral("keys")};
    if (withDrift)
        answer.list->columns << QStringLiteral("drift");
    return answer;
}

class CacheListCommand final : public Command
{
public:
    CommandSpec spec() const override
    {
        return {{QStringLiteral("cache"), QStringLiteral("list")},
                {},
                false,
                QStringLiteral("keys of the cache that hold sessions: Rollcall's, and those of --cache-keys"),
                {},
                {}};
    }

    Outcome run(Context &context) const override
    {
        const auto looked = lookThrough(context);
        if (!looked)
            return Outcome::failed(looked.error());
        Answer answer = emptyAnswer(false);
        for (const CachedCopy &copy : looked->list.copies)
            answer.list->elements.push_back(recordOf(copy));
        answer.members.add(QStringLiteral("complete"), looked->list.complete);
        return Outcome::done(std::move(answer));
    }
};

class CacheDriftCommand final : public Command
{
public:
    CommandSpec spec() const override
    {
        return {{QStringLiteral("cache"), QStringLiteral("drift")},
                {},
                false,
                QStringLiteral("cached sessions whose row is gone, has expired or says something else"),
                {},
                {}};
    }

    Outcome run(Context &context) const override
    {
        const auto looked = lookThrough(context);
        if (!looked)
            return Outcome::failed(looked.error());
        const std::vector<CachedCopy> &copies = looked->list.copies;
        const auto drifts = readDrifts(context, looked->config, copies);
        if (!drifts)
            return Outcome::failed(drifts.error());
        Answer answer = emptyAnswer(true);
        for (std::size_t i = 0; i < copies.size(); ++i) {
            if ((*drifts)[i] == Drift::None)
                continue;
            answer.list->elements.push_back(
                recordOf(copies[i]).add(QStringLiteral("drift"), revoke::driftName((*drifts)[i])));
        }
        answer.members.add(QStringLiteral("complete"), looked->list.complete);
        return Outcome::done(std::move(answer));
    }
};

class CachePurgeCommand final : public Command
{
public:
    CommandSpec spec() const override
    {
        std::vector<Flag> flags{
            {QStringLiteral("fingerprint"), QStringLiteral("FINGERPRINT"), QStringLiteral("of this session"), true},
            {QStringLiteral("user"), QStringLiteral("ID|EMAIL"), QStringLiteral("of this user's sessions")},
            {QStringLiteral("drifted"), {}, QStringLiteral("of sessions whose row is gone, expired or differs")},
            {QStringLiteral("all"), {}, QStringLiteral("every cached session")},
            {QStringLiteral("reason"), QStringLiteral("TEXT"), QStringLiteral("why, for the audit log")},
        };
        const std::vector<Flag> consent = writeFlags();
        flags.insert(flags.end(), consent.begin(), consent.end());
        return {{QStringLiteral("cache"), QStringLiteral("purge")},
                {},
                false,
                QStringLiteral("remove cached sessions; the rows stay as they are"),
                std::move(flags),
                {{QStringLiteral("fingerprint"), QStringLiteral("user"), QStringLiteral("drifted"),
                  QStringLiteral("all")}}};
    }

    Outcome run(Context &context) const override
    {
        if (const auto status = checkSelection(context); !status)
            return Outcome::failed(status.error());
        const auto config = configWithCache(context);
        if (!config)
            return Outcome::failed(config.error());
        if (const auto status = checkConsentPossible(context, config->profile); !status)
            return Outcome::failed(status.error());
        const bool wholesale =
            context.arguments().has(QStringLiteral("all")) || context.arguments().has(QStringLiteral("drifted"));
        if (const QString why = revoke::whyNotCopies(*config, wholesale); !why.isEmpty())
            return Outcome::failed(base::Error(base::ErrorCode::WriteRefused).with(base::ErrorParam::Detail, why));
        auto list = readCopies(context, *config);
        if (!list)
            return Outcome::failed(list.error());
        if (const auto chosen = choose(context, *config, list->copies); !chosen)
            return Outcome::failed(chosen.error());
        if (list->copies.empty() && list->complete) {
            Answer nothing;
            nothing.members.add(QStringLiteral("purged"), 0)
                .add(QStringLiteral("auditId"), QJsonValue::Null)
                .add(QStringLiteral("complete"), true);
            return Outcome::done(std::move(nothing));
        }
        if (const auto status = askConsent(context, config->profile,
                                           QStringLiteral("Remove %1 cached sessions from the cache of %2?")
                                               .arg(list->copies.size())
                                               .arg(config->displayName()));
            !status)
            return Outcome::failed(status.error());
        return purge(context, *config, *list);
    }

private:
    static base::Status checkSelection(const Context &context)
    {
        if (auto status = checkWriteFlags(context); !status)
            return status;
        const Arguments &arguments = context.arguments();
        for (const char *flag : {"fingerprint", "user", "drifted", "all"}) {
            if (!arguments.has(QLatin1StringView(flag)))
                continue;
            const QStringList names = arguments.values(QStringLiteral("fingerprint"));
            for (const QString &name : names) {
                if (base::Fingerprint::fromText(name).isEmpty())
                    return base::fail(
                        usageError(QStringLiteral("--fingerprint"), QStringLiteral("wants 16 hexadecimal digits")));
            }
            return {};
        }
        return base::fail(usageError({}, QStringLiteral("Which cached sessions? Give --fingerprint, --user, --drifted "
                                                        "or --all.")));
    }

    /// Leaves of @p copies those that the flags ask for.
    static base::Status choose(Context &context, const ConnectionConfig &config, std::vector<CachedCopy> &copies)
    {
        const Arguments &arguments = context.arguments();
        if (arguments.has(QStringLiteral("drifted"))) {
            const auto drifts = readDrifts(context, config, copies);
            if (!drifts)
                return base::fail(drifts.error());
            std::size_t at = 0;
            std::erase_if(copies, [&](const CachedCopy &) { return (*drifts)[at++] == Drift::None; });
        } else if (arguments.has(QStringLiteral("fingerprint"))) {
            QSet<QString> wanted;
            const QStringList names = arguments.values(QStringLiteral("fingerprint"));
            for (const QString &name : names)
                wanted.insert(base::Fingerprint::fromText(name).text());
            std::erase_if(copies, [&](const CachedCopy &copy) { return !wanted.contains(copy.fingerprint.text()); });
        } else if (const auto user = arguments.value(QStringLiteral("user"))) {
            const auto theirs = fingerprintsOf(context, config, *user);
            if (!theirs)
                return base::fail(theirs.error());
            std::erase_if(copies, [&](const CachedCopy &copy) {
                return copy.userId != *user && copy.email != *user && !theirs->contains(copy.fingerprint.text());
            });
        }
        return {};
    }

    /// Sessions of @p user by the rows, where there are any: not every copy says whose it is.
    static base::Result<QSet<QString>> fingerprintsOf(Context &context, const ConnectionConfig &config,
                                                      const QString &user)
    {
        constexpr qint64 most = 100'000;
        QSet<QString> fingerprints;
        if (!config.database)
            return fingerprints;
        const auto deployment =
            Deployment::open(config.clone(), Needs{true, false}, context.clock(), context.callFor(2));
        if (!deployment)
            return base::fail(deployment.error());
        const auto store = (*deployment)->openStore(store::Access::ReadOnly, context.call());
        if (!store)
            return base::fail(store.error());
        store::SessionQuery query;
        query.state = store::StateFilter::All;
        query.user = user;
        const auto rows = (*store)->planRows(query, most, context.clock().now(), context.call());
        if (!rows)
            return base::fail(rows.error());
        for (const store::PlannedRow &row : *rows)
            fingerprints.insert(row.key.fingerprint.text());
        return fingerprints;
    }

    static Outcome purge(Context &context, const ConnectionConfig &config, const CopyList &list)
    {
        audit::AuditLog log = context.auditLog();
        const QString reason = context.arguments().value(QStringLiteral("reason")).value_or(QString());
        const auto report = revoke::purgeOnRecord(config, list.copies, list.complete, reason, log, context.call());
        if (!report)
            return Outcome::failed(report.error());
        const bool isWhole = !report->error && list.complete;
        Answer answer;
        answer.members.add(QStringLiteral("purged"), report->purged)
            .add(QStringLiteral("auditId"), report->auditId)
            .add(QStringLiteral("complete"), isWhole);
        if (isWhole)
            return Outcome::done(std::move(answer));
        // Something was removed, but not all that was asked for: that is no success.
        Outcome outcome =
            Outcome::failed(report->error.value_or(
                                base::Error(base::ErrorCode::Timeout)
                                    .with(base::ErrorParam::Part, QStringLiteral("Looking through the cache's keys"))),
                            std::move(answer));
        outcome.exit = static_cast<int>(base::ExitClass::Midway);
        return outcome;
    }
};

} // namespace

std::unique_ptr<const Command> makeCacheList()
{
    return std::make_unique<CacheListCommand>();
}

std::unique_ptr<const Command> makeCacheDrift()
{
    return std::make_unique<CacheDriftCommand>();
}

std::unique_ptr<const Command> makeCachePurge()
{
    return std::make_unique<CachePurgeCommand>();
}

} // namespace rollcall::ctl
