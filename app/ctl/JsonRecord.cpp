#include "app/ctl/JsonRecord.h"

#include <QJsonArray>
#include <QJsonDocument>

#include <algorithm>

namespace rollcall::ctl {

JsonRecord &JsonRecord::add(const QString &key, const QJsonValue &value)
{
    m_members.push_back({key, value, {}});
    return *this;
}

JsonRecord &JsonRecord::add(const QString &key, const JsonRecord &record)
{
    return addRaw(key, record.toJson());
}

JsonRecord &JsonRecord::addRaw(const QString &key, const QByteArray &json)
{
    m_members.push_back({key, {}, json});
    return *this;
}

const JsonRecord::Member *JsonRecord::find(const QString &key) const
{
    const auto found = std::ranges::find(m_members, key, &Member::key);
    return found == m_members.end() ? nullptr : &*found;
}

QByteArray JsonRecord::toJson() const
{
    QByteArray text = QByteArrayLiteral("{");
    for (const Member &member : m_members) {
        if (text.size() > 1)
            text += ',';
        text += jsonText(QJsonValue(member.key)) + ':' + jsonText(member);
    }
    return text + '}';
}

QByteArray jsonText(const QJsonValue &value)
{
    // QJsonDocument writes arrays and objects only: the brackets around the one element are cut off again.
    const QByteArray wrapped = QJsonDocument(QJsonArray{value}).toJson(QJsonDocument::Compact);
    return wrapped.sliced(1, wrapped.size() - 2);
}

QByteArray jsonText(const JsonRecord::Member &member)
{
    return member.raw.isEmpty() ? jsonText(member.value) : member.raw;
}

QJsonValue orNull(const std::optional<QString> &text)
{
    return text ? QJsonValue(*text) : QJsonValue(QJsonValue::Null);
}

QJsonValue orNull(const std::optional<base::Instant> &instant)
{
    return instant ? QJsonValue(base::toIso(*instant)) : QJsonValue(QJsonValue::Null);
}

QJsonValue textOrNull(const QString &text)
{
    return text.isEmpty() ? QJsonValue(QJsonValue::Null) : QJsonValue(text);
}

} // namespace rollcall::ctl
