#include "ui/connect/ConnectionKeeper.h"

#include "core/workspace/ForgetConnection.h"

namespace rollcall::connect {

using workspace::ConnectionProfile;

namespace {
/// A keychain may ask its user for a password; longer than this nobody is there.
constexpr std::chrono::seconds patience{30};
} // namespace

struct ConnectionKeeper::State
{
    explicit State(workspace::Folders folders) : workspace(std::move(folders)) {}
    workspace::Workspace workspace;
    std::shared_ptr<base::SecretVault> vault; ///< touched on the worker only
};

ConnectionKeeper::ConnectionKeeper(workspace::Folders folders, const QString &keyFile, QObject *parent)
    : QObject(parent), m_state(std::make_shared<State>(std::move(folders))), m_worker("rc-keep")
{
    submit([this, keyFile, sender = m_mailbox.sender()](State &state, const base::Call &) {
        state.vault = workspace::openVault(keyFile);
        sender.post([this, vault = state.vault] {
            m_vault = vault;
            Q_EMIT vaultKnown(vault ? vault->description() : QString());
        });
    });
}

ConnectionKeeper::~ConnectionKeeper() = default;

void ConnectionKeeper::submit(std::function<void(State &, const base::Call &)> job)
{
    const auto submitted = m_worker.submit([state = m_state, job = std::move(job)](const std::stop_token &stop) {
        job(*state, base::Call::within(patience, stop));
    });
    if (!submitted)
        Q_EMIT failed(submitted.error());
}

void ConnectionKeeper::readProfiles()
{
    submit([this, sender = m_mailbox.sender()](State &state, const base::Call &) {
        sender.post([this, profiles = state.workspace.profiles()] {
            if (profiles)
                Q_EMIT profilesRead(*profiles);
            else
                Q_EMIT failed(profiles.error());
        });
    });
}

void ConnectionKeeper::save(quint64 number, const deployment::ConnectionToSave &connection, Secrets secrets,
                            const deployment::GivenUp &consented)
{
    submit([this, number, connection, secrets = std::move(secrets), consented,
            sender = m_mailbox.sender()](State &state, const base::Call &call) {
        const auto givenUp = deployment::givenUpBySaving(connection, state.workspace);
        if (!givenUp) {
            sender.post([this, number, error = givenUp.error()] { Q_EMIT saveRefused(number, error); });
            return;
        }
        if (!givenUp->isWithin(consented)) {
            if (const auto old = state.workspace.profile(connection.profile.name))
                sender.post([this, number, old = *old, lost = *givenUp] { Q_EMIT consentWanted(number, old, lost); });
            else
                sender.post([this, number, error = old.error()] { Q_EMIT saveRefused(number, error); });
            return;
        }
        const base::SystemClock clock;
        audit::AuditLog log(state.workspace.folders().data, state.vault.get(), clock);
        const auto before = state.workspace.profile(connection.profile.name);
        const auto status =
            deployment::saveConnection(connection, *secrets, consented, state.workspace, log, state.vault.get(), call);
        const auto after = state.workspace.profile(connection.profile.name);
        if (!status && *givenUp != deployment::GivenUp() && before && after && *before == *after) {
            // Nothing was given up that could not be recorded: what was typed is not lost with it.
            sender.post([this, number, error = status.error()] { Q_EMIT saveRefused(number, error); });
            return;
        }
        sender.post([this, number, status] {
            Q_EMIT saveEnded(number);
            if (!status)
                Q_EMIT failed(status.error());
            readProfiles();
        });
    });
}

void ConnectionKeeper::readSecrets(const ConnectionProfile &profile)
{
    submit([this, profile, sender = m_mailbox.sender()](State &state, const base::Call &call) {
        auto secrets = state.workspace.secrets(profile.name, state.vault.get(), call);
        if (!secrets) {
            sender.post([this, error = secrets.error()] { Q_EMIT failed(error); });
            return;
        }
        auto shared = std::make_shared<const workspace::ConnectionSecrets>(std::move(*secrets));
        sender.post([this, profile, shared] { Q_EMIT secretsRead(profile, shared); });
    });
}

void ConnectionKeeper::remove(const QString &name, const QString &reason)
{
    submit([this, name, reason, sender = m_mailbox.sender()](State &state, const base::Call &call) {
        const auto profile = state.workspace.profile(name);
        const base::SystemClock clock;
        audit::AuditLog log(state.workspace.folders().data, state.vault.get(), clock);
        const auto status =
            profile ? workspace::forgetConnection(state.workspace, *profile, reason, log, state.vault.get(), call)
                    : base::fail(profile.error());
        sender.post([this, status] {
            if (!status)
                Q_EMIT failed(status.error());
            readProfiles();
        });
    });
}

} // namespace rollcall::connect
