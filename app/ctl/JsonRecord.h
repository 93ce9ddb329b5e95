#pragma once

#include <QByteArray>
#include <QJsonValue>
#include <QString>

#include <optional>
#include <utility>
#include <vector>

#include "core/base/Clock.h"

namespace rollcall::ctl {

/// A JSON object that keeps the order in which its members were added (QJsonObject sorts), because people read our
/// answers and a CSV header follows the same order. **Thread-safety:** a plain value.
class JsonRecord final
{
public:
    /// Adds a member; chainable.
    JsonRecord &add(const QString &key, const QJsonValue &value);
    /// Adds @p record as a nested object.
    JsonRecord &add(const QString &key, const JsonRecord &record);
    /// Adds @p json, which is JSON text already and stands in the answer byte for byte.
    JsonRecord &addRaw(const QString &key, const QByteArray &json);

    struct Member
    {
        QString key;
        QJsonValue value;
        QByteArray raw; ///< takes the place of value where not empty
    };
    [[nodiscard]] const std::vector<Member> &members() const { return m_members; }
    /// The member named @p key; nullptr where there is none.
    [[nodiscard]] const Member *find(const QString &key) const;

    /// Compact JSON text, without a line end.
    [[nodiscard]] QByteArray toJson() const;

private:
    std::vector<Member> m_members;
};

/// Compact JSON text of any value.
[[nodiscard]] QByteArray jsonText(const QJsonValue &value);
/// Compact JSON text of a member's value.
[[nodiscard]] QByteArray jsonText(const JsonRecord::Member &member);

/// A string, or null where there is none.
[[nodiscard]] QJsonValue orNull(const std::optional<QString> &text);
/// ISO 8601 UTC with milliseconds, or null where there is none.
[[nodiscard]] QJsonValue orNull(const std::optional<base::Instant> &instant);
/// @p text, or null where it is empty.
[[nodiscard]] QJsonValue textOrNull(const QString &text);

} // namespace rollcall::ctl
