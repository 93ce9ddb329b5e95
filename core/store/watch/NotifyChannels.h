#pragma once

#include <QString>
#include <QStringList>

namespace rollcall::store {

/// The channels that a trigger function notifies by name: those of `pg_notify('channel', …)` and `NOTIFY channel` in
/// its @p source (PL/pgSQL or SQL), each once, in the order of the source. What is put together at run time is not
/// among them; neither is what stands in comments or in texts. **Thread-safety:** pure.
[[nodiscard]] QStringList notifyChannels(const QString &source);

} // namespace rollcall::store
