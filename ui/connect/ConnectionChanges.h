#pragma once

#include <QObject>

#include <optional>

#include "ui/common/Theme.h"
#include "ui/connect/ConnectionKeeper.h"

namespace rollcall::connect {

/// Saves and forgets connections, and asks first where something that they demand is given up by it (GiveUpQuestion).
/// **Thread-safety:** GUI thread only.
class ConnectionChanges final : public QObject
{
    Q_OBJECT

public:
    /// Changes what @p keeper keeps. Questions stand over @p window. All are borrowed and outlive this object.
    ConnectionChanges(const common::Theme &theme, ConnectionKeeper &keeper, QWidget &window);

    /// Saves @p profile in the place of the one called @p replaces (empty: it is new); ends in saveEnded() or
    /// saveRefused(), or in neither where the answer is no. @p open is handed on. Nothing while another is being saved.
    void save(const workspace::ConnectionProfile &profile, const ConnectionKeeper::Secrets &secrets,
              const QString &replaces, bool open);
    /// Nobody waits any longer for what is being saved: what becomes of it is not told.
    void disregard() { m_saving.reset(); }
    /// Asks whether to forget @p profile, and does.
    void forget(const workspace::ConnectionProfile &profile);

Q_SIGNALS:
    /// It was saved, as far as it could be: ConnectionKeeper::failed() follows where something could not be kept.
    void saveEnded(const rollcall::workspace::ConnectionProfile &profile,
                   const rollcall::connect::ConnectionKeeper::Secrets &secrets, bool open);
    /// Nothing was saved.
    void saveRefused(const rollcall::base::Error &error);

private:
    struct Saving
    {
        quint64 number = 0;
        workspace::ConnectionProfile profile;
        ConnectionKeeper::Secrets secrets;
        QString replaces;
        bool open = false;
    };

    [[nodiscard]] bool isSaving(quint64 number) const { return m_saving && m_saving->number == number; }
    void ask(quint64 number, const workspace::ConnectionProfile &old, const deployment::GivenUp &givenUp);

    const common::Theme &m_theme;
    ConnectionKeeper &m_keeper;
    QWidget &m_window;
    std::optional<Saving> m_saving;
    quint64 m_saves = 0; ///< so far; they have numbers from 1
};

} // namespace rollcall::connect
