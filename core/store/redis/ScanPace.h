#pragma once

#include <QtGlobal>

namespace rollcall::store {

/// How much reading all sessions of a Redis database may ask of a server that others need as well, and of our memory.
/// With these values a pass over a million keys takes four seconds at least. **Thread-safety:** plain value.
struct ScanPace
{
    int keysAtOnce = 1'000;          ///< COUNT of each SCAN: what is looked through before others get their turn
    int keysPerSecond = 250'000;     ///< looked through, at most: a pass waits between its steps
    qsizetype mostBytes = 512 << 20; ///< of an index of sessions (SessionIndex.h): some four million of them
};

} // namespace rollcall::store
