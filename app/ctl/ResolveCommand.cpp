#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include "app/ctl/Commands.h"
#include "app/ctl/Confirmation.h"
#include "app/ctl/InputFile.h"
#include "app/ctl/PersonalMask.h"
#include "core/audit/AuditLog.h"
#include "core/base/ErrorText.h"
#include "core/base/Loopback.h"
#include "core/deployment/Deployment.h"
#include "core/deployment/UnavailableStore.h"
#include "core/engine/TokenMask.h"
#include "core/http/CookieNames.h"
#include "core/revoke/RuledResolver.h"

namespace rollcall::ctl {

namespace {

using deployment::Deployment;
using deployment::Needs;
using session::Resolution;

constexpr std::chrono::seconds longestRuleLook{3};

/// What the flags ask for, read before anything is contacted.
struct Request
{
    engine::Mode mode = engine::Mode::Local;
    engine::Effects effects = engine::Effects::Observe;
    std::chrono::milliseconds ttl{60'000};
    bool batch = false;
    QString cookieFile;
};

base::Result<Request> readRequest(const Context &context)
{
    const Arguments &arguments = context.arguments();
    Request request;
    const auto mode = arguments.choice(QStringLiteral("mode"),
                                       {QStringLiteral("local"), QStringLiteral("proxy"), QStringLiteral("cached")});
    if (!mode)
        return base::fail(mode.error());
    request.mode = *mode == QStringLiteral("local")   ? engine::Mode::Local
                   : *mode == QStringLiteral("proxy") ? engine::Mode::Proxy
                                                      : engine::Mode::Cached;
    const auto effects =
        arguments.choice(QStringLiteral("effects"), {QStringLiteral("observe"), QStringLiteral("apply")});
    if (!effects)
        return base::fail(effects.error());
    if (*effects == QStringLiteral("apply")) {
        request.effects = engine::Effects::Apply;
        if (const auto status = checkWriteFlags(context); !status)
            return base::fail(status.error());
    }
    const auto ttl = arguments.duration(QStringLiteral("cache-ttl"), request.ttl);
    if (!ttl)
        return base::fail(ttl.error());
    request.ttl = std::chrono::duration_cast<std::chrono::milliseconds>(*ttl);
    request.batch = arguments.has(QStringLiteral("batch"));
    if (!request.batch && !arguments.has(QStringLiteral("cookie-file")))
        return base::fail(usageError(QStringLiteral("--cookie-file"), QStringLiteral("is needed here, or --batch")));
    request.cookieFile = arguments.value(QStringLiteral("cookie-file")).value_or(QString());
    return request;
}

JsonRecord recordOf(const session::CookieEffect &effect)
{
    JsonRecord record;
    record.add(QStringLiteral("name"), QString::fromLatin1(effect.name))
        .add(QStringLiteral("fingerprint"), textOrNull(effect.fingerprint.text()))
        .add(QStringLiteral("expires"), orNull(effect.expires))
        .add(QStringLiteral("maxAge"), effect.maxAge ? QJsonValue(*effect.maxAge) : QJsonValue(QJsonValue::Null))
        .add(QStringLiteral("path"), QString::fromLatin1(effect.path))
        .add(QStringLiteral("domain"),
             effect.domain ? QJsonValue(QString::fromLatin1(*effect.domain)) : QJsonValue(QJsonValue::Null))
        .add(QStringLiteral("secure"), effect.secure)
        .add(QStringLiteral("httpOnly"), effect.httpOnly)
        .add(QStringLiteral("sameSite"), QString::fromLatin1(effect.sameSite))
        .add(QStringLiteral("cleared"), effect.cleared);
    return record;
}

QByteArray listText(const QList<QByteArray> &elements)
{
    return '[' + elements.join(',') + ']';
}

http::Cookies cookiesOf(QByteArrayView header)
{
    return http::parseCookies(header, http::CookieDialect::AuthCore);
}

/// What to try where Rollcall guessed the library and the request speaks for another; else empty.
QString adviceFor(const Deployment &deployment, const Resolution &resolution, QByteArrayView cookie)
{
    using session::AuthVersion;
    const AuthVersion assumed = deployment.auth()->version;
    std::optional<AuthVersion> other;
    if (resolution.reason == session::NullReason::OtherMajorName)
        other = http::versionByCookies(cookiesOf(cookie));
    else if (resolution.reason == session::NullReason::OtherMajorToken)
        other = assumed == AuthVersion::V4 ? AuthVersion::V5 : AuthVersion::V4;
    if (!deployment.isVersionAssumed() || !other)
        return {};
    return QStringLiteral("Rollcall assumed %1, nothing says it: try --auth-version %2.")
        .arg(versionName(assumed), versionName(*other));
}

/// What speaks for the reason, for people.
QString evidenceOf(const Deployment &deployment, const Resolution &resolution, QByteArrayView cookie)
{
    const QString advice = adviceFor(deployment, resolution, cookie);
    return advice.isEmpty() ? resolution.evidence : QStringLiteral("%1. %2").arg(resolution.evidence, advice);
}

/// Describes what the Cookie header @p cookie gave.
void describe(const Deployment &deployment, const Resolution &resolution, QByteArrayView cookie,
              const PersonalMask &mask, JsonRecord &answer)
{
    const QByteArray session =
        resolution.session ? mask.shownJson(engine::withTokensMasked(*resolution.session, *deployment.auth(), cookie))
                           : "null";
    answer.addRaw(QStringLiteral("session"), session)
        .add(QStringLiteral("reason"),
             resolution.reason ? QJsonValue(session::nullReasonName(*resolution.reason)) : QJsonValue(QJsonValue::Null))
        .add(QStringLiteral("evidence"), textOrNull(evidenceOf(deployment, resolution, cookie)));
    QList<QByteArray> trace;
    for (const session::TraceStep &step : resolution.trace) {
        JsonRecord record;
        record.add(QStringLiteral("step"), step.step)
            .add(QStringLiteral("outcome"), session::stepOutcomeName(step.outcome))
            .add(QStringLiteral("detail"), step.detail)
            .add(QStringLiteral("ns"), qint64(step.took.count()));
        trace << record.toJson();
    }
    QList<QByteArray> cookies;
    for (const session::CookieEffect &effect : resolution.setCookies)
        cookies << recordOf(effect).toJson();
    answer.addRaw(QStringLiteral("trace"), listText(trace))
        .addRaw(QStringLiteral("setCookies"), listText(cookies))
        .add(QStringLiteral("durationNs"), qint64(resolution.took.count()));
}

/// The answer to a line of a batch that asks for nothing.
void describeBadLine(const base::Error &error, JsonRecord &answer)
{
    const base::ErrorText text = base::describe(error);
    JsonRecord fault;
    fault.add(QStringLiteral("code"), base::errorName(error.code))
        .add(QStringLiteral("message"), text.message)
        .add(QStringLiteral("remedy"), text.remedy);
    answer.add(QStringLiteral("session"), QJsonValue(QJsonValue::Null))
        .add(QStringLiteral("reason"), QJsonValue(QJsonValue::Null))
        .addRaw(QStringLiteral("trace"), "[]")
        .addRaw(QStringLiteral("setCookies"), "[]")
        .add(QStringLiteral("durationNs"), 0)
        .add(QStringLiteral("error"), fault);
}

bool isUnreachable(const base::Error &error)
{
    return base::exitClass(error.code) == base::ExitClass::Connect && error.code != base::ErrorCode::PermissionDenied;
}

/// Everything a resolver needs to live.
struct OpenResolver
{
    std::shared_ptr<Deployment> deployment;
    std::unique_ptr<store::SessionStore> store;
    std::unique_ptr<engine::Resolver> resolver;
};

/// The rows to look into, in local and cached mode. A database that cannot be reached is a reason for null, not a
/// failed command, so a store that answers so takes its place.
base::Result<std::unique_ptr<store::SessionStore>> openRows(Context &context, const Deployment &deployment,
                                                            engine::Effects effects)
{
    const auto access = effects == engine::Effects::Apply ? store::Access::Write : store::Access::ReadOnly;
    auto store = deployment.openStore(access, context.call());
    if (!store && isUnreachable(store.error()))
        return std::make_unique<deployment::UnavailableStore>(store.error());
    return store;
}

/// How resolving with effects stands in the audit log.
audit::AuditEntry actOf(const deployment::ConnectionConfig &config)
{
    audit::AuditEntry act;
    act.operation = audit::newOperationId();
    act.action = QStringLiteral("sessions.resolve");
    act.actor = audit::currentActor();
    act.connection = config.displayName();
    return act;
}

base::Status record(Context &context, audit::AuditEntry &act, audit::Phase phase)
{
    act.phase = phase;
    audit::AuditLog log = context.auditLog();
    const auto seq = log.append(act, context.call());
    return seq ? base::Status() : base::fail(seq.error());
}

/// @p resolver with the not-before rules of a JWT deployment, where some are kept: its callback asks for them too.
std::unique_ptr<engine::Resolver> withRules(Context &context, const Deployment &deployment,
                                            std::unique_ptr<engine::Resolver> resolver)
{
    const deployment::ConnectionConfig &config = deployment.config();
    if (deployment.auth()->strategy != session::Strategy::Jwt || (!config.database && !config.cache))
        return resolver;
    const base::Call call = context.call().atMost(longestRuleLook);
    const auto place = revoke::openRuleStore(config, store::Access::ReadOnly, call);
    auto rules = place ? (*place)->rules(call) : base::fail(place.error());
    if (!rules) {
        context.output().warn(QStringLiteral("whether a not-before rule ends sessions could not be read: %1")
                                  .arg(base::oneLine(rules.error())));
        return resolver;
    }
    if (rules->empty())
        return resolver;
    return revoke::makeRuledResolver(std::move(resolver), deployment.auth(), std::move(*rules), context.clock());
}

base::Result<OpenResolver> openResolver(Context &context, const Request &request, deployment::ConnectionConfig config)
{
    const bool proxy = request.mode == engine::Mode::Proxy;
    auto deployment = Deployment::open(std::move(config), Needs{false, proxy}, context.clock(), context.callFor(2));
    if (!deployment)
        return base::fail(deployment.error());
    OpenResolver open;
    open.deployment = std::move(*deployment);
    if (!proxy) {
        const session::AuthProfile &auth = *open.deployment->auth();
        if (auth.strategy == session::Strategy::Jwt && auth.secrets.empty())
            return base::fail(base::Error(base::ErrorCode::SecretMissing));
        if (auth.strategy == session::Strategy::Database) {
            auto store = openRows(context, *open.deployment, request.effects);
            if (!store)
                return base::fail(store.error());
            open.store = std::move(*store);
        }
        for (const QString &note : open.deployment->notes())
            context.output().warn(note);
    }
    auto resolver = open.deployment->makeResolver(request.mode, open.store.get(), request.effects, request.ttl);
    if (!resolver)
        return base::fail(resolver.error());
    open.resolver = proxy ? std::move(*resolver) : withRules(context, *open.deployment, std::move(*resolver));
    return open;
}

Outcome resolveOne(Context &context, const OpenResolver &open, const PersonalMask &mask,
                   const base::SecretBytes &cookie)
{
    const Resolution resolution = open.resolver->resolve(cookie.view(), context.call());
    Answer answer;
    describe(*open.deployment, resolution, cookie.view(), mask, answer.members);
    if (context.stop().stop_requested())
        return Outcome::failed(base::Error(base::ErrorCode::Cancelled), std::move(answer));
    if (resolution.hasSession())
        return Outcome::done(std::move(answer));
    const session::NullReason reason = resolution.reason.value_or(session::NullReason::CancelledOrDeadline);
    return Outcome::no(std::move(answer), QStringLiteral("No session (%1): %2 %3")
                                              .arg(session::nullReasonName(reason), session::nullReasonText(reason),
                                                   evidenceOf(*open.deployment, resolution, cookie.view()))
                                              .trimmed());
}

Outcome resolveBatch(Context &context, const OpenResolver &open, const PersonalMask &mask)
{
    InputLines lines(context.stop());
    for (qint64 number = 1;; ++number) {
        auto line = lines.next();
        if (!line)
            return Outcome::failed(line.error());
        if (!*line)
            return {};
        const QJsonObject object = QJsonDocument::fromJson(**line).object();
        base::wipe(**line);
        const QJsonValue cookie = object.value(QStringLiteral("cookie"));
        const QJsonValue id = object.value(QStringLiteral("id"));
        JsonRecord answer;
        answer.add(QStringLiteral("id"), id.isUndefined() ? QJsonValue(QJsonValue::Null) : id);
        if (cookie.isString()) {
            const base::SecretBytes header(cookie.toString().toUtf8());
            describe(*open.deployment, open.resolver->resolve(header.view(), context.call()), header.view(), mask,
                     answer);
        } else {
            // Those before it are answered, those behind it will be: a line that asks for nothing ends nothing.
            describeBadLine(base::Error(base::ErrorCode::FileFormatInvalid)
                                .with(base::ErrorParam::Path, QStringLiteral("Standard input"))
                                .with(base::ErrorParam::Line, number)
                                .with(base::ErrorParam::Detail, QStringLiteral("it must be {\"id\",\"cookie\"}")),
                            answer);
        }
        if (const auto status = context.output().line(answer); !status)
            return Outcome::failed(status.error());
    }
}

class ResolveCommand final : public Command
{
public:
    CommandSpec spec() const override
    {
        std::vector<Flag> flags{
            {QStringLiteral("mode"), QStringLiteral("local|proxy|cached"), QStringLiteral("who answers (local)")},
            {QStringLiteral("cookie-file"), QStringLiteral("FILE"),
             QStringLiteral("value of a Cookie header; - for standard input")},
            {QStringLiteral("batch"), {}, QStringLiteral("read NDJSON {\"id\",\"cookie\"}, answer a line each")},
            {QStringLiteral("cache-ttl"), QStringLiteral("DURATION"),
             QStringLiteral("how long cached mode keeps an answer (60s)")},
            {QStringLiteral("effects"), QStringLiteral("observe|apply"),
             QStringLiteral("only tell, or write what the library would write (observe)")},
        };
        const std::vector<Flag> consent = writeFlags();
        flags.insert(flags.end(), consent.begin(), consent.end());
        const std::vector<Flag> reveal = revealPersonalFlags(true);
        flags.insert(flags.end(), reveal.begin(), reveal.end());
        return {{QStringLiteral("resolve")},
                {},
                false,
                QStringLiteral("one request's session: local, by asking the deployment, or cached"),
                std::move(flags),
                {{QStringLiteral("cookie-file"), QStringLiteral("batch")}}};
    }

