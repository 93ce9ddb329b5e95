#pragma once

#include <QByteArray>
#include <QTimeZone>

#include <optional>

namespace rollcall::store {

/// The one form in which all times of a column are written, such that their order as they are stored is the order of
/// the instants: integers of one unit, digits of one length, or ISO text with the same separator, number of fraction
/// digits and suffix. SQLite alone needs it: its columns may hold any value, and an index serves the stored ones.
/// **Thread-safety:** plain value.
class StoredForm final
{
public:
    /// The form of a stored value, for which two are equal where values of both sort among each other: "n" and the unit
    /// of integers, else the text with its digits made zeros. nullopt where values like it do not sort by instant (no
    /// time at all, a day beyond its month's end, more than three fraction digits), or where they name no zone and
    /// @p zone is not UTC. @p isInteger: it is stored as an integer, not as text.
    [[nodiscard]] static std::optional<QByteArray> nameOf(QByteArrayView value, bool isInteger, const QTimeZone &zone);

    /// The form of @p sample; nullopt as nameOf().
    [[nodiscard]] static std::optional<StoredForm> of(QByteArrayView sample, bool isInteger, const QTimeZone &zone);

    [[nodiscard]] const QByteArray &name() const { return m_name; }
    [[nodiscard]] bool isInteger() const { return m_isInteger; }
    /// The first value of this form at or after @p microseconds since 1970: `column >= that` is exact. nullopt where
    /// the form cannot write it (a year of five digits).
    [[nodiscard]] std::optional<QByteArray> notBefore(qint64 microseconds) const;
    /// The value that is exactly @p microseconds; nullopt where the form has none.
    [[nodiscard]] std::optional<QByteArray> exactly(qint64 microseconds) const;

private:
    StoredForm(QByteArray name, QByteArray sample, bool isInteger, const QTimeZone &zone)
        : m_name(std::move(name)), m_sample(std::move(sample)), m_isInteger(isInteger), m_zone(zone)
    {}

    QByteArray m_name, m_sample;
    bool m_isInteger;
    QTimeZone m_zone;
};

} // namespace rollcall::store
