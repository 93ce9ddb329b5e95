#include "app/ctl/Commands.h"
#include "app/ctl/Confirmation.h"
#include "app/ctl/PersonalMask.h"
#include "app/ctl/RuleAnswer.h"
#include "core/audit/AuditedAct.h"
#include "core/revoke/CallbackSnippet.h"
#include "core/revoke/RuleProof.h"
#include "core/revoke/RuledResolver.h"

namespace rollcall::ctl {

namespace {

using deployment::ConnectionConfig;
using deployment::Deployment;
using deployment::Needs;
using revoke::NotBeforeRule;

class RuleShowCommand final : public Command
{
public:
    CommandSpec spec() const override
    {
        return {{QStringLiteral("rule"), QStringLiteral("show")},
                {},
                false,
                QStringLiteral("the not-before rules for JWT sessions that are in force"),
                revealPersonalFlags(true),
                {}};
    }

    Outcome run(Context &context) const override
    {
        const auto config = context.connection();
        if (!config)
            return Outcome::failed(config.error());
        auto rules = openRules(context, *config, store::Access::ReadOnly);
        if (!rules)
            return Outcome::failed(rules.error());
        const auto mask = PersonalMask::from(context, *config,
                                             {{QStringLiteral("rules"), static_cast<qint64>(rules->inForce.size())}});
        if (!mask)
            return Outcome::failed(mask.error());
        for (NotBeforeRule &rule : rules->inForce) {
            if (rule.user)
                rule.user = mask->shownUser(*rule.user);
        }
        return Outcome::done(ruleAnswer(rules->inForce));
    }
};

class RuleSnippetCommand final : public Command
{
public:
    CommandSpec spec() const override
    {
        return {{QStringLiteral("rule"), QStringLiteral("snippet")},
                {},
                false,
                QStringLiteral("the callback that makes a deployment honour the rules, as a JavaScript module"),
                {{QStringLiteral("client"), QStringLiteral("pg|mysql2|better-sqlite3|redis|upstash"),
                  QStringLiteral("by which the deployment reads the rules (what fits the connection)")}},
                {}};
    }

    Outcome run(Context &context) const override
    {
        const auto config = context.connection();
        if (!config)
            return Outcome::failed(config.error());
        auto client = revoke::ruleClientFor(*config);
        if (const auto named = context.arguments().value(QStringLiteral("client"))) {
            client = revoke::ruleClientOf(*named);
            if (!client)
                return Outcome::failed(
                    usageError(QStringLiteral("--client"),
                               QStringLiteral("wants one of pg, mysql2, better-sqlite3, redis, upstash")));
        }
        if (!client)
            return Outcome::failed(usageError(
                QStringLiteral("--client"), QStringLiteral("is needed where neither --database nor --cache is given")));
        const auto version = versionOf(context, *config);
        if (!version)
            return Outcome::failed(version.error());
        const QString text = revoke::callbackSnippet(*version, *client);
        if (context.arguments().value(QStringLiteral("format")) != QStringLiteral("json")) {
            const auto written = context.output().text(text);
            return written ? Outcome{} : Outcome::failed(written.error());
        }
        Answer answer;
        answer.members.add(QStringLiteral("version"), versionName(*version))
            .add(QStringLiteral("client"), revoke::ruleClientName(*client))
            .add(QStringLiteral("snippet"), text);
        return Outcome::done(std::move(answer));
    }

private:
    /// The library, by flag or by asking the deployment. Errors: UsageInvalid, those of Deployment::open().
    static base::Result<session::AuthVersion> versionOf(Context &context, const ConnectionConfig &config)
    {
        auto version = config.profile.version;
        if (!version) {
            ConnectionConfig jwt = config.clone();
            jwt.profile.strategy = session::Strategy::Jwt; // the tables do not matter here
            const auto opened =
                Deployment::open(std::move(jwt), Needs{false, true}, context.clock(), context.callFor(2));
            if (!opened)
                return base::fail(opened.error());
            if ((*opened)->isVersionAssumed())
                return base::fail(usageError(QStringLiteral("--auth-version"),
                                             QStringLiteral("is needed: the deployment does not tell its library")));
            version = (*opened)->auth()->version;
        }
        if (*version == session::AuthVersion::BetterAuth)
            return base::fail(
                usageError(QStringLiteral("--auth-version"),
                           QStringLiteral("Better Auth's sessions have rows: `sessions revoke` ends them")));
        return *version;
    }
};

class RuleVerifyCommand final : public Command
{
public:
    CommandSpec spec() const override
    {
        return {{QStringLiteral("rule"), QStringLiteral("verify")},
                {},
                false,
                QStringLiteral("prove by canary tokens that the deployment honours the rules; without a rule for all a "
                               "rule for the canary is written and removed (--yes)"),
                writeFlags(),
                {}};
    }

