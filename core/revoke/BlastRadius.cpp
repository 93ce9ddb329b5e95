#include "core/revoke/BlastRadius.h"

#include <QLocale>

#include "core/base/ErrorText.h"
#include "core/store/StoreFactory.h"
#include "core/store/UserDirectory.h"

namespace rollcall::revoke {

using base::Call;

namespace {

base::Result<std::optional<qint64>> usersOf(const deployment::Deployment &deployment, const Call &call)
{
    const deployment::ConnectionConfig &config = deployment.config();
    std::optional<store::SchemaProfile> schema;
    if (deployment.schema()) {
        schema = *deployment.schema();
    } else { // a connection that is said to have JWT sessions was opened without a look at the tables
        auto found = store::detectSchema(*config.database, config.storeOptions, call);
        if (!found)
            return base::fail(found.error());
        schema = std::move(found->best);
    }
    if (!schema)
        return std::nullopt;
    const auto store = store::openStore(*config.database, *schema, config.storeOptions, store::Access::ReadOnly, call);
    if (!store)
        return base::fail(store.error());
    store::UserDirectory *users = (*store)->users();
    return users ? users->userCount(call) : base::Result<std::optional<qint64>>(std::nullopt);
}

} // namespace

QString BlastRadius::text() const
{
    const QString nobody = QStringLiteral("How many of them are signed in, and on how many devices, nobody can count: "
                                          "JWT sessions leave no row.");
    if (!users)
        return QStringLiteral("Everybody who is signed in. How many that are is not known: %1.").arg(whyNot);
    return QStringLiteral("Everybody who is signed in: its database has %1 users. ").arg(QLocale().toString(*users)) +
           nobody;
}

BlastRadius blastRadiusOf(const deployment::Deployment &deployment, const Call &call)
{
    if (!deployment.config().database)
        return {std::nullopt, QStringLiteral("this connection has no database whose users could be counted")};
    const auto users = usersOf(deployment, call);
    if (!users)
        return {std::nullopt,
                QStringLiteral("its users could not be counted (%1)").arg(base::describe(users.error()).message)};
    if (!*users)
        return {std::nullopt, QStringLiteral("no table of users was recognised in its database")};
    return {*users, {}};
}

} // namespace rollcall::revoke
