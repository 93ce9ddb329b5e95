#pragma once

#include <functional>
#include <memory>

#include "app/ctl/ConnectionFlags.h"
#include "app/ctl/OutputWriter.h"
#include "core/audit/AuditLog.h"
#include "core/base/Mutex.h"

namespace rollcall::ctl {

/// What a running command has: its flags, the services made for it, and how to be told to stop.
/// **Thread-safety:** belongs to the command's thread; only stop() and output().warn() may be used from others.
class Context final
{
public:
    Context(const Arguments &arguments, const CommonOptions &options, OutputWriter &output, std::stop_token stop);

    [[nodiscard]] const Arguments &arguments() const { return m_arguments; }
    [[nodiscard]] const CommonOptions &options() const { return m_options; }
    [[nodiscard]] OutputWriter &output() { return m_output; }
    [[nodiscard]] const std::stop_token &stop() const { return m_stop; }
    [[nodiscard]] const base::Clock &clock() const { return *m_clock; }
    [[nodiscard]] workspace::Workspace &workspace() { return m_workspace; }

    /// The bounds of one operation that starts now.
    [[nodiscard]] base::Call call() const { return base::Call::within(m_options.timeout, m_stop); }
    /// The bounds of several operations in a row: @p operations times as long.
    [[nodiscard]] base::Call callFor(int operations) const
    {
        return base::Call::within(m_options.timeout * operations, m_stop);
    }

    /// Keychain or key file; null where there is neither. Opened on first use: a keychain may take a while to answer.
    [[nodiscard]] base::SecretVault *vault();

    /// Opens the vault without saying that there is none, for what is answered all the same.
    void openVaultQuietly();

    /// The audit log of this user. What an act finds amiss with it is warned of, once in a command.
    [[nodiscard]] audit::AuditLog auditLog();

    /// The connection that the flags describe, with warnings said. Contacts nothing.
    /// Errors: those of readConnectionFlags() and ConnectionConfig::from().
    [[nodiscard]] base::Result<deployment::ConnectionConfig> connection();
    /// The same as it is described, to be saved and not to be opened: what other connections to its place demand is
    /// not in it, or it would demand it of others in turn.
    [[nodiscard]] base::Result<deployment::ConnectionConfig> connectionAsGiven();

private:
    void warnAbout(const deployment::ConnectionConfig &config);

    const Arguments &m_arguments;
    const CommonOptions &m_options;
    OutputWriter &m_output;
    std::stop_token m_stop;
    std::unique_ptr<base::Clock> m_clock;
    workspace::Workspace m_workspace;
    std::unique_ptr<base::SecretVault> m_vault;
    bool m_vaultOpened = false;
    base::Mutex m_faultMutex;
    QStringList m_faults ROLLCALL_GUARDED_BY(m_faultMutex); ///< of the audit log, that were warned of
};

/// One command: what it is called with, and how it runs. It reads its flags, calls core and answers; it decides nothing
/// else.
class Command
{
public:
    virtual ~Command() = default;
    [[nodiscard]] virtual CommandSpec spec() const = 0;
    /// Runs the command; all flags are read before anything is contacted.
    [[nodiscard]] virtual Outcome run(Context &context) const = 0;
};

} // namespace rollcall::ctl
