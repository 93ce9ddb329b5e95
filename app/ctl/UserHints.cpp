#include "app/ctl/UserHints.h"

#include "core/base/ErrorText.h"
#include "core/store/UserDirectory.h"

namespace rollcall::ctl {

namespace {

QString noSuchUser()
{
    return QStringLiteral("There is no such user (sessions that outlived theirs are chosen by --state orphan).");
}

/// What is known of users called nearly @p name, of whom no session matched; empty: nothing.
base::Result<QString> hintFor(const QString &name, store::SessionStore &store, const PersonalMask &mask,
                              const base::Call &call)
{
    store::UserDirectory *users = store.users();
    if (!users)
        return QString();
    const auto alike = users->usersAlike(name, call);
    if (!alike)
        return base::fail(alike.error());
    QStringList others;
    for (const store::KnownUser &user : *alike) {
        if (user.id == name || user.email == name)
            return QStringLiteral("There is such a user, but no session of theirs matches.");
        others << mask.named(user);
    }
    if (!others.isEmpty()) {
        return QStringLiteral("Ids and e-mails are taken exactly as written: did you mean %1?")
            .arg(others.join(QStringLiteral(", or ")));
    }
    const auto known = users->hasUser(name, call);
    if (!known)
        return base::fail(known.error());
    return known->value_or(true) ? QString() : noSuchUser();
}

} // namespace

QStringList userHints(Context &context, const QStringList &names, store::SessionStore &store, const PersonalMask &mask)
{
    QStringList hints;
    const base::Call call = context.call(); // for all together: each reads the users
    for (const QString &name : names) {
        const auto hint = hintFor(name, store, mask, call);
        if (!hint) {
            hints << QStringLiteral("Whether such users exist could not be read: %1").arg(base::oneLine(hint.error()));
            break;
        }
        if (!hint->isEmpty())
            hints << (names.size() > 1 ? name + QStringLiteral(": ") + *hint : *hint);
    }
    return hints;
}

QStringList emptyHints(Context &context, const store::SessionQuery &query, store::SessionStore &store,
                       const PersonalMask &mask)
{
    QStringList hints = query.user ? userHints(context, {*query.user}, store, mask) : QStringList();
    if (!hints.contains(noSuchUser()) && query.state == store::StateFilter::Live &&
        !context.arguments().has(QStringLiteral("state")))
        hints << QStringLiteral("Only live sessions were looked at (--state).");
    return hints;
}

} // namespace rollcall::ctl
