#pragma once

#include "core/engine/betterauth/ActiveSessions.h"
#include "core/engine/betterauth/SessionRows.h"

namespace rollcall::engine::betterauth {

/// Takes one session out of secondary storage, one access a step, so that several can go side by side as promises do:
/// read the entry, read its user's list, write the list, delete the entry. **Thread-safety:** one object, one thread.
/// **Source:** better-auth 1.7.7 db/internal-adapter (deleteSession).
class StoredRemoval final
{
public:
    enum class State {
        Going,
        Done,   ///< its row may go too
        GivenUp ///< the entry is no session: the library leaves everything as it is
    };

    /// @p storage is borrowed; nullptr: there is none, and the first step is the last.
    StoredRemoval(QString token, SecondaryStorage *storage, base::Instant now)
        : m_token(std::move(token)), m_storage(storage), m_now(now)
    {}

    [[nodiscard]] const QString &token() const { return m_token; }

    /// Makes the next access. Errors: the storage's.
    [[nodiscard]] base::Result<State> step(const base::Call &call);

private:
    enum class Next { ReadEntry, ReadList, WriteList, DeleteEntry };

    [[nodiscard]] base::Result<State> readEntry(const base::Call &call);
    [[nodiscard]] base::Result<State> readList(const base::Call &call);
    [[nodiscard]] base::Result<State> writeList(const base::Call &call);

    QString m_token;
    SecondaryStorage *m_storage;
    base::Instant m_now;
    Next m_next = Next::ReadEntry;
    QString m_listKey;
    ActiveSessions m_list;
};

} // namespace rollcall::engine::betterauth
