#include "core/findings/Collectors.h"
#include "core/findings/FindingText.h"

namespace rollcall::findings {

namespace {

/// What of the rights on one table Rollcall never needs. It reads all three tables, and deletes sessions and puts them
/// back (restore, canary).
QStringList needless(const store::TableRights &rights, bool isSessions)
{
    QStringList names;
    if (rights.insert && !isSessions)
        names << QStringLiteral("insert into");
    if (rights.update)
        names << QStringLiteral("update");
    if (rights.remove && !isSessions)
        names << QStringLiteral("delete from");
    if (rights.truncate)
        names << QStringLiteral("empty");
    if (rights.owns)
        names << QStringLiteral("alter");
    return names;
}

void addNeedless(const store::TableRights &rights, bool isSessions, QStringList &into)
{
    const QStringList names = needless(rights, isSessions);
    if (!names.isEmpty())
        into << QStringLiteral("%1 %2").arg(names.join(QStringLiteral(", ")), rights.table);
}

Finding tooLarge(const store::RoleRights &rights, const QStringList &parts, const SurveyedTables &tables)
{
    const bool all = rights.isSuperuser;
    return {.id = QStringLiteral("rights-too-large"),
            .weight = Weight::Medium,
            .title = all ? QStringLiteral("The database role may do everything")
                         : QStringLiteral("The database role may do more than needed"),
            .evidence =
                all ? QStringLiteral("%1 is a superuser; Rollcall needs to read three tables and, to revoke, to "
                                     "delete sessions.")
                          .arg(rights.role)
                    : QStringLiteral("%1 may %2; Rollcall needs none of it.")
                          .arg(rights.role, parts.join(QStringLiteral("; "))),
            .remedy = QStringLiteral("Connect as a role of its own: one that can only look, and one that can also "
                                     "revoke, for when it is needed. The statements make both."),
            .statement = QStringLiteral("-- to look only\n%1\n\n-- to look and revoke (INSERT: to undo a "
                                        "revocation)\n%2")
                             .arg(tables.inspectRole, tables.revokeRole)};
}

} // namespace

std::vector<Finding> rightsFindings(const Survey &survey)
{
    if (!survey.tables)
        return {};
    const SurveyedTables &tables = *survey.tables;
    if (!tables.rights)
        return {unchecked(QStringLiteral("rights"), QStringLiteral("the role's rights"), tables.rights.error())};
    if (!*tables.rights)
        return {}; // a file has no roles
    const store::RoleRights &rights = **tables.rights;
    std::vector<Finding> found;
    QStringList parts;
    addNeedless(rights.sessions, true, parts);
    if (rights.users)
        addNeedless(*rights.users, false, parts);
    if (rights.accounts)
        addNeedless(*rights.accounts, false, parts);
    if (rights.makesRoles)
        parts << QStringLiteral("make roles or databases");
    if (rights.isSuperuser || !parts.isEmpty())
        found.push_back(tooLarge(rights, parts, tables));
    if (!rights.isSuperuser && !rights.sessions.remove)
        found.push_back({.id = QStringLiteral("rights-inspect-only"),
                         .weight = Weight::Low,
                         .title = QStringLiteral("This role can look but not revoke"),
                         .evidence = QStringLiteral("%1 has no DELETE on %2.").arg(rights.role, tables.sessions),
                         .remedy = QStringLiteral("Right as it is where nothing is to be revoked from here; else "
                                                  "connect as a role that may. The statements make one."),
                         .statement = tables.revokeRole});
    QStringList unread;
    for (const auto *table : {&rights.users, &rights.accounts}) {
        if (*table && !rights.isSuperuser && !(*table)->select && !survey.stats)
            unread << (*table)->table;
    }
    if (!unread.isEmpty())
        found.push_back({.id = QStringLiteral("rights-too-small"),
                         .weight = Weight::Medium,
                         .title = QStringLiteral("This role may not read %1").arg(unread.join(QStringLiteral(", "))),
                         .evidence = QStringLiteral("Without it nobody can say whose sessions they are."),
                         .remedy = QStringLiteral("Connect as a role that may. The statements make one."),
                         .statement = tables.inspectRole});
    return found;
}

} // namespace rollcall::findings
