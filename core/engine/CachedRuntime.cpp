#include "core/engine/CachedLookup.h"
#include "core/engine/RuntimeMode.h"

namespace rollcall::engine {

namespace {

using session::Resolution;
using session::StepOutcome;

/// What a cache and those who share a look-up may know of an answer.
Resolution resolutionOf(const RuntimeSession &session)
{
    Resolution resolution;
    resolution.session = session.session;
    resolution.reason = session.reason;
    resolution.evidence = session.evidence;
    resolution.rowEffect = session.rowEffect;
    resolution.validUntil = session.validUntil;
    resolution.userId = session.userId;
    resolution.isShareable = session.isShareable;
    return resolution;
}

RuntimeSession sessionOf(const Resolution &resolution)
{
    RuntimeSession session;
    session.session = resolution.session;
    session.reason = resolution.reason;
    session.evidence = resolution.evidence;
    session.rowEffect = resolution.rowEffect;
    session.validUntil = resolution.validUntil;
    session.userId = resolution.userId;
    session.isShareable = resolution.isShareable;
    return session;
}

/// Says in @p session what the cache did: a fault above all, then a hit.
void reportCache(const std::vector<session::TraceStep> &trace, RuntimeSession &session)
{
    session.cache = StepOutcome::Miss;
    for (const session::TraceStep &step : trace) {
        if (step.step != QLatin1String("cache"))
            continue;
        if (step.outcome == StepOutcome::Error || session.cache != StepOutcome::Error)
            session.cache = step.outcome;
        if (!step.detail.isEmpty() && !session.cacheNote.contains(step.detail))
            session.cacheNote += (session.cacheNote.isEmpty() ? QString() : QStringLiteral("; ")) + step.detail;
    }
}

/// A cache before another mode.
class CachedMode final : public SessionRuntime::Mode
{
public:
    CachedMode(std::shared_ptr<const Mode> source, RuntimeCache cache)
        : m_source(std::move(source)), m_lookup(std::move(cache.cache), cache.ttl, Trace::On)
    {}

    RuntimeSession session(const RequestHeaders &request, const base::Call &call) const override
    {
        const base::SecretBytes token = askedBy(request);
        if (token.isEmpty())
            return m_source->session(request, call);
        std::optional<RuntimeSession> own;
        const auto source = [&](const base::Call &inner) {
            own = m_source->session(request, inner);
            return resolutionOf(*own);
        };
        Resolution answer;
        StepLog steps(&answer.trace);
        CachedLookup::Miss miss;
        if (!m_lookup.findAtHand(token.view(), answer, steps) &&
            !m_lookup.find(token.view(), miss, answer, steps, call))
            m_lookup.fetch(token.view(), miss, source, answer, steps, call);
        RuntimeSession result = own ? std::move(*own) : sessionOf(answer);
        reportCache(answer.trace, result);
        return result;
    }

    std::vector<RuntimeSession> sessions(std::span<const RequestHeaders> requests,
                                         const base::Call &call) const override
    {
        std::vector<Asked> asked(requests.size());
        std::vector<RequestHeaders> missing;
        std::vector<std::size_t> places; // of the missing
        bool anyToken = false;
        for (std::size_t i = 0; i < requests.size(); ++i) {
            asked[i].token = askedBy(requests[i]);
            anyToken = anyToken || !asked[i].token.isEmpty();
            StepLog steps(&asked[i].answer.trace);
            if (!asked[i].token.isEmpty() &&
                (m_lookup.findAtHand(asked[i].token.view(), asked[i].answer, steps) ||
                 m_lookup.find(asked[i].token.view(), asked[i].miss, asked[i].answer, steps, call)))
                continue;
            // What is cached by its cookies depends on nothing else.
            missing.push_back(RequestHeaders::fromCookie(cookieOf(requests[i])));
            places.push_back(i);
        }
        if (!anyToken)
            return m_source->sessions(requests, call);
        std::vector<RuntimeSession> fetched;
        if (!missing.empty())
            fetched = m_source->sessions(missing, call);
        std::vector<RuntimeSession> results;
        results.reserve(requests.size());
        auto next = places.cbegin();
        for (std::size_t i = 0; i < requests.size(); ++i) {
            const bool wasMissing = next != places.cend() && *next == i;
            if (!wasMissing) {
                results.push_back(sessionOf(asked[i].answer));
            } else {
                results.push_back(std::move(fetched.at(static_cast<std::size_t>(next++ - places.cbegin()))));
                if (asked[i].token.isEmpty()) {
                    // The source saw its cookies alone.
                    explainAbsence(requests[i], results.back().reason, results.back().evidence);
                    continue;
                }
                Resolution kept = resolutionOf(results.back());
                m_lookup.keep(asked[i].token.view(), asked[i].miss, kept, call);
                asked[i].answer.trace.insert(asked[i].answer.trace.end(), kept.trace.begin(), kept.trace.end());
            }
            reportCache(asked[i].answer.trace, results.back());
        }
        return results;
    }

    base::Status noteSignIn(const QString &userId, const base::Call &call) const override
    {
        return m_lookup.cache().noteSignIn(userId, call);
    }

    base::Status noteSignOut(const RequestHeaders &request, const base::Call &call) const override
    {
        const base::SecretBytes token = cacheToken(request);
        if (token.isEmpty())
            return {};
        const auto erased = m_lookup.cache().erase(token.view(), call);
        return erased ? base::Status() : base::fail(erased.error());
    }

    const session::AuthProfile &profile() const override { return m_source->profile(); }
    const SessionEndpoint *endpoint() const override { return m_source->endpoint(); }
    QByteArray cookieName() const override { return m_source->cookieName(); }
    QByteArrayView cookieOf(const RequestHeaders &request) const override { return m_source->cookieOf(request); }
    base::SecretBytes cacheToken(const RequestHeaders &request) const override { return m_source->cacheToken(request); }
    base::Instant now() const override { return m_source->now(); }

private:
    /// One request of many.
    struct Asked
    {
        base::SecretBytes token;
        CachedLookup::Miss miss;
        Resolution answer; ///< of the cache
    };

    /// What the cache is asked by for @p request; empty where it is not to be asked.
    base::SecretBytes askedBy(const RequestHeaders &request) const
    {
        return m_source->isCacheable(request) ? m_source->cacheToken(request) : base::SecretBytes();
    }

    std::shared_ptr<const Mode> m_source;
    CachedLookup m_lookup;
};

} // namespace

std::shared_ptr<const SessionRuntime::Mode> makeCachedMode(std::shared_ptr<const SessionRuntime::Mode> source,
                                                           RuntimeCache cache)
{
    return std::make_shared<const CachedMode>(std::move(source), std::move(cache));
}

} // namespace rollcall::engine
