#pragma once

#include <QtGlobal>

#include "core/base/Call.h"

namespace rollcall::store {

/// Keeps reading from asking more of a server than so many keys a second, however it is cut into steps. Time in which
/// nothing was read is not saved up. **Thread-safety:** one thread.
class KeyPace final
{
public:
    explicit KeyPace(int keysPerSecond) : m_keysPerSecond(keysPerSecond) {}

    /// Waits until the keys of the steps before have had their time, then takes @p keys more. Errors: Timeout,
    /// Cancelled.
    [[nodiscard]] base::Status await(qint64 keys, const base::Call &call);

private:
    int m_keysPerSecond;
    base::Call::Clock::time_point m_due{}; ///< when the next step may begin
};

} // namespace rollcall::store
