#include <algorithm>

#include "app/ctl/Commands.h"
#include "app/ctl/Confirmation.h"
#include "app/ctl/OutFile.h"
#include "core/base/DurableFile.h"
#include "core/base/ErrorText.h"
#include "core/http/CookieNames.h"
#include "core/probe/CanarySession.h"

namespace rollcall::ctl {

namespace {

using deployment::Deployment;
using deployment::Needs;
using probe::CanarySession;

constexpr std::chrono::hours longestLife{24};
constexpr std::chrono::seconds longestSweep{2}; ///< minting must not wait for a look through a large table

QString reasonOf(const Context &context, const QString &otherwise)
{
    return context.arguments().value(QStringLiteral("reason")).value_or(otherwise);
}

/// How long the canary is to live. Errors: UsageInvalid.
base::Result<std::chrono::seconds> readLife(const Arguments &arguments)
{
    const auto life = arguments.duration(QStringLiteral("ttl"), std::chrono::minutes(10));
    if (!life)
        return base::fail(life.error());
    if (*life < std::chrono::seconds(1) || *life > longestLife)
        return base::fail(usageError(QStringLiteral("--ttl"), QStringLiteral("must be from 1s to 24h")));
    return std::chrono::ceil<std::chrono::seconds>(*life);
}

/// Whether a file that begins with @p begin is what writeCookieFile() writes: one line, of a session's cookies alone.
bool isCookieFile(QByteArrayView begin)
{
    if (begin.size() == OutTarget::mostRead || begin.indexOf('\n') != begin.size() - 1)
        return false;
    const QByteArrayList cookies = begin.chopped(1).toByteArray().split(';');
    return std::ranges::all_of(cookies, [](const QByteArray &cookie) {
        QByteArray name = cookie.trimmed();
        name.truncate(std::max<qsizetype>(name.indexOf('='), 0));
        if (const qsizetype dot = name.lastIndexOf('.'); dot >= 0 && !http::isDefaultSessionName(name)) {
            bool isChunk = false;
            (void)name.sliced(dot + 1).toUInt(&isChunk);
            name.truncate(isChunk ? dot : 0);
        }
        return http::isDefaultSessionName(name);
    });
}

base::Status writeCookieFile(const OutTarget &target, const base::SecretBytes &header)
{
    QByteArray content = header.view().toByteArray() + '\n';
    base::Status written = base::replaceFile(target.path, content, base::ErrorCode::FileUnwritable, target.onto);
    base::wipe(content);
    return written;
}

/// Removes canaries that are over: nobody needs them, and what a killed process left is found here. It never fails the
/// command, which is about another one.
void sweep(Context &context, const Deployment &deployment, audit::AuditLog &log)
{
    const base::Call call = context.call().atMost(longestSweep);
    const auto clean = [&]() -> base::Status {
        const auto store = deployment.openStore(store::Access::Write, call);
        if (!store)
            return base::fail(store.error());
        store::UserDirectory *users = (*store)->users();
        if (!users)
            return {};
        auto canaries = users->canaries(call);
        if (!canaries)
            return base::fail(canaries.error());
        const base::Instant now = context.clock().now();
        std::erase_if(*canaries,
                      [now](const store::LeftCanary &canary) { return !canary.expires || *canary.expires >= now; });
        const auto removed =
            probe::removeCanaries(deployment, **store, *canaries, log, QStringLiteral("canaries that are over"), call);
        return removed.error ? base::fail(*removed.error) : base::Status();
    };
    if (const auto done = clean(); !done && done.error().code != base::ErrorCode::Cancelled)
        context.output().warn(
            QStringLiteral("canaries that are over could not be looked for: %1").arg(base::oneLine(done.error())));
}

class TokenMintCommand final : public Command
{
public:
    CommandSpec spec() const override
    {
        std::vector<Flag> flags{
            {QStringLiteral("ttl"), QStringLiteral("DURATION"),
             QStringLiteral("how long it lives (10m, at most 24h); a deployment that is asked about a row extends it")},
            {QStringLiteral("reason"), QStringLiteral("TEXT"), QStringLiteral("why, for the audit log")},
        };
        for (const std::vector<Flag> &more :
             {outFlags(QStringLiteral("where its cookie goes, as a cookie file with mode 0600; nowhere else")),
              writeFlags()})
            flags.insert(flags.end(), more.begin(), more.end());
        return {{QStringLiteral("token"), QStringLiteral("mint")},
                {},
                false,
                QStringLiteral("make a labelled, short-lived canary session to probe with"),
                std::move(flags),
                {}};
    }

