#pragma once

#include "core/engine/NullDiagnosis.h"
#include "core/engine/SessionAction.h"
#include "core/engine/StepLog.h"

namespace rollcall::engine {

/// One request on its way through the session action.
struct SessionAction::Run
{
    const SessionInput &input;
    SessionOutcome &outcome;
    StepLog steps;
    QByteArrayView token; ///< what the session cookies join to

    /// The answer is no session: the library's empty body.
    void fail(session::NullReason reason, const QString &evidence) const
    {
        outcome.body = SessionOutcome::Body::Empty;
        outcome.json.clear();
        outcome.reason = reason;
        outcome.evidence = evidence;
    }
    void log(const QByteArray &code, const QString &message) const
    {
        outcome.log.push_back({LogLine::Level::Error, code, message});
    }
};

} // namespace rollcall::engine
