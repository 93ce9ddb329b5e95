#pragma once

#include <QByteArray>
#include <QByteArrayView>

#include <utility>
#include <vector>

namespace rollcall::base {

/// The query of a URL as a list of names and values, UTF-8, as JavaScript's `URLSearchParams` keeps it.
/// **Thread-safety:** a plain value. **Source:** url.spec.whatwg.org, "application/x-www-form-urlencoded".
class SearchParams final
{
public:
    SearchParams() = default;
    /// Reads @p query (without its `?`): `+` is a space, percent sequences are decoded, broken UTF-8 becomes U+FFFD.
    [[nodiscard]] static SearchParams parse(QByteArrayView query);

    /// Adds a pair at the end.
    void append(QByteArray name, QByteArray value);
    /// Gives the first pair called @p name this value and drops its other pairs; adds a pair where there is none.
    void set(const QByteArray &name, QByteArray value);

    /// In the order of the query.
    [[nodiscard]] const std::vector<std::pair<QByteArray, QByteArray>> &pairs() const { return m_pairs; }
    /// The query text: besides letters and digits only `* - . _` stay, a space is `+`.
    [[nodiscard]] QByteArray toQuery() const;

private:
    std::vector<std::pair<QByteArray, QByteArray>> m_pairs;
};

} // namespace rollcall::base
