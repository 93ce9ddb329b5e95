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

void ConnectionKeeper::save(const ConnectionProfile &profile, Secrets secrets)
{
    submit([this, profile, secrets = std::move(secrets), sender = m_mailbox.sender()](State &state,
                                                                                      const base::Call &call) {
        const auto status = state.workspace.save(profile, *secrets, state.vault.get(), call);
        sender.post([this, profile, status] {
            if (status)
                Q_EMIT saved(profile);
            else
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

void ConnectionKeeper::remove(const QString &name)
{
    submit([this, name, sender = m_mailbox.sender()](State &state, const base::Call &call) {
        const auto profile = state.workspace.profile(name);
        const base::SystemClock clock;
        audit::AuditLog log(state.workspace.folders().data, state.vault.get(), clock);
        const auto status =
            profile ? workspace::forgetConnection(state.workspace, *profile, {}, log, state.vault.get(), call)
                    : base::fail(profile.error());
        sender.post([this, status] {
            if (!status)
                Q_EMIT failed(status.error());
            readProfiles();
        });
    });
}

} // namespace rollcall::connect
