#include <QJsonArray>
#include <QJsonObject>

#include <algorithm>
#include <iterator>

#include "app/ctl/Commands.h"
#include "app/ctl/PersonalMask.h"
#include "app/ctl/QueryFlags.h"
#include "app/ctl/RevealedTokens.h"
#include "app/ctl/SessionRecord.h"
#include "app/ctl/UserHints.h"
#include "core/deployment/Deployment.h"

namespace rollcall::ctl {

namespace {

using deployment::Deployment;
using deployment::Needs;

/// A deployment with its sessions' database open for reading.
struct OpenRows
{
    std::shared_ptr<Deployment> deployment;
    std::unique_ptr<store::SessionStore> store;
};

base::Result<OpenRows> openRows(Context &context)
{
    auto config = context.connection();
    if (!config)
        return base::fail(config.error());
    auto deployment = Deployment::open(std::move(*config), Needs{true, false}, context.clock(), context.callFor(2));
    if (!deployment)
        return base::fail(deployment.error());
    auto store = (*deployment)->openStore(store::Access::ReadOnly, context.call());
    if (!store)
        return base::fail(store.error());
    return OpenRows{std::move(*deployment), std::move(*store)};
}

base::Result<store::SessionQuery> readListQuery(const Arguments &arguments, base::Instant now)
{
    auto query = readFilter(arguments, now);
    if (!query)
        return query;
    const auto sort = arguments.choice(QStringLiteral("sort"),
                                       {QStringLiteral("expires"), QStringLiteral("user"), QStringLiteral("created")});
    if (!sort)
        return base::fail(sort.error());
    query->order = *sort == QStringLiteral("expires") ? store::SessionOrder::Expires
                   : *sort == QStringLiteral("user")  ? store::SessionOrder::User
                                                      : store::SessionOrder::Created;
    query->descending = arguments.has(QStringLiteral("desc"));
    const auto limit = arguments.integer(QStringLiteral("limit"), query->limit, 1, 10'000);
    if (!limit)
        return base::fail(limit.error());
    query->limit = static_cast<int>(*limit);
    return query;
}

class SessionsListCommand final : public Command
{
public:
    CommandSpec spec() const override
    {
        std::vector<Flag> flags = filterFlags();
        flags.insert(
            flags.end(),
            {{QStringLiteral("sort"), QStringLiteral("expires|user|created"), QStringLiteral("order (expires)")},
             {QStringLiteral("desc"), {}, QStringLiteral("the last first")},
             {QStringLiteral("limit"), QStringLiteral("N"), QStringLiteral("sessions a page (100, most 10000)")},
             {QStringLiteral("after"), QStringLiteral("CURSOR"),
              QStringLiteral("the page after: `next` of the last answer")},
             {QStringLiteral("reveal"),
              {},
              QStringLiteral("show the tokens, with which anybody is who they are of; goes on record")},
             {QStringLiteral("reason"), QStringLiteral("TEXT"),
              QStringLiteral("why they are revealed, for the audit log")}});
        std::ranges::copy(revealPersonalFlags(false), std::back_inserter(flags));
        return {{QStringLiteral("sessions"), QStringLiteral("list")},
                {},
                false,
                QStringLiteral("who is signed in"),
                std::move(flags),
                {}};
    }

    Outcome run(Context &context) const override
    {
        const auto query = readListQuery(context.arguments(), context.clock().now());
        if (!query)
            return Outcome::failed(query.error());
        std::optional<QByteArray> cursor;
        if (const auto after = context.arguments().value(QStringLiteral("after")))
            cursor = after->toUtf8();
        const auto rows = openRows(context);
        if (!rows)
            return Outcome::failed(rows.error());
        const auto page = rows->store->page(*query, cursor, context.clock().now(), context.call());
        if (!page)
            return Outcome::failed(page.error());
        if (page->unindexedOrder) {
            context.output().warn(
                rows->deployment->config().database->redis
                    ? QStringLiteral("Redis has neither filters nor orders: all its keys were looked through.")
                    : QStringLiteral("no index serves this order: the database sorted all that matches."));
        }
        const auto mask =
            PersonalMask::from(context, rows->deployment->config(),
                               {{QStringLiteral("sessions"), static_cast<qint64>(page->sessions.size())}});
        if (!mask)
            return Outcome::failed(mask.error());
        if (query->user && page->sessions.empty() && !cursor) {
            QStringList said{QStringLiteral("no session of %1 matches.").arg(*query->user)};
            said << emptyHints(context, *query, *rows->store, *mask);
            context.output().warn(said.join(QLatin1Char(' ')));
        }

        Answer answer;
        answer.list.emplace();
        answer.list->key = QStringLiteral("sessions");
        answer.list->trailer = true;
        for (const session::ListedSession &listed : page->sessions)
            answer.list->elements.push_back(recordOf(mask->shown(listed)));
        answer.list->columns = {QStringLiteral("id"),        QStringLiteral("fingerprint"), QStringLiteral("userId"),
                                QStringLiteral("name"),      QStringLiteral("email"),       QStringLiteral("providers"),
                                QStringLiteral("expires"),   QStringLiteral("state"),       QStringLiteral("createdAt"),
                                QStringLiteral("ipAddress"), QStringLiteral("userAgent")};
        answer.list->tableColumns = sessionTableColumns();
        if (context.arguments().has(QStringLiteral("reveal"))) {
            if (const auto status = reveal(context, *rows, page->sessions, *answer.list); !status)
                return Outcome::failed(status.error());
        }
        answer.members.add(QStringLiteral("next"),
                           page->next ? QJsonValue(QString::fromLatin1(*page->next)) : QJsonValue(QJsonValue::Null));
        return Outcome::done(std::move(answer));
    }

private:
    /// Adds the tokens of @p sessions to @p list, which has a record of each.
    static base::Status reveal(Context &context, const OpenRows &rows,
                               const std::vector<session::ListedSession> &sessions, AnswerList &list)
    {
        const auto tokens = revealTokens(context, rows.deployment->config(), *rows.store, sessions);
        if (!tokens)
            return base::fail(tokens.error());
        const QString key = QStringLiteral("token");
        for (std::size_t i = 0; i < sessions.size(); ++i) {
            const auto token = tokens->constFind(sessions[i].fingerprint.text());
            list.elements[i].add(key, token == tokens->cend() ? QJsonValue(QJsonValue::Null) : QJsonValue(*token));
        }
        list.columns << key;
        list.tableColumns << key;
        return {};
    }
};

class SessionsStatsCommand final : public Command
{
public:
    CommandSpec spec() const override
    {
        return {{QStringLiteral("sessions"), QStringLiteral("stats")},
                {},
                false,
                QStringLiteral("count the sessions"),
                {},
                {}};
    }

    Outcome run(Context &context) const override
    {
        const auto rows = openRows(context);
        if (!rows)
            return Outcome::failed(rows.error());
        const auto stats = rows->store->stats(context.clock().now(), context.call());
        if (!stats)
            return Outcome::failed(stats.error());

        JsonRecord byProvider;
        for (const auto &[provider, count] : stats->byProvider)
            byProvider.add(provider, count);
        JsonRecord expiring;
        expiring.add(QStringLiteral("1h"), stats->expiring1h)
            .add(QStringLiteral("24h"), stats->expiring24h)
            .add(QStringLiteral("7d"), stats->expiring7d);
        Answer answer;
        answer.members.add(QStringLiteral("live"), stats->live)
            .add(QStringLiteral("expired"), stats->expired)
            .add(QStringLiteral("orphan"), stats->orphan)
            .add(QStringLiteral("activeUsers"), stats->activeUsers)
            .add(QStringLiteral("byProvider"), byProvider)
            .add(QStringLiteral("expiring"), expiring)
            .add(QStringLiteral("estimated"), stats->estimated);
        return Outcome::done(std::move(answer));
    }
};

} // namespace

std::unique_ptr<const Command> makeSessionsList()
{
    return std::make_unique<SessionsListCommand>();
}

std::unique_ptr<const Command> makeSessionsStats()
{
    return std::make_unique<SessionsStatsCommand>();
}

} // namespace rollcall::ctl
