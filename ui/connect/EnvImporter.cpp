#include "ui/connect/EnvImporter.h"

namespace rollcall::connect {

EnvImporter::EnvImporter(QObject *parent) : QObject(parent), m_worker("rc-env") {}

void EnvImporter::import(const QString &path)
{
    const quint64 generation = ++m_generation;
    const auto submitted =
        m_worker.submit([this, generation, path, sender = m_mailbox.sender()](const std::stop_token &) {
            auto read = workspace::importEnvFile(path);
            if (!read) {
                sender.post([this, generation, error = read.error()] {
                    if (generation == m_generation)
                        Q_EMIT failed(error);
                });
                return;
            }
            auto shared = std::make_shared<const workspace::EnvImport>(std::move(*read));
            sender.post([this, generation, path, shared] {
                if (generation == m_generation)
                    Q_EMIT imported(shared, path);
            });
        });
    if (!submitted)
        Q_EMIT failed(submitted.error());
}

} // namespace rollcall::connect
