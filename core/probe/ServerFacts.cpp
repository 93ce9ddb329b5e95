#include "core/probe/ServerFacts.h"

#include <QJsonArray>

#include <algorithm>
#include <array>

namespace rollcall::probe {

namespace {

constexpr std::size_t mostHeaders = 24;
constexpr std::size_t mostValues = 8; // of one header
constexpr qsizetype longestValue = 80;

constexpr std::array<QByteArrayView, 12> wholeHeaders = {"server",
                                                         "x-powered-by",
                                                         "via",
                                                         "age",
                                                         "x-cache",
                                                         "cf-cache-status",
                                                         "x-nextjs-cache",
                                                         "x-nextjs-prerender",
                                                         "x-nextjs-stale-time",
                                                         "x-amz-cf-pop",
                                                         "x-deployment-id",
                                                         "x-nextjs-deployment-id"};

/// What of the value of header @p name (lower case) is kept; nullopt: nothing. Of ids of requests only the region.
std::optional<QByteArray> partKept(const QByteArray &name, const QByteArray &value)
{
    if (name == "x-vercel-id") { // fra1::iad1::xyz12-1700000000000-abcdef
        const qsizetype id = value.lastIndexOf("::");
        return id > 0 ? std::optional(value.first(id)) : std::nullopt;
    }
    if (name == "cf-ray" || name == "fly-request-id") { // 8a1b2c3d4e5f-FRA
        const qsizetype region = value.lastIndexOf('-');
        return region > 0 ? std::optional(value.sliced(region + 1)) : std::nullopt;
    }
    const bool cache = name.startsWith("x-") && name.endsWith("-cache");
    const bool whole = std::find(wholeHeaders.begin(), wholeHeaders.end(), QByteArrayView(name)) != wholeHeaders.end();
    return cache || whole ? std::optional(value) : std::nullopt;
}

} // namespace

void ServerFacts::note(const http::HeaderList &headers, const ScopeWatch &watch)
{
    for (const auto &[written, value] : headers) {
        const QByteArray name = written.toLower();
        const auto kept = partKept(name, value);
        if (!kept || kept->isEmpty() || watch.holdsToken(*kept))
            continue;
        auto found = m_headers.find(name);
        if (found == m_headers.end() && m_headers.size() < mostHeaders)
            found = m_headers.emplace(name, std::vector<QByteArray>()).first;
        if (found == m_headers.end())
            continue;
        const QByteArray cut = kept->first(std::min(longestValue, kept->size()));
        std::vector<QByteArray> &values = found->second;
        if (values.size() < mostValues && std::find(values.begin(), values.end(), cut) == values.end())
            values.push_back(cut);
    }
}

QJsonObject ServerFacts::toJson() const
{
    QJsonObject headers;
    for (const auto &[name, values] : m_headers) {
        QJsonArray array;
        for (const QByteArray &value : values)
            array.append(QString::fromLatin1(value));
        headers.insert(QString::fromLatin1(name), array);
    }
    QJsonValue tls;
    if (m_tls) {
        tls = QJsonObject{
            {QStringLiteral("protocol"), m_tls->protocol},
            {QStringLiteral("cipher"), m_tls->cipher},
            {QStringLiteral("alpn"), m_tls->alpn.isEmpty() ? QJsonValue() : QString::fromLatin1(m_tls->alpn)}};
    }
    return {{QStringLiteral("tls"), tls}, {QStringLiteral("headers"), headers}};
}

} // namespace rollcall::probe
