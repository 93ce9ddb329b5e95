#pragma once

#include <QObject>

#include <memory>

#include "core/async/Mailbox.h"
#include "core/async/Worker.h"
#include "core/workspace/EnvFile.h"

namespace rollcall::connect {

/// Reads `.env` files on a worker; a newer call replaces the older. **Thread-safety:** GUI thread only; never blocks.
class EnvImporter final : public QObject
{
    Q_OBJECT

public:
    explicit EnvImporter(QObject *parent = nullptr);

    /// Ends in imported() or failed().
    void import(const QString &path);

Q_SIGNALS:
    /// Shared because signals copy and secrets are not copied.
    void imported(const std::shared_ptr<const rollcall::workspace::EnvImport> &import, const QString &path);
    void failed(const rollcall::base::Error &error);

private:
    async::Mailbox m_mailbox;
    quint64 m_generation = 0;
    async::Worker m_worker; ///< last: it is joined before anything its jobs use is gone
};

} // namespace rollcall::connect
