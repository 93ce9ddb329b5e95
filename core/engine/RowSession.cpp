#include "core/base/ErrorText.h"
#include "core/base/JsDate.h"
#include "core/engine/DefaultCallbacks.h"
#include "core/engine/SessionRun.h"
#include "core/engine/UserId.h"

// The session action under the database strategy.
namespace rollcall::engine {

namespace {

using base::Instant;
using jose::JsonValue;
using session::NullReason;
using session::RowEffect;
using session::StepOutcome;

/// `expires.valueOf()` as a number; NaN where it compares false with everything.
double expiresNumber(const SessionAndUser &row)
{
    switch (row.expiresKind) {
    case ExpiresKind::Date:
        return static_cast<double>(row.expires.time_since_epoch().count());
    case ExpiresKind::InvalidDate:
        return std::numeric_limits<double>::quiet_NaN();
    case ExpiresKind::Other:
        break;
    }
    const JsonValue *expires = row.session.find(u"expires");
    return expires ? toNumber(*expires) : std::numeric_limits<double>::quiet_NaN();
}

double milliseconds(Instant instant)
{
    return static_cast<double>(instant.time_since_epoch().count());
}

double milliseconds(std::chrono::seconds seconds)
{
    return static_cast<double>(seconds.count()) * 1000;
}

QString expiresText(const SessionAndUser &row)
{
    return row.expiresKind == ExpiresKind::Date ? base::toIso(row.expires) : QStringLiteral("not a date");
}

/// Whether `session.expires.valueOf()` throws.
bool hasNoExpires(const SessionAndUser &row)
{
    const JsonValue *expires = row.session.find(u"expires");
    return row.expiresKind == ExpiresKind::Other && (!expires || expires->isNull());
}

} // namespace

void SessionAction::failRow(Run &run, NullReason reason, const QString &evidence) const
{
    run.fail(reason, evidence);
    run.outcome.cookies.clear();
    run.log(isV4() ? QByteArrayLiteral("SESSION_ERROR") : QByteArrayLiteral("SessionTokenError"), evidence);
}

void SessionAction::failAdapter(Run &run, const char *method, NullReason reason, const base::Error &error,
                                const base::Call &call) const
{
    const QString code = base::errorName(error.code);
    run.log(isV4() ? QByteArray(QByteArrayLiteral("adapter_error_") + method) : QByteArrayLiteral("AdapterError"),
            code);
    // The caller's own bounds are no fault of the database.
    failRow(run, call.cancelled() || call.expired() ? NullReason::CancelledOrDeadline : reason,
            base::describe(error).message);
}

void SessionAction::runRow(Run &run, const base::Call &call) const
{
    const QString lookup = QStringLiteral("lookup");
    if (!run.input.adapter) {
        run.steps.end(lookup, StepOutcome::Skipped, [] { return QStringLiteral("no database is connected"); });
        return failRow(run, NullReason::AdapterMissing,
                       QStringLiteral("sessions live in a database, but none is connected"));
    }
    const auto answer = run.input.adapter->getSessionAndUser(run.token, call);
    if (!answer) {
        run.steps.end(lookup, StepOutcome::Error, [&] { return base::errorName(answer.error().code); });
        return failAdapter(run, "getSessionAndUser", NullReason::AdapterError, answer.error(), call);
    }
    const std::optional<SessionAndUser> &found = *answer;
    run.steps.end(lookup, found ? StepOutcome::Ok : StepOutcome::Fail,
                  [&] { return found ? QStringLiteral("row found") : QStringLiteral("no row"); });
    if (!found) {
        const Diagnosis diagnosis = whyNoRow(*m_profile, m_cookieName, run.input.header, run.input.cookies, run.token);
        run.fail(diagnosis.reason, diagnosis.evidence);
        return clear(run);
    }
    run.steps.end(QStringLiteral("user"), found->orphan ? StepOutcome::Fail : StepOutcome::Ok);
    if (found->orphan) {
        run.fail(NullReason::UserMissing, QStringLiteral("the row is there, its user is gone"));
        return clear(run);
    }
    if (hasNoExpires(*found))
        return failRow(run, NullReason::BadRow, QStringLiteral("the row has no expiry"));
    const bool expired = expiresNumber(*found) < milliseconds(run.input.now);
    run.steps.end(QStringLiteral("expiry"), expired ? StepOutcome::Fail : StepOutcome::Ok,
                  [&] { return expiresText(*found); });
    if (!expired)
        return runLiveRow(run, *found, call);
    run.outcome.rowEffect = RowEffect::DeleteExpired;
    if (run.input.effects == Effects::Apply) {
        const auto deleted = run.input.adapter->deleteSession(run.token, run.input.now, call);
        if (!deleted) {
            run.outcome.rowEffect = RowEffect::None;
            return failAdapter(run, "deleteSession", NullReason::AdapterWriteError, deleted.error(), call);
        }
    }
    run.fail(NullReason::RowExpired, QStringLiteral("the row expired at %1").arg(expiresText(*found)));
    clear(run);
}

void SessionAction::runLiveRow(Run &run, const SessionAndUser &row, const base::Call &call) const
{
    const Instant expires = base::dateAfter(run.input.now, m_profile->lifetime());
    const bool due = expiresNumber(row) - milliseconds(m_profile->lifetime()) + milliseconds(m_profile->updateAge) <=
                     milliseconds(run.input.now);
    const QString step = QStringLiteral("renew");
    if (due && !base::isDate(expires)) {
        // No adapter can write it, whether we may write or not.
        const base::Error error = base::Error(base::ErrorCode::UsageInvalid)
                                      .with(base::ErrorParam::Detail, QStringLiteral("maxAge leads beyond all dates"));
        run.steps.end(step, StepOutcome::Error, [&] { return base::describe(error).message; });
        return failAdapter(run, "updateSession", NullReason::AdapterWriteError, error, call);
    }
    const bool writes = due && run.input.effects == Effects::Apply;
    if (writes) {
        if (const auto extended = run.input.adapter->updateSession(run.token, expires, call); !extended) {
            run.steps.end(step, StepOutcome::Error, [&] { return base::errorName(extended.error().code); });
            return failAdapter(run, "updateSession", NullReason::AdapterWriteError, extended.error(), call);
        }
    }
    if (due)
        run.outcome.rowEffect = RowEffect::Extend;
    run.steps.end(step, due ? StepOutcome::Ok : StepOutcome::Skipped, [&] {
        return due ? QStringLiteral("due: to %1").arg(base::toIso(expires)) : QStringLiteral("not due");
    });
    // The answer shows the row as it was read, also after it was extended.
    if (!rowSession(run, row))
        return;
    if (row.expiresKind == ExpiresKind::Date)
        run.outcome.validUntil = writes ? expires : row.expires;
    run.outcome.userId = userIdOf(row.session.find(u"userId"));
    run.outcome.cookies.push_back(
        {m_cookieName, base::SecretBytes(run.token), m_attributes, m_attributes.maxAge, expires});
    run.steps.end(QStringLiteral("session"), run.outcome.reason ? StepOutcome::Fail : StepOutcome::Ok);
}

bool SessionAction::rowSession(Run &run, const SessionAndUser &row) const
{
    const JsonValue expires = row.session.find(u"expires") ? *row.session.find(u"expires") : JsonValue();
    const auto bad = [&](const QString &why) {
        failRow(run, NullReason::BadRow, why);
        return false;
    };
    if (isV4() && row.user.isNull())
        return bad(QStringLiteral("the adapter gave a row without its user"));
    // v4 calls toISOString() whatever it is; on a Date without a time that throws in both.
    if (row.expiresKind == ExpiresKind::InvalidDate || (isV4() && row.expiresKind == ExpiresKind::Other))
        return bad(QStringLiteral("the row's expiry cannot be read"));
    JsonValue session = sessionOfUser(row.user, expires);
    CallbackResult result = session;
    if (!isV4() && (m_callbacks->session || run.input.form == SessionForm::Auth)) {
        session = row.session;
        session.set(QStringLiteral("user"), row.user);
        result = session;
    }
    if (m_callbacks->session) {
        result = callSafely(m_callbacks->session, SessionCallbackArguments{session, nullptr, &row.user,
                                                                           run.input.isUpdate, run.input.newSession});
    }
    if (const auto *failure = std::get_if<CallbackFailure>(&result)) {
        failRow(run, NullReason::SessionCbThrew, failure->message);
        return false;
    }
    if (run.input.form == SessionForm::Auth) {
        JsonValue whole{JsonValue::Object()};
        if (!row.user.isNull())
            whole.set(QStringLiteral("user"), row.user);
        const auto *value = std::get_if<JsonValue>(&result);
        spread(whole, value && !value->isNull() ? *value : session);
        result = std::move(whole);
    }
    setBody(run, std::move(result));
    return true;
}

} // namespace rollcall::engine
