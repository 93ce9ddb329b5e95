#include "app/ctl/PlanRemarks.h"

#include <QJsonArray>

#include <algorithm>

#include "app/ctl/PersonalMask.h"
#include "app/ctl/UserHints.h"
#include "core/base/Counted.h"
#include "core/base/ErrorText.h"
#include "core/revoke/PlanOutlook.h"
#include "core/store/UserDirectory.h"

namespace rollcall::ctl {

namespace {

constexpr qsizetype mostNamed = 6; ///< all stand in the answer

/// The first few of @p names, and how many more there are.
QString someOf(const QStringList &names)
{
    const QString first = names.first(std::min(names.size(), mostNamed)).join(QStringLiteral(", "));
    return names.size() <= mostNamed ? first
                                     : QStringLiteral("%1 and %2 more").arg(first).arg(names.size() - mostNamed);
}

/// None of the sessions is one's own: says so where nobody is called as one is said to sign in.
void warnAboutOwnUser(Context &context, const deployment::Deployment &deployment, store::SessionStore &store)
{
    const store::SchemaProfile *schema = deployment.schema();
    store::UserDirectory *users = store.users();
    if (!schema || !schema->users || !users)
        return;
    const QString &own = deployment.config().profile.ownUser;
    const auto alike = users->usersAlike(own, context.call());
    const auto isOwn = [&own](const store::KnownUser &user) { // as one's own sessions are told
        return user.id == own || user.email.value_or(QString()).compare(own, Qt::CaseInsensitive) == 0;
    };
    if (alike && std::ranges::any_of(*alike, isOwn))
        return;
    context.output().warn(
        alike
            ? QStringLiteral("no user is called %1 (--own-user): whether your own session is among them is not known.")
                  .arg(own)
            : QStringLiteral("whether there is a user %1 (--own-user) could not be read: %2")
                  .arg(own, base::oneLine(alike.error())));
}

QString withHints(const QString &sentence, const QStringList &hints)
{
    return (QStringList(sentence) + hints).join(QLatin1Char(' '));
}

} // namespace

QString linesText(const std::vector<int> &lines)
{
    QStringList numbers;
    for (const int line : lines)
        numbers << QString::number(line);
    return (lines.size() == 1 ? QStringLiteral("line ") : QStringLiteral("lines ")) + someOf(numbers);
}

void warnAboutPlan(Context &context, const revoke::RevocationPlan &plan, const deployment::Deployment &deployment,
                   store::SessionStore &store)
{
    OutputWriter &output = context.output();
    const PersonalMask mask(deployment.config().profile);
    if (!plan.remarks.empty())
        output.warn(QStringLiteral("%1 of the users file matched nobody and was taken for a comment or a column's "
                                   "name: left out.")
                        .arg(linesText(plan.remarks)));
    if (!plan.inFields.empty())
        output.warn(QStringLiteral("nobody is called as %1 of the users file is, as a whole: the address in it was "
                                   "taken, or of its fields those with an @, else the first.")
                        .arg(linesText(plan.inFields)));
    if (const QStringList &lines = plan.unmatchedUsers; !lines.isEmpty()) {
        output.warn(withHints(QStringLiteral("%1 of the users file matched nobody with such a session: %2.")
                                  .arg(base::counted(lines.size(), "line"), someOf(lines)),
                              userHints(context, lines.first(std::min(lines.size(), mostNamed)), store, mask)));
    }
    if (plan.rows.empty() && plan.selection.query && plan.unmatchedUsers.isEmpty()) {
        output.warn(withHints(QStringLiteral("nothing matches, so there is nothing to revoke: %1.").arg(plan.what),
                              emptyHints(context, *plan.selection.query, store, mask)));
    }
    const revoke::PlanOutlook outlook = revoke::outlookOf(plan, deployment);
    if (!deployment.config().profile.ownUser.isEmpty() && outlook.own.value_or(0) == 0)
        warnAboutOwnUser(context, deployment, store);
    for (const QString &remark : {outlook.sharing, outlook.heldByOthers}) {
        if (!remark.isEmpty())
            output.warn(remark);
    }
}

void addUnmatched(const revoke::RevocationPlan &plan, Answer &answer)
{
    const QStringList unmatched = plan.unmatched + plan.unmatchedUsers;
    if (!unmatched.isEmpty())
        answer.members.add(QStringLiteral("unmatched"), QJsonArray::fromStringList(unmatched));
}

QString unmatchedText(const revoke::RevocationPlan &plan)
{
    return QStringLiteral("Nobody has the session %1. `sessions list` shows those that exist.")
        .arg(someOf(plan.unmatched));
}

} // namespace rollcall::ctl
