#include "core/probe/TokenTraces.h"

#include <utility>

#include "core/engine/SessionEngine.h"
#include "core/engine/TokenMask.h"

namespace rollcall::probe {

using base::SecretBytes;

namespace {

constexpr qsizetype shortestPiece = 16;

/// @p piece as it is, and as an address has it where that is another.
void add(std::vector<SecretBytes> &traces, QByteArrayView piece)
{
    traces.emplace_back(piece);
    if (http::standsForItself(piece))
        return;
    QByteArray encoded = http::encodeUriComponent(piece);
    QByteArray lower = encoded; // %2f for %2F: both are written
    for (qsizetype at = lower.indexOf('%'); at >= 0; at = lower.indexOf('%', at + 1)) {
        for (const qsizetype digit : {at + 1, at + 2}) {
            if (lower.at(digit) >= 'A' && lower.at(digit) <= 'F')
                lower[digit] = static_cast<char>(lower.at(digit) - 'A' + 'a');
        }
    }
    const bool differs = lower != encoded;
    traces.push_back(SecretBytes::fromAndWipe(encoded));
    if (differs)
        traces.push_back(SecretBytes::fromAndWipe(lower));
    else
        base::wipe(lower);
}

} // namespace

std::vector<SecretBytes> tokenTraces(const session::AuthProfile &profile, QByteArrayView cookieHeader)
{
    std::vector<SecretBytes> traces;
    const bool isSigned = profile.version == session::AuthVersion::BetterAuth;
    const QByteArray name = engine::sessionCookieName(profile);
    for (const http::Cookie &cookie : engine::sessionCookiesOf(profile, cookieHeader)) {
        QByteArrayView piece = cookie.value.view();
        // token.signature; the cookie cache is chunked and signed within
        if (const qsizetype dot = piece.lastIndexOf('.'); isSigned && cookie.name == name && dot > 0)
            piece = piece.first(dot);
        if (piece.size() >= shortestPiece)
            add(traces, piece);
    }
    if (const SecretBytes whole = engine::assembleToken(profile, cookieHeader); traces.empty() && !whole.isEmpty())
        add(traces, whole.view());
    return traces;
}

} // namespace rollcall::probe
