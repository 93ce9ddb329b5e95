#include "core/base/Backoff.h"

#include <algorithm>

namespace rollcall::base {

std::chrono::milliseconds Backoff::next(double chance)
{
    const auto ceiling = std::min(m_ceiling, m_range.most);
    m_ceiling = ceiling * 2;
    const auto half = ceiling / 2;
    return half + std::chrono::milliseconds(static_cast<std::chrono::milliseconds::rep>(
                      chance * static_cast<double>((ceiling - half).count())));
}

} // namespace rollcall::base