    Outcome run(Context &context) const override
    {
        if (const auto status = checkWriteFlags(context); !status)
            return Outcome::failed(status.error());
        const auto life = readLife(context.arguments());
        if (!life)
            return Outcome::failed(life.error());
        const auto out = outFile(context, Existing::Kept, isCookieFile);
        if (!out)
            return Outcome::failed(out.error());
        auto config = context.connection();
        if (!config)
            return Outcome::failed(config.error());
        const auto opened = Deployment::open(std::move(*config), Needs{}, context.clock(), context.callFor(2));
        if (!opened)
            return Outcome::failed(opened.error());
        const Deployment &deployment = **opened;
        for (const QString &note : deployment.notes())
            context.output().warn(note);
        if (!*out)
            context.output().warn(QStringLiteral("without --out nobody gets this canary's cookie."));
        const base::Instant expires = context.clock().now() + *life; // never later than the canary's own end
        auto canary = deployment.auth()->strategy == session::Strategy::Jwt ? mintToken(context, deployment, *life)
                                                                            : mintRow(context, deployment, *life);
        if (!canary)
            return Outcome::failed(canary.error());
        return answered(context, deployment, *canary, *out, expires);
    }

private:
    /// A sealed token: nothing is written to the deployment, but that a session was made belongs on record.
    static base::Result<CanarySession> mintToken(Context &context, const Deployment &deployment,
                                                 std::chrono::seconds life)
    {
        if (!context.vault()) {
            context.output().warn(QStringLiteral("there is no key for the audit log (--key-file): that this token was "
                                                 "made is not on record."));
            return CanarySession::make(deployment, nullptr, false, life, context.call());
        }
        audit::AuditLog log = context.auditLog();
        audit::AuditEntry entry;
        entry.action = QStringLiteral("token.mint");
        entry.connection = deployment.config().displayName();
        entry.reason = reasonOf(context, QStringLiteral("canary token"));
        entry.counts = {{QStringLiteral("rows"), 0}, {QStringLiteral("tokens"), 1}};
        base::Result<CanarySession> canary = base::fail(base::Error(base::ErrorCode::Internal));
        const auto done = audit::audited(
            log, entry, audit::WithoutRecord::Refuse, context.call(), [&](audit::AuditEntry &outcome) -> base::Status {
                canary = CanarySession::make(deployment, nullptr, false, life, context.call());
                if (canary)
                    return {};
                outcome.counts.insert(QStringLiteral("tokens"), 0);
                return base::fail(canary.error());
            });
        if (!done)
            return base::fail(done.error());
        return canary;
    }

    static base::Result<CanarySession> mintRow(Context &context, const Deployment &deployment,
                                               std::chrono::seconds life)
    {
        if (!deployment.hasRows()) { // says why: no database, no table, or it cannot be read
            const auto store = deployment.openStore(store::Access::ReadOnly, context.call());
            return base::fail(store ? base::Error(base::ErrorCode::SchemaNotFound) : store.error());
        }
        const bool isSigned = deployment.auth()->version == session::AuthVersion::BetterAuth;
        if (isSigned && deployment.auth()->secrets.empty()) // its cookie could not be formed: known before the write
            return base::fail(base::Error(base::ErrorCode::SecretMissing));
        const workspace::ConnectionProfile &profile = deployment.config().profile;
        if (auto status = checkConsentPossible(context, profile); !status)
            return base::fail(std::move(status.error()));
        const QString question = QStringLiteral("Write a labelled canary user and session into the database of %1?")
                                     .arg(deployment.config().displayName());
        if (auto status = askConsent(context, profile, question); !status)
            return base::fail(std::move(status.error()));
        audit::AuditLog log = context.auditLog();
        sweep(context, deployment, log);
        return CanarySession::make(deployment, &log, true, life, context.callFor(2),
                                   reasonOf(context, QStringLiteral("canary session")));
    }

