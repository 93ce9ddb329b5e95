#pragma once

#include <QJsonObject>

#include "app/ctl/Command.h"
#include "core/session/Session.h"
#include "core/store/UserDirectory.h"

namespace rollcall::ctl {

/// `--reveal-personal`, and `--reason` where @p withReason: flags of commands that answer names or e-mails. Not
/// `--reveal`: that prints tokens, which nobody should have to who wants to read a name.
[[nodiscard]] std::vector<Flag> revealPersonalFlags(bool withReason);

/// How names and e-mails stand in answers: masked where the saved connection asks for it, in every format and on
/// standard error. What was typed is repeated as typed, and ids stay where they are no e-mails: they are what one acts
/// by.
/// **Thread-safety:** plain value.
class PersonalMask final
{
public:
    /// As @p profile asks.
    explicit PersonalMask(const workspace::ConnectionProfile &profile) : m_isOn(profile.maskPersonal) {}
    /// As @p config asks, but for `--reveal-personal`, which goes on record ("personal.reveal", with @p counts) before
    /// anything is answered. Errors: those of AuditLog::append() and checkSignsLast().
    [[nodiscard]] static base::Result<PersonalMask> from(Context &context, const deployment::ConnectionConfig &config,
                                                         const QJsonObject &counts = {});

    [[nodiscard]] session::ListedSession shown(session::ListedSession listed) const;
    [[nodiscard]] store::ListedUser shown(store::ListedUser user) const;
    /// A session or claims as JSON.
    [[nodiscard]] QByteArray shownJson(const QByteArray &json) const;
    /// "ada@example.com (id 42)": how to tell a user from others.
    [[nodiscard]] QString named(const store::KnownUser &user) const;
    /// An id or an e-mail.
    [[nodiscard]] QString shownUser(const QString &text) const;

private:
    bool m_isOn;
};

} // namespace rollcall::ctl