    Outcome run(Context &context) const override
    {
        const auto request = readRequest(context);
        if (!request)
            return Outcome::failed(request.error());
        auto config = context.connection();
        if (!config)
            return Outcome::failed(config.error());
        if (request->effects == engine::Effects::Apply) {
            if (const auto status = checkConsentPossible(context, config->profile); !status)
                return Outcome::failed(status.error());
            const auto status = askConsent(context, config->profile,
                                           QStringLiteral("Extend or delete session rows as the library would?"));
            if (!status)
                return Outcome::failed(status.error());
            if (!context.vault())
                return Outcome::failed(base::Error(base::ErrorCode::NoKeyStore));
        }
        base::SecretBytes cookie;
        if (!request->batch) {
            auto header = readCookieFile(request->cookieFile, context.stop());
            if (!header)
                return Outcome::failed(header.error());
            cookie = std::move(*header);
            if (!config->profile.versionHint)
                config->profile.versionHint = http::versionByCookies(cookiesOf(cookie.view()));
        }
        const bool sends = request->mode == engine::Mode::Proxy && (request->batch || !cookie.isEmpty());
        // The proxy takes a refused link for a reason for null; on the command line it is a safety rule that ends the
        // command.
        if (sends) {
            if (const auto status = config->checkTransport(); !status)
                return Outcome::failed(status.error());
        }
        const auto mask = PersonalMask::from(context, *config);
        if (!mask)
            return Outcome::failed(mask.error());
        const bool writes = request->effects == engine::Effects::Apply;
        std::optional<audit::AuditEntry> act;
        if (writes) {
            act = actOf(*config);
            if (const auto status = record(context, *act, audit::Phase::Intent); !status)
                return Outcome::failed(status.error());
        }
        const auto open = openResolver(context, *request, std::move(*config));
        Outcome outcome = !open            ? Outcome::failed(open.error())
                          : request->batch ? resolveBatch(context, *open, *mask)
                                           : resolveOne(context, *open, *mask, cookie);
        if (act) {
            if (const auto status = record(context, *act, audit::Phase::Outcome); !status)
                return Outcome::failed(status.error());
        }
        return outcome;
    }
};

} // namespace

std::unique_ptr<const Command> makeResolve()
{
    return std::make_unique<ResolveCommand>();
}

} // namespace rollcall::ctl
