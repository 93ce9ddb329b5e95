#include "core/base/SearchParams.h"

#include <QString>

#include <algorithm>

#include "core/base/PercentEncoding.h"

namespace rollcall::base {

namespace {

QByteArray decoded(QByteArray text)
{
    text.replace('+', ' ');
    // Through UTF-16, so that broken UTF-8 is replaced.
    return QString::fromUtf8(percentDecoded(text)).toUtf8();
}

QByteArray encoded(const QByteArray &text)
{
    return percentEncoded(text, "!\"#$%&'()+,/:;<=>?@[\\]^`{|}~").replace(' ', '+');
}

} // namespace

SearchParams SearchParams::parse(QByteArrayView query)
{
    SearchParams params;
    while (!query.isEmpty()) {
        const qsizetype end = query.indexOf('&');
        const QByteArrayView piece = end < 0 ? query : query.first(end);
        query = end < 0 ? QByteArrayView() : query.sliced(end + 1);
        if (piece.isEmpty())
            continue;
        const qsizetype equals = piece.indexOf('=');
        params.append(decoded((equals < 0 ? piece : piece.first(equals)).toByteArray()),
                      equals < 0 ? QByteArray() : decoded(piece.sliced(equals + 1).toByteArray()));
    }
    return params;
}

void SearchParams::append(QByteArray name, QByteArray value)
{
    m_pairs.emplace_back(std::move(name), std::move(value));
}

void SearchParams::set(const QByteArray &name, QByteArray value)
{
    const auto isNamed = [&name](const auto &pair) { return pair.first == name; };
    const auto first = std::ranges::find_if(m_pairs, isNamed);
    if (first == m_pairs.end()) {
        append(name, std::move(value));
        return;
    }
    first->second = std::move(value);
    m_pairs.erase(std::remove_if(first + 1, m_pairs.end(), isNamed), m_pairs.end());
}

QByteArray SearchParams::toQuery() const
{
    QByteArray query;
    for (const auto &[name, value] : m_pairs) {
        if (!query.isEmpty())
            query += '&';
        query += encoded(name) + '=' + encoded(value);
    }
    return query;
}

} // namespace rollcall::base
