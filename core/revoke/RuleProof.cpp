#include "core/revoke/RuleProof.h"

#include <algorithm>

#include "core/revoke/RefusalVerifier.h"

namespace rollcall::revoke {

using namespace std::chrono_literals;

namespace {
constexpr auto canaryLife = 10min;
constexpr auto older = 60s;
} // namespace

base::Result<RuleCanaries> mintRuleCanaries(const session::AuthProfile &profile, base::Instant notBefore,
                                            base::Instant now)
{
    const base::Instant earlier = notBefore - older;
    const auto age = std::max(std::chrono::ceil<std::chrono::seconds>(now - earlier), 0s);
    auto before = engine::mintCanaryJwt(profile, age + canaryLife, earlier);
    if (!before)
        return base::fail(std::move(before.error()));
    // A rule that was set just now ends what was issued within the same second.
    auto after = engine::mintCanaryJwt(profile, canaryLife, std::max(now, notBefore + 1s));
    if (!after)
        return base::fail(std::move(after.error()));
    return RuleCanaries{std::move(*before), std::move(*after)};
}

QString ruleOutcomeName(RuleOutcome outcome)
{
    switch (outcome) {
    case RuleOutcome::Honoured:
        return QStringLiteral("refused");
    case RuleOutcome::StillAccepted:
        return QStringLiteral("still-accepted");
    case RuleOutcome::ControlRefused:
        return QStringLiteral("control-refused");
    case RuleOutcome::NotAsked:
        return QStringLiteral("not-asked");
    }
    Q_UNREACHABLE();
}

RuleProof proveRule(const deployment::Deployment &deployment, const RuleCanaries &canaries,
                    std::chrono::milliseconds wait, const base::Call &call)
{
    QString answer;
    if (!isAccepted(canaries.after, deployment, wait, call, answer).value_or(false))
        return {RuleOutcome::ControlRefused, answer};
    RowReport report;
    std::vector<Suspect> suspects{{&canaries.before, std::nullopt, &report}};
    verifyRefusals(suspects, deployment, wait, call, [] {});
    switch (report.proof) {
    case ProofOutcome::Refused:
        return {RuleOutcome::Honoured, {}};
    case ProofOutcome::StillAccepted:
        return {RuleOutcome::StillAccepted, {}};
    case ProofOutcome::NotAsked:
    case ProofOutcome::Unchecked:
        return {RuleOutcome::NotAsked, report.answer};
    }
    Q_UNREACHABLE();
}

} // namespace rollcall::revoke
