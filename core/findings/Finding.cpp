#include "core/findings/Finding.h"

namespace rollcall::findings {

QString weightName(Weight weight)
{
    switch (weight) {
    case Weight::Low:
        return QStringLiteral("low");
    case Weight::Medium:
        return QStringLiteral("medium");
    case Weight::High:
        return QStringLiteral("high");
    }
    return {};
}

} // namespace rollcall::findings
