#pragma once

#include <QObject>

#include <functional>
#include <memory>

#include "core/async/Mailbox.h"
#include "core/async/Worker.h"
#include "core/deployment/SaveConnection.h"
#include "core/workspace/Workspace.h"

namespace rollcall::connect {

/// The saved connections and their secrets, kept on a worker: files and keychain may take their time.
/// **Thread-safety:** GUI thread only; never blocks (destruction waits for the operation under way, each of which is
/// bounded).
class ConnectionKeeper final : public QObject
{
    Q_OBJECT

public:
    using Secrets = std::shared_ptr<const workspace::ConnectionSecrets>;

    /// Keeps connections below @p folders. The vault is opened on the worker as the first thing: in @p keyFile where
    /// given, else as workspace::openVault() does; ends in vaultKnown().
    ConnectionKeeper(workspace::Folders folders, const QString &keyFile, QObject *parent = nullptr);
    ~ConnectionKeeper() override;

    /// Reads all profiles; ends in profilesRead() or failed().
    void readProfiles();
    /// Saves a connection with its secrets (deployment::saveConnection()), where no more is given up by that than
    /// @p consented; ends in saveEnded(), followed by failed() where something could not be kept, and profilesRead().
    /// Else nothing is saved: consentWanted() or saveRefused(). These three say @p number: an answer may come after
    /// another save was begun.
    void save(quint64 number, const deployment::ConnectionToSave &connection, Secrets secrets,
              const deployment::GivenUp &consented);
    /// Reads a profile's secrets; ends in secretsRead() or failed().
    void readSecrets(const workspace::ConnectionProfile &profile);
    /// Forgets a profile (workspace::forgetConnection()) for @p reason; ends in profilesRead() or failed().
    void remove(const QString &name, const QString &reason);

    /// Where secrets rest; null while unknown and where there is no place. Shared with whoever writes Rollcall's keys.
    [[nodiscard]] std::shared_ptr<base::SecretVault> vault() const { return m_vault; }

Q_SIGNALS:
    /// @p description is empty where there is neither keychain nor key file.
    void vaultKnown(const QString &description);
    void profilesRead(const std::vector<rollcall::workspace::ConnectionProfile> &profiles);
    void secretsRead(const rollcall::workspace::ConnectionProfile &profile,
                     const rollcall::connect::ConnectionKeeper::Secrets &secrets);
    void saveEnded(quint64 number);
    /// To save it @p givenUp of what @p old demands must be consented to.
    void consentWanted(quint64 number, const rollcall::workspace::ConnectionProfile &old,
                       const rollcall::deployment::GivenUp &givenUp);
    /// Nothing was saved, as under a name that is taken.
    void saveRefused(quint64 number, const rollcall::base::Error &error);
    void failed(const rollcall::base::Error &error);

private:
    /// What the worker uses: made there first, kept alive by its jobs.
    struct State;
    void submit(std::function<void(State &state, const base::Call &call)> job);

    async::Mailbox m_mailbox;
    std::shared_ptr<State> m_state;
    std::shared_ptr<base::SecretVault> m_vault;
    async::Worker m_worker; ///< last: it is joined before anything its jobs use is gone
};

} // namespace rollcall::connect