    Outcome run(Context &context) const override
    {
        if (const auto status = checkWriteFlags(context); !status)
            return Outcome::failed(status.error());
        auto config = context.connection();
        if (!config)
            return Outcome::failed(config.error());
        if (const auto status = config->checkTransport(); !status)
            return Outcome::failed(status.error());
        if (!config->profile.strategy)
            config->profile.strategy = session::Strategy::Jwt; // a rule is for nothing else
        const auto opened =
            Deployment::open(std::move(*config), Needs{false, true}, context.clock(), context.callFor(2));
        if (!opened)
            return Outcome::failed(opened.error());
        const Deployment &deployment = **opened;
        const auto rules = openRules(context, deployment.config(), store::Access::ReadOnly);
        if (!rules)
            return Outcome::failed(rules.error());
        const NotBeforeRule *everybodys = ruleOf(rules->inForce, std::nullopt);
        const base::Instant now = context.clock().now();
        const base::Instant notBefore = everybodys ? everybodys->notBefore : now;
        const auto canaries = revoke::mintRuleCanaries(*deployment.auth(), notBefore, now);
        if (!canaries)
            return Outcome::failed(canaries.error());
        if (everybodys)
            return outcomeOf(prove(context, deployment, *canaries));
        return proveByOwnRule(context, deployment, *canaries, now);
    }

private:
    static revoke::RuleProof prove(Context &context, const Deployment &deployment, const revoke::RuleCanaries &canaries)
    {
        // Twice: the callback may hold on to what it read for some seconds.
        return revoke::proveRule(deployment, canaries, context.options().timeout, context.callFor(4));
    }

    static Outcome outcomeOf(const revoke::RuleProof &proof)
    {
        QString reason = revoke::ruleOutcomeName(proof.outcome);
        if (!proof.answer.isEmpty())
            reason += QStringLiteral(": ") + proof.answer;
        Answer answer;
        answer.members.add(QStringLiteral("honoured"), proof.isHonoured()).add(QStringLiteral("reason"), reason);
        return proof.isHonoured() ? Outcome::done(std::move(answer))
                                  : Outcome::no(std::move(answer), whyNotProven(proof.outcome, reason));
    }

    static QString whyNotProven(revoke::RuleOutcome outcome, const QString &reason)
    {
        switch (outcome) {
        case revoke::RuleOutcome::Honoured:
            return {};
        case revoke::RuleOutcome::StillAccepted:
            return QStringLiteral("The deployment does not honour the rule (%1). Is the callback of `rule snippet` "
                                  "deployed?")
                .arg(reason);
        case revoke::RuleOutcome::ControlRefused:
            return QStringLiteral("Nothing is proven: the deployment refuses a token from after the rule too (%1). "
                                  "Does it have this connection's secret?")
                .arg(reason);
        case revoke::RuleOutcome::NotAsked:
            return QStringLiteral("Nothing is proven: the deployment could not be asked (%1). `check` says why.")
                .arg(reason);
        }
        Q_UNREACHABLE();
    }

    static Outcome proveByOwnRule(Context &context, const Deployment &deployment, const revoke::RuleCanaries &canaries,
                                  base::Instant now)
    {
        const ConnectionConfig &config = deployment.config();
        if (const auto status = checkConsentPossible(context, config.profile); !status)
            return Outcome::failed(status.error());
        if (const auto status = askConsent(
                context, config.profile,
                QStringLiteral("No rule for all is in force. Write one for the canary and remove it after?"));
            !status)
            return Outcome::failed(status.error());
        const auto origin = revoke::originOf(*deployment.auth(), canaries.before.view(), now);
        if (!origin || !origin->userId)
            return Outcome::failed(base::Error(base::ErrorCode::Internal)
                                       .with(base::ErrorParam::Detail, QStringLiteral("the canary cannot be read")));
        const auto place = revoke::openRuleStore(config, store::Access::Write, context.call());
        if (!place)
            return Outcome::failed(place.error());
        audit::AuditLog log = context.auditLog();
        audit::AuditEntry entry;
        entry.action = QStringLiteral("rule.verify");
        entry.connection = config.displayName();
        entry.counts = {{QStringLiteral("rules"), 1}};
        revoke::RuleProof proof;
        const auto done = audit::audited(
            log, entry, audit::WithoutRecord::Refuse, context.call(), [&](audit::AuditEntry &outcome) -> base::Status {
                if (auto status = (*place)->set({origin->userId, now, now}, context.call()); !status)
                    return status;
                proof = prove(context, deployment, canaries);
                outcome.verification = {{QStringLiteral("honoured"), proof.isHonoured()}};
                return (*place)->remove(*origin->userId, base::Call::within(context.options().timeout));
            });
        return done ? outcomeOf(proof) : Outcome::failed(done.error());
    }
};

} // namespace

std::unique_ptr<const Command> makeRuleShow()
{
    return std::make_unique<RuleShowCommand>();
}

std::unique_ptr<const Command> makeRuleSnippet()
{
    return std::make_unique<RuleSnippetCommand>();
}

std::unique_ptr<const Command> makeRuleVerify()
{
    return std::make_unique<RuleVerifyCommand>();
}

} // namespace rollcall::ctl
