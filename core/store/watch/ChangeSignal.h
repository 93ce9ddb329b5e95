#pragma once

#include <memory>

#include "core/store/StoreFactory.h"

namespace rollcall::store {

/// Word from the database itself that the sessions changed: a reason to look, never what changed.
/// **Thread-safety:** one thread at a time; it owns a connection.
class ChangeSignal
{
public:
    virtual ~ChangeSignal() = default;

    /// For people: on which channels the deployment's own triggers notify.
    [[nodiscard]] virtual QString channel() const = 0;
    /// The triggers fire at every insert, update and delete: without word from them hardly anything changed. Whether
    /// their functions then always notify cannot be known.
    [[nodiscard]] virtual bool coversAll() const = 0;
    /// Waits for the next word: true once it came, false where @p call ended first. Blocks.
    /// Errors: ConnectionLost, DatabaseUnavailable.
    [[nodiscard]] virtual base::Result<bool> wait(const base::Call &call) = 0;
};

/// Listens where triggers on the sessions table notify on channels that their functions name: on PostgreSQL, over a
/// connection of its own that only reads. Nothing is ever installed. Null where there is no such trigger, or a pooler
/// between that would keep its word back. Blocks. Errors: as probeDatabase(), StatementFailed.
[[nodiscard]] base::Result<std::unique_ptr<ChangeSignal>> openChangeSignal(const DatabaseUrl &url,
                                                                           const SchemaProfile &schema,
                                                                           const StoreOptions &options,
                                                                           const base::Call &call);

} // namespace rollcall::store
