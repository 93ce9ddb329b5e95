#pragma once

#include <QTemporaryDir>

#include "core/audit/AuditLog.h"
#include "core/workspace/Workspace.h"

namespace rollcall::test {

/// An audit log of its own with a key file, both gone with the object. **Thread-safety:** as the log.
class AuditBox final
{
public:
    AuditBox()
        : m_vault(workspace::openKeyFileVault(m_folder.filePath(QStringLiteral("keys")))),
          log(m_folder.path(), m_vault.get(), m_clock)
    {}

private:
    QTemporaryDir m_folder;
    base::SystemClock m_clock;
    std::unique_ptr<base::SecretVault> m_vault;

public:
    audit::AuditLog log;
};

} // namespace rollcall::test
