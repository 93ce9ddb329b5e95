#pragma once

#include <utility>

#include "core/base/Call.h"
#include "core/http/HttpTransport.h"

namespace rollcall::http {

/// A socket descriptor, closed when it goes. **Thread-safety:** one object belongs to one thread at a time.
class Descriptor final
{
public:
    explicit Descriptor(int descriptor = -1) : m_descriptor(descriptor) {}
    Descriptor(Descriptor &&other) noexcept : m_descriptor(other.release()) {}
    Descriptor &operator=(Descriptor &&other) noexcept;
    Descriptor(const Descriptor &) = delete;
    Descriptor &operator=(const Descriptor &) = delete;
    ~Descriptor();

    [[nodiscard]] int get() const { return m_descriptor; }
    /// Gives the descriptor away; the caller closes it.
    [[nodiscard]] int release() { return std::exchange(m_descriptor, -1); }

private:
    int m_descriptor;
};

/// Connects to @p origin, trying its addresses in turn; the descriptor is non-blocking. Blocks.
/// **Thread-safety:** thread-safe. Errors: as lookUpHost(), ConnectRefused.
[[nodiscard]] base::Result<Descriptor> connectTcp(const Origin &origin, const base::Call &call);

} // namespace rollcall::http
