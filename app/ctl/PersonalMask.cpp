#include "app/ctl/PersonalMask.h"

#include "app/ctl/RecordedRead.h"
#include "core/audit/AuditedAct.h"
#include "core/base/PersonalText.h"
#include "core/engine/PersonalMask.h"

namespace rollcall::ctl {

namespace {

QString flagName()
{
    return QStringLiteral("reveal-personal");
}

void mask(std::optional<QString> &name)
{
    if (name)
        name = base::maskedName(*name);
}

void maskUser(std::optional<QString> &id)
{
    if (id)
        id = base::maskedUser(*id);
}

} // namespace

std::vector<Flag> revealPersonalFlags(bool withReason)
{
    std::vector<Flag> flags{{flagName(),
                             {},
                             QStringLiteral("names and e-mails in clear where the connection masks them; goes on "
                                            "record")}};
    if (withReason)
        flags.push_back({QStringLiteral("reason"), QStringLiteral("TEXT"),
                         QStringLiteral("why they are revealed, for the audit log")});
    return flags;
}

base::Result<PersonalMask> PersonalMask::from(Context &context, const deployment::ConnectionConfig &config,
                                              const QJsonObject &counts)
{
    PersonalMask mask(config.profile);
    if (!mask.m_isOn || !context.arguments().has(flagName()))
        return mask;
    audit::AuditLog log = context.auditLog();
    if (auto signs = checkSignsLast(context, log); !signs)
        return base::fail(std::move(signs.error()));
    audit::AuditEntry entry;
    entry.action = QStringLiteral("personal.reveal");
    entry.connection = config.displayName();
    entry.reason = context.arguments().value(QStringLiteral("reason")).value_or(QString());
    entry.counts = counts;
    const auto recorded = audit::audited(log, entry, audit::WithoutRecord::Refuse, context.call(),
                                         [](audit::AuditEntry & /*outcome*/) { return base::Status(); });
    if (!recorded)
        return base::fail(recorded.error());
    mask.m_isOn = false;
    return mask;
}

session::ListedSession PersonalMask::shown(session::ListedSession listed) const
{
    if (m_isOn) {
        mask(listed.name);
        mask(listed.email);
        maskUser(listed.userId);
        maskUser(listed.impersonatedBy);
    }
    return listed;
}

store::ListedUser PersonalMask::shown(store::ListedUser user) const
{
    if (m_isOn) {
        mask(user.name);
        mask(user.email);
        user.id = base::maskedUser(user.id);
    }
    return user;
}

QByteArray PersonalMask::shownJson(const QByteArray &json) const
{
    return m_isOn ? engine::withPersonalMasked(json) : json;
}

QString PersonalMask::named(const store::KnownUser &user) const
{
    const QString id = shownUser(user.id);
    return user.email ? QStringLiteral("%1 (id %2)").arg(m_isOn ? base::maskedEmail(*user.email) : *user.email, id)
                      : id;
}

QString PersonalMask::shownUser(const QString &text) const
{
    return m_isOn ? base::maskedUser(text) : text;
}

} // namespace rollcall::ctl
