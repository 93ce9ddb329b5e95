#pragma once

#include <QJsonObject>

#include <vector>

#include "core/probe/PropagationAsker.h"

namespace rollcall::probe {

/// The sessions of an experiment, all labelled as canaries: made before it, ended one by one, and what is left of them
/// removed after it. **Thread-safety:** one thread, which owns the connections; cookieHeader() from any once made.
class PropagationCanaries final
{
public:
    /// @p deployment is borrowed.
    explicit PropagationCanaries(const deployment::Deployment &deployment) : m_deployment(deployment) {}

    enum class Pace { Swift, Careful };
    /// Makes one for each of @p by, in their order, all living @p life. What was made before an error is still there.
    /// @p pace: Careful rests between rows, for databases of others.
    /// Errors: SecretMissing, those of the store and of openRuleStore(), Cancelled, Timeout.
    [[nodiscard]] base::Status make(const std::vector<RevokedBy> &by, std::chrono::seconds life, Pace pace,
                                    const base::Call &call);

    [[nodiscard]] const base::SecretBytes &cookieHeader(std::size_t canary) const
    {
        return m_canaries[canary].cookieHeader;
    }
    /// Ends the session @p canary by what it was made for; returns once that is acknowledged.
    [[nodiscard]] base::Status revoke(std::size_t canary, const base::Call &call);

    /// Removes rows and rules that are still there, and what the configured cache holds of the canaries, over new
    /// connections and within a bound of its own. Errors: the first that was met; the others are tried all the same.
    [[nodiscard]] base::Status removeAll();

    /// Whether rows or rules were written.
    [[nodiscard]] bool hasWritten() const { return m_rowsMade > 0 || m_rulesMade > 0; }

    /// For the audit log: how many rows and rules were written, ended as an experiment's revocation, and left behind.
    [[nodiscard]] QJsonObject counts() const;

private:
    struct Canary
    {
        RevokedBy by = RevokedBy::Nothing;
        base::SecretBytes token;
        base::SecretBytes cookieHeader;
        std::optional<store::CanaryKey> row; ///< while it is there
        QString userId;                      ///< of a rule
        bool hasRule = false;                ///< while it is there
    };

    [[nodiscard]] base::Status makeRow(Canary &canary, std::chrono::seconds life, const base::Call &call);
    [[nodiscard]] base::Status makeToken(Canary &canary, std::chrono::seconds life);
    [[nodiscard]] base::Status removeRows(const base::Call &call);
    [[nodiscard]] base::Status removeRules(const base::Call &call);
    [[nodiscard]] base::Status forgetCached(const base::Call &call);

    const deployment::Deployment &m_deployment;
    std::unique_ptr<store::SessionStore> m_store;
    std::unique_ptr<revoke::RuleStore> m_rules;
    std::vector<Canary> m_canaries;
    base::Call::Clock::duration m_making{0}; ///< how long making them took
    qint64 m_rowsMade = 0;
    qint64 m_rulesMade = 0;
    qint64 m_revoked = 0;
};

} // namespace rollcall::probe
