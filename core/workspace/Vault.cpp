#include "core/base/Log.h"
#include "core/workspace/KeyFileVault.h"
#include "core/workspace/KeychainVault.h"
#include "core/workspace/Workspace.h"

namespace rollcall::workspace {

std::unique_ptr<base::SecretVault> openKeyFileVault(const QString &path)
{
    return std::make_unique<KeyFileVault>(path);
}

std::unique_ptr<base::SecretVault> openVault(const QString &keyFile)
{
    const QString file = keyFile.isEmpty() ? qEnvironmentVariable("ROLLCALL_KEY_FILE") : keyFile;
    if (!file.isEmpty())
        return openKeyFileVault(file);
    // A name that is never stored: what matters is whether anything answers. A locked keyring does not, in time.
    auto keychain = std::make_unique<KeychainVault>();
    const auto probe = keychain->read(QStringLiteral("probe"), base::Call::within(std::chrono::seconds(2)));
    if (!probe) {
        qCInfo(base::log).noquote() << "No OS keychain is used:" << base::errorName(probe.error().code)
                                    << probe.error().param(base::ErrorParam::Detail);
        return nullptr;
    }
    return keychain;
}

} // namespace rollcall::workspace
