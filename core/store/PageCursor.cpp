#include "core/store/PageCursor.h"

#include <QCryptographicHash>
#include <QDataStream>
#include <QIODevice>

#include <algorithm>

using rollcall::base::Error;
using rollcall::base::ErrorCode;
using rollcall::base::fail;

namespace rollcall::store {

namespace {

constexpr char version = 3;
constexpr std::size_t mostBefore = 7;
constexpr qsizetype digestSize = 8;
constexpr qsizetype longestCursor = 16'384;

QByteArray shortDigest(const QByteArray &bytes)
{
    return QCryptographicHash::hash(bytes, QCryptographicHash::Sha256).first(digestSize);
}

/// All that must be the same on every page: filters, order and table. The page size may change.
QByteArray queryDigest(const SessionQuery &query, const QString &scope)
{
    QByteArray bytes;
    QDataStream stream(&bytes, QIODevice::WriteOnly);
    const auto text = [&stream](const std::optional<QString> &value) {
        stream << value.has_value() << value.value_or(QString());
    };
    const auto time = [&stream](const std::optional<base::Instant> &value) {
        stream << value.has_value() << (value ? qint64{value->time_since_epoch().count()} : qint64{0});
    };
    stream << static_cast<qint32>(query.state) << static_cast<qint32>(query.order) << query.descending << scope;
    text(query.user);
    text(query.provider);
    text(query.search);
    time(query.expiresBefore);
    time(query.expiresAfter);
    return shortDigest(bytes);
}

} // namespace

void PageCursor::comesAfter(const PageCursor &previous, bool ofDigests)
{
    before.clear();
    passed = isLike(previous) ? previous.passed + 1 : 1;
    if (!ofDigests || previous.order != order || !key)
        return;
    before.push_back(previous.key.value_or(QByteArray()).left(digitsBefore));
    if (!previous.key)
        return;
    const std::size_t more = std::min(previous.before.size(), mostBefore - 1);
    before.insert(before.end(), previous.before.begin(), previous.before.begin() + static_cast<qsizetype>(more));
}

std::optional<std::size_t> PageCursor::rankOf(QByteArrayView digest) const
{
    if (digest == key)
        return 0;
    const QByteArrayView digits = digest.first(std::min(digitsBefore, digest.size()));
    const auto found = std::ranges::find_if(before, [digits](const QByteArray &one) { return digits == one; });
    if (found == before.end())
        return std::nullopt;
    return static_cast<std::size_t>(found - before.begin()) + 1;
}

QByteArray PageCursor::encode(const SessionQuery &query, const QString &scope) const
{
    QByteArray bytes;
    QDataStream stream(&bytes, QIODevice::WriteOnly);
    stream << static_cast<qint8>(version);
    stream.writeRawData(queryDigest(query, scope).constData(), static_cast<int>(digestSize));
    stream << order.has_value() << order.value_or(QByteArray()) << key.has_value() << key.value_or(QByteArray())
           << static_cast<quint8>(before.size());
    for (const QByteArray &digest : before)
        stream << digest;
    stream << tie << passed;
    bytes += shortDigest(bytes);
    return bytes.toBase64(QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals);
}

base::Result<PageCursor> PageCursor::decode(const QByteArray &text, const SessionQuery &query, const QString &scope)
{
    const auto invalid = fail(Error(ErrorCode::CursorInvalid));
    if (text.size() > longestCursor)
        return invalid;
    const auto raw = QByteArray::fromBase64Encoding(
        text, QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals | QByteArray::AbortOnBase64DecodingErrors);
    if (!raw || raw.decoded.size() < 2 * digestSize + 1)
        return invalid;
    const QByteArray body = raw.decoded.chopped(digestSize);
    if (shortDigest(body) != raw.decoded.last(digestSize) || body.at(0) != version ||
        body.sliced(1, digestSize) != queryDigest(query, scope))
        return invalid;
    QDataStream stream(body.sliced(1 + digestSize));
    PageCursor cursor;
    bool hasOrder = false;
    bool hasKey = false;
    QByteArray order;
    QByteArray key;
    quint8 number = 0;
    stream >> hasOrder >> order >> hasKey >> key >> number;
    if (number > mostBefore)
        return invalid;
    cursor.before.resize(number);
    for (QByteArray &digest : cursor.before)
        stream >> digest;
    stream >> cursor.tie >> cursor.passed;
    if (stream.status() != QDataStream::Ok || !stream.atEnd())
        return invalid;
    if (hasOrder)
        cursor.order = order;
    if (hasKey)
        cursor.key = key;
    return cursor;
}

} // namespace rollcall::store
