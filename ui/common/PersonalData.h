#pragma once

#include <QObject>
#include <QTimer>

#include <chrono>
#include <functional>
#include <optional>
#include <thread>

#include "core/async/Mailbox.h"
#include "core/audit/AuditLog.h"
#include "ui/common/BootClock.h"

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
    [[nodiscard]] bool isMasked() const { return m_isMaskable && !isShown(); }

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
    /// Whether what was asked for is being put on record, which may wait for a disk or for another process; settled()
    /// tells of its end. Who deletes this object meanwhile waits for it too.
    [[nodiscard]] bool isRecording() const { return m_asked; }
    /// Asks no longer for what is being put on record: where it is not on record yet, nothing shows and nothing failed.
    void giveUp() { m_recording.request_stop(); }
    /// Masks them at once.
    void mask();
    /// How long they show yet; zero where they are masked.
    [[nodiscard]] std::chrono::milliseconds left() const;
    /// In the place of common::sinceBoot().
    void setClock(std::function<std::chrono::nanoseconds()> sinceBoot) { m_sinceBoot = std::move(sinceBoot); }
    /// How long they show from the next reveal() on.
    void setShownFor(std::chrono::milliseconds time) { m_shownFor = time; }

Q_SIGNALS:
    /// Names and e-mails show otherwise.
    void changed();
    void failed(const rollcall::base::Error &error);
    /// isRecording() no longer, however it ended.
    void settled();

private:
    [[nodiscard]] bool isShown() const { return m_shownUntil && m_sinceBoot() < *m_shownUntil; }
    /// Tells when their time is over, soon after it is: a timer stands still while the machine is suspended.
    void tick();

    bool m_isMaskable;
    QString m_connection;
    audit::AuditLog &m_log;
    std::chrono::milliseconds m_timeout;
    std::chrono::milliseconds m_shownFor = personalShownFor;
    async::Mailbox m_mailbox;
    std::function<std::chrono::nanoseconds()> m_sinceBoot = sinceBoot;
    std::optional<std::chrono::nanoseconds> m_shownUntil; ///< nullopt: they are masked, and changed() told so
    QTimer m_tick;                                        ///< runs while they show
    bool m_asked = false;                                 ///< it is being put on record
    std::jthread m_recording;
};

} // namespace rollcall::common
