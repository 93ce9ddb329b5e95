#include "core/jose/ClaimStamps.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <string_view>

#include "core/jose/RandomBytes.h"

namespace rollcall::jose {

namespace {

using Seconds = std::chrono::seconds;

constexpr std::size_t nameSize = 3;
constexpr std::array<std::string_view, 3> names{"iat", "exp", "jti"};

/// What the stamps add at most: `,"xxx":` and 20 digits twice, and a quoted UUID.
constexpr qsizetype roomForStamps = 128;
constexpr qsizetype roomForPadding = 16;

/// Writes into memory that is known to suffice.
class Writer
{
public:
    explicit Writer(char *at) : m_at(at) {}
    void put(char c) { *m_at++ = c; }
    void put(const char *from, std::size_t size)
    {
        std::memcpy(m_at, from, size);
        m_at += size;
    }
    void put(qint64 number) { m_at = std::to_chars(m_at, m_at + 20, number).ptr; }
    [[nodiscard]] char *at() const { return m_at; }

private:
    char *m_at;
};

} // namespace

base::Result<QByteArray> stampedText(const Claims &claims, Seconds maxAge, base::Instant now, TokenId tokenId)
{
    std::array<char, 36> uuid{};
    if (tokenId == TokenId::New && !randomUuid(uuid)) {
        return base::fail(base::Error(base::ErrorCode::Internal)
                              .with(base::ErrorParam::Detail, QStringLiteral("no random bytes to be had")));
    }
    const qint64 issued = std::chrono::floor<Seconds>(now).time_since_epoch().count();
    const std::array times{issued, issued + static_cast<qint64>(maxAge.count())};
    const auto putStamp = [&](Writer &writer, std::size_t stamp) {
        if (stamp < times.size()) {
            writer.put(times.at(stamp));
        } else {
            writer.put('"');
            writer.put(uuid.data(), uuid.size());
            writer.put('"');
        }
    };
    const std::size_t stamps = tokenId == TokenId::New ? names.size() : names.size() - 1;
    const QByteArrayView old = claims.text();
    QByteArray text(old.size() + roomForStamps + roomForPadding, Qt::Uninitialized);
    Writer writer(text.data());
    std::array<bool, names.size()> written{};
    std::size_t copied = 0;
    for (const ClaimMember &member : claims.members()) {
        if (member.nameSize != nameSize)
            continue;
        const auto *found = std::ranges::find(names.begin(), names.begin() + stamps,
                                              std::string_view(old.data() + member.nameAt, nameSize));
        if (found == names.begin() + stamps)
            continue;
        const auto stamp = static_cast<std::size_t>(found - names.begin());
        writer.put(old.data() + copied, member.valueAt() - copied);
        putStamp(writer, stamp);
        copied = member.end;
        written.at(stamp) = true;
    }
    // All but the closing brace.
    writer.put(old.data() + copied, static_cast<std::size_t>(old.size() - 1) - copied);
    bool first = claims.members().isEmpty();
    for (std::size_t stamp = 0; stamp < stamps; ++stamp) {
        if (written.at(stamp))
            continue;
        if (!first)
            writer.put(',');
        first = false;
        writer.put('"');
        writer.put(names.at(stamp).data(), nameSize);
        writer.put("\":", 2);
        putStamp(writer, stamp);
    }
    writer.put('}');
    text.truncate(writer.at() - text.data());
    return text;
}

} // namespace rollcall::jose
