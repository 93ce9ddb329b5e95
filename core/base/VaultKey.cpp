#include "core/base/VaultKey.h"

#include <QRandomGenerator>

namespace rollcall::base {

Result<SecretBytes> loadOrMakeKey(SecretVault &vault, const QString &name, const Call &call)
{
    auto stored = vault.read(name, call);
    if (!stored)
        return fail(stored.error());
    if (*stored)
        return std::move(**stored);
    QByteArray bytes(vaultKeyBytes, '\0');
    for (char &byte : bytes)
        byte = static_cast<char>(QRandomGenerator::system()->bounded(256));
    SecretBytes key = SecretBytes::fromAndWipe(bytes);
    if (const auto status = vault.write(name, key, call); !status)
        return fail(status.error());
    return key;
}

} // namespace rollcall::base
