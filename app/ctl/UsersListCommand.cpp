#include <QJsonArray>

#include <algorithm>
#include <iterator>

#include "app/ctl/Commands.h"
#include "app/ctl/PersonalMask.h"
#include "core/deployment/Deployment.h"
#include "core/store/UserDirectory.h"

namespace rollcall::ctl {

namespace {

using deployment::Deployment;
using deployment::Needs;

base::Result<store::UserQuery> readQuery(const Arguments &arguments)
{
    store::UserQuery query;
    query.search = arguments.value(QStringLiteral("search"));
    const auto sort = arguments.choice(
        QStringLiteral("sort"), {QStringLiteral("sessions"), QStringLiteral("newest"), QStringLiteral("oldest")});
    if (!sort)
        return base::fail(sort.error());
    query.order = *sort == QStringLiteral("sessions") ? store::UserOrder::Sessions
                  : *sort == QStringLiteral("newest") ? store::UserOrder::Newest
                                                      : store::UserOrder::Oldest;
    const auto limit = arguments.integer(QStringLiteral("limit"), query.limit, 1, 10'000);
    if (!limit)
        return base::fail(limit.error());
    query.limit = static_cast<int>(*limit);
    return query;
}

JsonRecord recordOf(const store::ListedUser &user)
{
    JsonRecord record;
    record.add(QStringLiteral("id"), user.id)
        .add(QStringLiteral("name"), orNull(user.name))
        .add(QStringLiteral("email"), orNull(user.email))
        .add(QStringLiteral("sessions"), user.sessions)
        .add(QStringLiteral("newest"), orNull(user.newest))
        .add(QStringLiteral("oldest"), orNull(user.oldest))
        .add(QStringLiteral("providers"), QJsonArray::fromStringList(user.providers));
    return record;
}

class UsersListCommand final : public Command
{
public:
    CommandSpec spec() const override
    {
        std::vector<Flag> flags{
            {QStringLiteral("search"), QStringLiteral("TEXT"), QStringLiteral("part of name or e-mail")},
            {QStringLiteral("sort"), QStringLiteral("sessions|newest|oldest"),
             QStringLiteral("most sessions, youngest newest or oldest oldest session first (sessions)")},
            {QStringLiteral("limit"), QStringLiteral("N"), QStringLiteral("users a page (100, most 10000)")},
            {QStringLiteral("after"), QStringLiteral("CURSOR"),
             QStringLiteral("the page after: `next` of the last answer")}};
        std::ranges::copy(revealPersonalFlags(true), std::back_inserter(flags));
        return {{QStringLiteral("users"), QStringLiteral("list")},
                {},
                false,
                QStringLiteral("users with live sessions; each page counts them all"),
                std::move(flags),
                {}};
    }

    Outcome run(Context &context) const override
    {
        const auto query = readQuery(context.arguments());
        if (!query)
            return Outcome::failed(query.error());
        std::optional<QByteArray> cursor;
        if (const auto after = context.arguments().value(QStringLiteral("after")))
            cursor = after->toUtf8();
        auto config = context.connection();
        if (!config)
            return Outcome::failed(config.error());
        const auto opened =
            Deployment::open(std::move(*config), Needs{true, false}, context.clock(), context.callFor(2));
        if (!opened)
            return Outcome::failed(opened.error());
        const auto store = (*opened)->openStore(store::Access::ReadOnly, context.call());
        if (!store)
            return Outcome::failed(store.error());
        store::UserDirectory *users = (*store)->users();
        const auto page = users ? users->usersPage(*query, cursor, context.clock().now(), context.call())
                                : base::fail(base::Error(base::ErrorCode::Internal));
        if (!page)
            return Outcome::failed(page.error());
        const auto mask = PersonalMask::from(context, (*opened)->config(),
                                             {{QStringLiteral("users"), static_cast<qint64>(page->users.size())}});
        if (!mask)
            return Outcome::failed(mask.error());
        Answer answer;
        answer.list.emplace();
        answer.list->key = QStringLiteral("users");
        answer.list->trailer = true;
        answer.list->columns = {QStringLiteral("id"),       QStringLiteral("name"),   QStringLiteral("email"),
                                QStringLiteral("sessions"), QStringLiteral("newest"), QStringLiteral("oldest"),
                                QStringLiteral("providers")};
        for (const store::ListedUser &user : page->users)
            answer.list->elements.push_back(recordOf(mask->shown(user)));
        answer.members.add(QStringLiteral("next"),
                           page->next ? QJsonValue(QString::fromLatin1(*page->next)) : QJsonValue(QJsonValue::Null));
        return Outcome::done(std::move(answer));
    }
};

} // namespace

std::unique_ptr<const Command> makeUsersList()
{
    return std::make_unique<UsersListCommand>();
}

} // namespace rollcall::ctl