    static Outcome answered(Context &context, const Deployment &deployment, CanarySession &canary,
                            const std::optional<OutTarget> &out, base::Instant expires)
    {
        if (out) {
            if (auto written = writeCookieFile(*out, canary.cookieHeader()); !written) {
                audit::AuditLog log = context.auditLog();
                if (const auto removed = canary.remove(deployment, &log); !removed)
                    return Outcome::failed(base::Error(removed.error()).because(std::move(written.error())));
                return Outcome::failed(written.error());
            }
        }
        Answer answer;
        answer.members
            .add(QStringLiteral("cookieName"), QString::fromLatin1(http::sessionCookieName(*deployment.auth())))
            .add(QStringLiteral("fingerprint"), canary.fingerprint().text())
            .add(QStringLiteral("expires"), base::toIso(expires));
        return Outcome::done(std::move(answer));
    }
};

class TokenRemoveCommand final : public Command
{
public:
    CommandSpec spec() const override
    {
        std::vector<Flag> flags{
            {QStringLiteral("all"), {}, QStringLiteral("every canary, whoever made it, and users that one left")},
            {QStringLiteral("reason"), QStringLiteral("TEXT"), QStringLiteral("why, for the audit log")},
        };
        const std::vector<Flag> consent = writeFlags();
        flags.insert(flags.end(), consent.begin(), consent.end());
        return {{QStringLiteral("token"), QStringLiteral("remove")},
                QStringLiteral("FINGERPRINT"),
                false,
                QStringLiteral("remove canaries that were left, the users made for them too"),
                std::move(flags),
                {}};
    }

    Outcome run(Context &context) const override
    {
        if (const auto status = checkWriteFlags(context); !status)
            return Outcome::failed(status.error());
        const bool all = context.arguments().has(QStringLiteral("all"));
        const QString named = context.arguments().argument();
        if (all == !named.isEmpty())
            return Outcome::failed(
                usageError({}, QStringLiteral("Which canaries? Give a fingerprint, or --all, not both.")));
        const auto fingerprint = base::Fingerprint::fromText(named);
        if (!all && fingerprint.isEmpty())
            return Outcome::failed(
                usageError({}, QStringLiteral("A fingerprint has 16 hexadecimal digits: `token mint` answers it.")));
        auto config = context.connection();
        if (!config)
            return Outcome::failed(config.error());
        const auto opened =
            Deployment::open(std::move(*config), Needs{true, false}, context.clock(), context.callFor(2));
        if (!opened)
            return Outcome::failed(opened.error());
        const Deployment &deployment = **opened;
        const workspace::ConnectionProfile &profile = deployment.config().profile;
        if (const auto status = checkConsentPossible(context, profile); !status)
            return Outcome::failed(status.error());
        const auto store = deployment.openStore(store::Access::Write, context.call());
        if (!store)
            return Outcome::failed(store.error());
        store::UserDirectory *users = (*store)->users();
        auto canaries = users ? users->canaries(context.call()) : base::fail(base::Error(base::ErrorCode::Internal));
        if (!canaries)
            return Outcome::failed(canaries.error());
        if (!all)
            std::erase_if(*canaries,
                          [&](const store::LeftCanary &canary) { return canary.fingerprint != fingerprint; });
        Answer nothing;
        nothing.members.add(QStringLiteral("removed"), 0);
        if (canaries->empty() && all)
            return Outcome::done(std::move(nothing));
        if (canaries->empty())
            return Outcome::no(std::move(nothing), QStringLiteral("There is no canary %1.").arg(fingerprint.text()));
        if (const auto status = askConsent(context, profile,
                                           QStringLiteral("Remove %1 canaries and their users at %2?")
                                               .arg(canaries->size())
                                               .arg(deployment.config().displayName()));
            !status)
            return Outcome::failed(status.error());
        audit::AuditLog log = context.auditLog();
        const auto removed = probe::removeCanaries(
            deployment, **store, *canaries, log,
            context.arguments().value(QStringLiteral("reason")).value_or(QString()), context.callFor(2));
        Answer answer;
        answer.members.add(QStringLiteral("removed"), removed.removed);
        if (!removed.error)
            return Outcome::done(std::move(answer));
        Outcome outcome = Outcome::failed(*removed.error, std::move(answer));
        if (removed.removed > 0 && removed.error->code != base::ErrorCode::Cancelled)
            outcome.exit = static_cast<int>(base::ExitClass::Midway);
        return outcome;
    }
};

} // namespace

std::unique_ptr<const Command> makeTokenMint()
{
    return std::make_unique<TokenMintCommand>();
}

std::unique_ptr<const Command> makeTokenRemove()
{
    return std::make_unique<TokenRemoveCommand>();
}

} // namespace rollcall::ctl
