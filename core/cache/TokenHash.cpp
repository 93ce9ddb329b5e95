#include "core/cache/TokenHash.h"

#include <QCryptographicHash>
#include <QRandomGenerator>

#include <algorithm>

namespace rollcall::cache {

TokenHash::TokenHash() : m_prefix(64, Qt::Uninitialized)
{
    const auto draw = [] { return QRandomGenerator::system()->generate64(); };
    for (Half *half : {&m_high, &m_low}) {
        std::ranges::generate(half->nh, draw);
        std::ranges::generate(half->fold, draw);
    }
    std::ranges::generate(m_prefix, [] { return static_cast<char>(QRandomGenerator::system()->generate()); });
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
