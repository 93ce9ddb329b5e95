#pragma once

#include <QObject>
#include <QTimer>

#include <chrono>
#include <functional>
#include <optional>
#include <thread>

#include "core/async/Mailbox.h"
#include "core/audit/AuditLog.h"

namespace rollcall::common {

/// So long names and e-mails show once somebody asked for them.
inline constexpr std::chrono::seconds personalShownFor{30};

/// How names and e-mails of a connection's users show: masked where its profile asks for it (base::maskedName()) until
/// somebody asks to see them, and then for half a minute. The one place that decides it: what shows, speaks, copies or
/// exports a name or an e-mail gets it from here, and again at each changed(). **Thread-safety:** GUI thread only.
class PersonalData final : public QObject
{
    Q_OBJECT

public:
    /// @p isMasked: the profile of @p connection asks for masks. What is shown is put on record in @p log, which
    /// outlives this object, within @p timeout.
    PersonalData(bool isMasked, const QString &connection, audit::AuditLog &log, std::chrono::milliseconds timeout,
                 QObject *parent = nullptr);
    ~PersonalData() override;

    /// Whether the profile asks for masks, shown or not.
    [[nodiscard]] bool isMaskable() const { return m_isMaskable; }
    [[nodiscard]] bool isMasked() const { return m_isMaskable && !m_shown.isActive(); }

    /// A name, or an e-mail.
    [[nodiscard]] QString name(const QString &text) const;
    [[nodiscard]] std::optional<QString> name(const std::optional<QString> &text) const;
    /// An id or an e-mail.
    [[nodiscard]] QString user(const QString &text) const;
    /// A session as JSON.
    [[nodiscard]] QByteArray session(const QByteArray &json) const;
    /// The same two for words that stay, as the title of an act does that is listed later: they are masked where the
    /// profile asks for it, whatever shows now.
    [[nodiscard]] QString lastingName(const QString &text) const;
    [[nodiscard]] QString lastingUser(const QString &text) const;

    /// Calls @p show now and whenever names and e-mails show otherwise, as long as @p context lives.
    void follow(const QObject *context, const std::function<void()> &show);

    /// Puts it on record that they are shown ("personal.reveal"), and shows them then: changed(), or failed() where it
    /// could not be recorded; they stay masked then. Nothing where nothing is masked, or it was asked for already.
    void reveal();
    /// Masks them at once.
    void mask();
    /// How long they show yet; zero where they are masked.
    [[nodiscard]] std::chrono::milliseconds left() const;
    /// How long they show from the next reveal() on.
    void setShownFor(std::chrono::milliseconds time) { m_shownFor = time; }

Q_SIGNALS:
    /// Names and e-mails show otherwise.
    void changed();
    void failed(const rollcall::base::Error &error);

private:
    bool m_isMaskable;
    QString m_connection;
    audit::AuditLog &m_log;
    std::chrono::milliseconds m_timeout;
    std::chrono::milliseconds m_shownFor = personalShownFor;
    async::Mailbox m_mailbox;
    QTimer m_shown;       ///< runs while they show
    bool m_asked = false; ///< it is being put on record
    std::jthread m_recording;
};

} // namespace rollcall::common
