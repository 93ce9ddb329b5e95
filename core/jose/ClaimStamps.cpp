#include "core/jose/ClaimStamps.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "core/base/TextWriter.h"
#include "core/jose/RandomBytes.h"
#include "core/jose/ReadyKey.h"

namespace rollcall::jose {

namespace {

using Seconds = std::chrono::seconds;

constexpr std::size_t nameSize = 3;
constexpr std::array<std::string_view, 3> names{"iat", "exp", "jti"};

/// Which of the names @p name is; their number where it is none. One by one, so that each is compared as a number.
std::size_t stampOf(std::string_view name)
{
    if (name == names[0])
        return 0;
    if (name == names[1])
        return 1;
    return name == names[2] ? 2 : names.size();
}

/// What the stamps add at most: `,"xxx":` and 20 digits twice, and a quoted UUID.
constexpr qsizetype roomForStamps = 128;

} // namespace

base::Result<QByteArray> stampedText(const Claims &claims, Seconds maxAge, base::Instant now, TokenId tokenId)
{
    std::array<char, 36> uuid{};
    if (tokenId == TokenId::New && !randomUuid(uuid)) {
        return base::fail(base::Error(base::ErrorCode::Internal)
                              .with(base::ErrorParam::Detail, QStringLiteral("no random bytes to be had")));
    }
    const qint64 issued = std::chrono::floor<Seconds>(now).time_since_epoch().count();
    // Added as JavaScript adds, which no lifetime overflows.
    constexpr double furthest = 9e18;
    const double expires = static_cast<double>(issued) + static_cast<double>(maxAge.count());
    const std::array times{issued, static_cast<qint64>(std::clamp(expires, -furthest, furthest))};
    const auto putStamp = [&](base::TextWriter &writer, std::size_t stamp) {
        if (stamp < times.size()) {
            writer.putNumber(times.at(stamp));
        } else {
            writer.put('"');
            writer.put(QByteArrayView(uuid));
            writer.put('"');
        }
    };
    const std::size_t stamps = tokenId == TokenId::New ? names.size() : names.size() - 1;
    const QByteArrayView old = claims.text();
    QByteArray text(old.size() + roomForStamps + ReadyKey::sealingRoom, Qt::Uninitialized);
    base::TextWriter writer(text.data());
    std::array<bool, names.size()> written{};
    qsizetype copied = 0;
    for (const ClaimMember &member : claims.members()) {
        if (member.nameSize != nameSize)
            continue;
        const std::size_t stamp = stampOf(std::string_view(old.data() + member.nameAt, nameSize));
        if (stamp >= stamps)
            continue;
        writer.put(old.sliced(copied, member.valueAt() - copied));
        putStamp(writer, stamp);
        copied = member.end;
        written.at(stamp) = true;
    }
    // All but the closing brace.
    writer.put(old.sliced(copied).chopped(1));
    bool first = claims.members().isEmpty();
    for (std::size_t stamp = 0; stamp < stamps; ++stamp) {
        if (written.at(stamp))
            continue;
        if (!first)
            writer.put(',');
        first = false;
        writer.put('"');
        writer.put(QByteArrayView(names.at(stamp).data(), nameSize));
        writer.put("\":");
        putStamp(writer, stamp);
    }
    writer.put('}');
    text.truncate(writer.at() - text.data());
    return text;
}

} // namespace rollcall::jose
