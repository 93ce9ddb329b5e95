#pragma once

#include <map>

#include "core/base/SecretVault.h"

namespace rollcall::workspace {

/// A vault in a file that the user names. Form: the line `rollcall-keys 1`, then one entry a line, name and secret in
/// base64 with a blank between. Refused with KeyFileUnsafe where group or others have any right on it or it belongs to
/// another user; made with mode 0600 by the first write, replaced atomically, guarded by a lock file beside it.
/// **Thread-safety:** thread-safe, also against other processes.
class KeyFileVault final : public base::SecretVault
{
public:
    explicit KeyFileVault(QString path);

    [[nodiscard]] base::Result<std::optional<base::SecretBytes>> read(const QString &name,
                                                                      const base::Call &call) override;
    [[nodiscard]] base::Status write(const QString &name, const base::SecretBytes &secret,
                                     const base::Call &call) override;
    [[nodiscard]] base::Status remove(const QString &name, const base::Call &call) override;
    [[nodiscard]] QString description() const override;

private:
    using Entries = std::map<QString, base::SecretBytes>;

    [[nodiscard]] base::Result<Entries> load() const;
    [[nodiscard]] base::Status store(const Entries &entries) const;
    /// Loads, lets @p change work on the entries and stores them if it answers true, all under the lock.
    template <typename Change>
    [[nodiscard]] base::Status update(const base::Call &call, const Change &change) const;

    QString m_path;
};

} // namespace rollcall::workspace
