#include "core/cache/TokenHash.h"

#include <QCryptographicHash>
#include <QRandomGenerator>

#include <algorithm>
#include <cstring>

namespace rollcall::cache {

namespace {

constexpr qsizetype pairBytes = 16;

quint64 wordAt(const char *bytes)
{
    quint64 word = 0;
    std::memcpy(&word, bytes, sizeof word);
    return word;
}

} // namespace

TokenHash::TokenHash() : m_prefix(64, Qt::Uninitialized)
{
    const auto draw = [] { return QRandomGenerator::system()->generate64(); };
    for (Half *half : {&m_high, &m_low}) {
        std::ranges::generate(half->nh, draw);
        std::ranges::generate(half->fold, draw);
    }
    std::ranges::generate(m_prefix, [] { return static_cast<char>(QRandomGenerator::system()->generate()); });
}

quint64 TokenHash::fold(Wide sum, const Half &key)
{
    const auto wide = [&key](std::size_t i) { return Wide{key.fold.at(i)} << 64 | key.fold.at(i + 1); };
    const Wide folded = wide(0) * static_cast<quint64>(sum) + wide(2) * static_cast<quint64>(sum >> 64) + wide(4);
    return static_cast<quint64>(folded >> 64);
}

TokenDigest TokenHash::operator()(QByteArrayView token) const
{
    if (token.size() > longestFast)
        return slow(token);
    const quint64 *highKey = m_high.nh.data();
    const quint64 *lowKey = m_low.nh.data();
    // The length tells apart texts that differ in nothing but what their last pair is filled up with: sums of different
    // pairs differ by any given amount with no more than 2^-64, so adding it costs nothing of the bound.
    Wide high = static_cast<quint64>(token.size());
    Wide low = high;
    const auto add = [&](quint64 first, quint64 second) {
        high += Wide{first + highKey[0]} * Wide{second + highKey[1]};
        low += Wide{first + lowKey[0]} * Wide{second + lowKey[1]};
        highKey += 2;
        lowKey += 2;
    };
    const char *from = token.data();
    qsizetype left = token.size();
    for (; left >= pairBytes; left -= pairBytes, from += pairBytes)
        add(wordAt(from), wordAt(from + 8));
    if (left > 0 && token.size() >= pairBytes) {
        // What is left, together with what came before.
        add(wordAt(token.end() - pairBytes), wordAt(token.end() - 8));
    } else if (left > 0) {
        std::array<char, pairBytes> last{};
        std::memcpy(last.data(), from, static_cast<std::size_t>(left));
        add(wordAt(last.data()), wordAt(last.data() + 8));
    }
    return {fold(high, m_high), fold(low, m_low)};
}

TokenDigest TokenHash::slow(QByteArrayView token) const
{
    QCryptographicHash hash(QCryptographicHash::Sha256);
    hash.addData(m_prefix);
    hash.addData(token);
    const QByteArray digest = hash.result();
    return {wordAt(digest.constData()), wordAt(digest.constData() + 8)};
}

} // namespace rollcall::cache
