#pragma once

#include <QTemporaryDir>

#include "core/workspace/Workspace.h"
#include "ui/common/OpenConnection.h"

namespace rollcall::test {

/// A connection as the window has it, with a key file, an audit log and a folder of operations of its own, all gone
/// with the object. **Thread-safety:** GUI thread only.
class TestConnection final
{
public:
    /// @p clock is borrowed: of the log and of what is opened.
    explicit TestConnection(const base::Clock &clock);

    /// Opens @p profile in place of what is open. False where that fails.
    [[nodiscard]] bool open(workspace::ConnectionProfile profile, workspace::ConnectionSecrets secrets = {},
                            deployment::Needs needs = {});
    void close() { m_connection.reset(); }

    [[nodiscard]] common::OpenConnection &connection() { return *m_connection; }
    [[nodiscard]] const deployment::Deployment &deployment() const { return m_connection->deployment(); }
    [[nodiscard]] audit::AuditLog &log() { return m_log; }
    [[nodiscard]] revoke::OperationPlace place() const
    {
        return {revoke::operationsBelow(m_folder.path()), m_vault.get()};
    }

private:
    QTemporaryDir m_folder;
    const base::Clock &m_clock;
    std::unique_ptr<base::SecretVault> m_vault;
    audit::AuditLog m_log;
    std::unique_ptr<common::OpenConnection> m_connection;
};

} // namespace rollcall::test
