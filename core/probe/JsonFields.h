#pragma once

#include <QJsonArray>
#include <QJsonObject>

#include <optional>

namespace rollcall::probe {

/// Reads members of a JSON object that must be there with the right type; the first that is not is named in a shared
/// fault text ("cells[2].count"), and reading goes on with empty values. **Thread-safety:** one thread at a time.
class JsonFields final
{
public:
    /// @p fault is borrowed and outlives this object; @p path names @p object in it.
    JsonFields(QJsonObject object, QString &fault, QString path)
        : m_object(std::move(object)), m_fault(fault), m_path(std::move(path))
    {}

    [[nodiscard]] const QJsonObject &raw() const { return m_object; }
    [[nodiscard]] bool has(const QString &key) const { return m_object.contains(key); }
    /// Notes that member @p key is not as it must be.
    void reject(const QString &key) const
    {
        if (m_fault.isEmpty())
            m_fault = QStringLiteral("\"%1%2\" is missing or not as the schema says").arg(m_path, key);
    }

    [[nodiscard]] QString text(const QString &key) const { return value(key, value(key).isString()).toString(); }
    /// Empty where the member is null.
    [[nodiscard]] QString optionalText(const QString &key) const
    {
        return value(key, value(key).isString() || value(key).isNull()).toString();
    }
    [[nodiscard]] qint64 integer(const QString &key) const { return value(key, isInteger(value(key))).toInteger(); }
    [[nodiscard]] std::optional<qint64> optionalInteger(const QString &key) const
    {
        const QJsonValue found = value(key, isInteger(value(key)) || value(key).isNull());
        return found.isDouble() ? std::optional(found.toInteger()) : std::nullopt;
    }
    [[nodiscard]] bool flag(const QString &key) const { return value(key, value(key).isBool()).toBool(); }
    [[nodiscard]] double number(const QString &key) const { return value(key, value(key).isDouble()).toDouble(); }
    [[nodiscard]] std::optional<double> optionalNumber(const QString &key) const
    {
        const QJsonValue found = value(key, value(key).isDouble() || value(key).isNull());
        return found.isDouble() ? std::optional(found.toDouble()) : std::nullopt;
    }
    [[nodiscard]] QJsonArray optionalArray(const QString &key) const
    {
        return value(key, value(key).isArray() || value(key).isNull()).toArray();
    }
    [[nodiscard]] JsonFields object(const QString &key) const
    {
        return {value(key, value(key).isObject()).toObject(), m_fault, m_path + key + QLatin1Char('.')};
    }
    /// Calls @p visit with each object of the array @p key.
    template <typename Visit>
    void each(const QString &key, Visit visit) const
    {
        const QJsonArray array = value(key, value(key).isArray()).toArray();
        for (qsizetype i = 0; i < array.size(); ++i) {
            const QString path = QStringLiteral("%1%2[%3].").arg(m_path, key).arg(i);
            if (!array.at(i).isObject())
                reject(key);
            visit(JsonFields(array.at(i).toObject(), m_fault, path));
        }
    }
    /// The value that @p read gives for the word at @p key; the first enumerator where it gives none.
    template <typename T>
    [[nodiscard]] T word(const QString &key, std::optional<T> (*read)(const QString &)) const
    {
        const std::optional<T> found = read(text(key));
        if (!found)
            reject(key);
        return found.value_or(T{});
    }

private:
    [[nodiscard]] QJsonValue value(const QString &key) const { return m_object.value(key); }
    [[nodiscard]] QJsonValue value(const QString &key, bool fits) const
    {
        if (!fits)
            reject(key);
        return m_object.value(key);
    }
    [[nodiscard]] static bool isInteger(const QJsonValue &value)
    {
        return value.isDouble() && value.toInteger(0) == value.toInteger(1);
    }

    QJsonObject m_object;
    QString &m_fault;
    QString m_path;
};

} // namespace rollcall::probe
