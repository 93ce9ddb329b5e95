#include "core/session/Resolution.h"

namespace rollcall::session {

QString stepOutcomeName(StepOutcome outcome)
{
    switch (outcome) {
    case StepOutcome::Ok:
        return QStringLiteral("ok");
    case StepOutcome::Fail:
        return QStringLiteral("fail");
    case StepOutcome::Skipped:
        return QStringLiteral("skipped");
    case StepOutcome::Hit:
        return QStringLiteral("hit");
    case StepOutcome::Miss:
        return QStringLiteral("miss");
    case StepOutcome::Error:
        return QStringLiteral("error");
    }
    Q_UNREACHABLE();
}

} // namespace rollcall::session
