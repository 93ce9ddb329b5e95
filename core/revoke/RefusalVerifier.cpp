#include "core/revoke/RefusalVerifier.h"

#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <thread>

#include "core/base/Mutex.h"
#include "core/proxy/ProxyClient.h"

namespace rollcall::revoke {

using base::Call;
using base::SecretBytes;
using session::NullReason;
using std::chrono::milliseconds;

namespace {

constexpr std::size_t mostInFlight = 4;
constexpr milliseconds firstPause{20};
constexpr milliseconds longestPause{500};
constexpr int mostFailuresInARow = 8; ///< after so many sessions that could not be asked about, none more is tried
constexpr milliseconds longestSilence{2000};
constexpr milliseconds perSession{25}; ///< what one of many may take at most, on average

enum class Verdict { Session, Refused, Unseen, NoAnswer };

struct Answer
{
    Verdict verdict;
    QString text;
    std::optional<base::Instant> expires = {}; ///< of the session that came
};

/// The end that an answer gives its session: a member of it, or with Better Auth of the session in it.
std::optional<base::Instant> expiresOf(const QByteArray &answer)
{
    const QJsonObject json = QJsonDocument::fromJson(answer).object();
    const QJsonValue expires = json.value(QStringLiteral("expires"));
    const QJsonValue expiresAt = json.value(QStringLiteral("session")).toObject().value(QStringLiteral("expiresAt"));
    return base::parseTime((expires.isString() ? expires : expiresAt).toString(), {});
}

/// What one answer of a deployment of @p profile says about the session cookie it was asked with.
Answer judge(const session::Resolution &resolution, const session::AuthProfile &profile)
{
    if (resolution.hasSession())
        return {Verdict::Session, QStringLiteral("200 session"), expiresOf(*resolution.session)};
    const bool empty = resolution.reason == NullReason::ProxyNull || resolution.reason == NullReason::ProxyEmptyObject;
    if (!empty)
        return {Verdict::NoAnswer, nullReasonName(*resolution.reason)};
    const QString body =
        resolution.reason == NullReason::ProxyNull ? QStringLiteral("200 null") : QStringLiteral("200 {}");
    // Better Auth clears others of its cookies too, whatever it thinks of this one.
    const QByteArray name = engine::sessionCookieName(profile);
    const bool cleared = std::ranges::any_of(
        resolution.setCookies, [&name](const auto &cookie) { return cookie.cleared && cookie.name.startsWith(name); });
    if (cleared)
        return {Verdict::Refused, body};
    return {Verdict::Unseen, body + QStringLiteral(", cookie not cleared: it was not looked at")};
}

/// Sleeps @p pause; false where @p call ends before.
bool sleepFor(milliseconds pause, const Call &call)
{
    base::Mutex mutex;
    base::MutexLock lock(mutex);
    std::condition_variable_any never;
    never.wait_for(lock, call.stop, std::min(pause, call.remaining()), [] { return false; });
    return !call.cancelled() && !call.expired();
}

/// Asks until @p enough says so or @p call ends; the last answer.
template <typename Enough>
Answer askUntil(proxy::ProxyClient &client, const session::AuthProfile &profile, const SecretBytes &token,
                const Call &call, const Enough &enough)
{
    const SecretBytes cookie = engine::cookieHeaderFor(profile, token);
    std::optional<Answer> answer;
    milliseconds pause = firstPause;
    do {
        if (call.cancelled() || call.expired())
            break;
        Answer next = judge(client.resolve(cookie.view(), call), profile);
        // A question that the deadline cut off says less than the answer before it.
        const bool cutOff = next.verdict == Verdict::NoAnswer && (call.cancelled() || call.expired());
        if (!answer || !cutOff)
            answer = std::move(next);
        if (enough(answer->verdict))
            break;
        pause = std::min(pause * 2, longestPause);
    } while (sleepFor(pause, call));
    return answer.value_or(Answer{Verdict::NoAnswer, nullReasonName(NullReason::CancelledOrDeadline)});
}

} // namespace

QString whyUnverifiable(const deployment::Deployment &deployment)
{
    if (!deployment.config().baseUrl)
        return QStringLiteral("this connection has no deployment URL that could be asked");
    if (engine::cookieHeaderFor(*deployment.auth(), SecretBytes(QByteArrayView("any"))).isEmpty())
        return QStringLiteral("Better Auth signs its cookies, and this connection has no secret to form one with");
    return {};
}

void verifyRefusals(std::vector<Suspect> &suspects, const deployment::Deployment &deployment, milliseconds verifyFor,
                    const Call &call, const std::function<void()> &onDone)
{
    const Call whole = call.atMost(verifyFor * 2 + perSession * static_cast<qint64>(suspects.size()));
    std::atomic<std::size_t> next{0};
    std::atomic<int> failuresInARow{0};
    base::Mutex reporting;
    const auto work = [&] {
        proxy::ProxyClient client(*deployment.config().baseUrl, deployment.auth(), deployment.config().httpOptions);
        for (std::size_t i = next.fetch_add(1); i < suspects.size(); i = next.fetch_add(1)) {
            const Suspect &suspect = suspects[i];
            Answer answer{Verdict::NoAnswer, QStringLiteral("not asked: the deployment does not answer"), {}};
            if (failuresInARow.load() < mostFailuresInARow) {
                answer = askUntil(client, *deployment.auth(), *suspect.token, whole.atMost(verifyFor),
                                  [](Verdict verdict) { return verdict == Verdict::Refused; });
                failuresInARow = answer.verdict == Verdict::NoAnswer ? failuresInARow + 1 : 0;
            }
            const base::MutexLock lock(reporting);
            suspect.report->answer = answer.text;
            suspect.report->proof = answer.verdict == Verdict::Refused   ? ProofOutcome::Refused
                                    : answer.verdict == Verdict::Session ? ProofOutcome::StillAccepted
                                                                         : ProofOutcome::Unchecked;
            if (answer.verdict == Verdict::Session)
                suspect.report->acceptedUntil = answer.expires;
            if (answer.verdict == Verdict::Refused && suspect.committed)
                suspect.report->refusedAfter = std::chrono::ceil<milliseconds>(Call::Clock::now() - *suspect.committed);
            onDone();
        }
    };
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < std::min(mostInFlight, suspects.size()); ++i)
        threads.emplace_back(work);
}

std::optional<bool> isAccepted(const SecretBytes &token, const deployment::Deployment &deployment, milliseconds wait,
                               const Call &call, QString &answer)
{
    proxy::ProxyClient client(*deployment.config().baseUrl, deployment.auth(), deployment.config().httpOptions);
    // What waits for this is the revocation: of a deployment that has not answered at all, no more is expected.
    const auto silentUntil = Call::Clock::now() + longestSilence;
    bool answered = false;
    const Answer last = askUntil(client, *deployment.auth(), token, call.atMost(wait), [&](Verdict verdict) {
        answered = answered || verdict != Verdict::NoAnswer;
        return verdict == Verdict::Session || (!answered && Call::Clock::now() >= silentUntil);
    });
    answer = last.text;
    if (last.verdict == Verdict::Session)
        return true;
    if (call.cancelled())
        answer = QStringLiteral("cancelled");
    // A refusal may be that of a replica that was behind: cut off before the wait was over, it says nothing.
    return last.verdict == Verdict::NoAnswer || call.cancelled() ? std::nullopt : std::optional(false);
}

} // namespace rollcall::revoke
