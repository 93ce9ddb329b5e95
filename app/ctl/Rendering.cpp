#include "app/ctl/Rendering.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>

#include <wchar.h> // NOLINT(modernize-deprecated-headers): wcwidth() is of POSIX, which <cwchar> need not declare

#include "core/base/CsvText.h"
#include "core/base/ErrorText.h"

namespace rollcall::ctl {

namespace {

JsonRecord errorRecord(const base::Error &error)
{
    const base::ErrorText text = base::describe(error);
    JsonRecord record;
    record.add(QStringLiteral("code"), base::errorName(error.code))
        .add(QStringLiteral("message"), text.message)
        .add(QStringLiteral("remedy"), text.remedy);
    return record;
}

QByteArray listJson(const AnswerList &list)
{
    QByteArray text = QByteArrayLiteral("[");
    for (const JsonRecord &element : list.elements) {
        if (text.size() > 1)
            text += ',';
        text += element.toJson();
    }
    return text + ']';
}

/// The text of a value in one cell: lists joined by ";", objects as JSON, null as nothing.
QString cellText(const JsonRecord::Member *member)
{
    if (!member || (member->raw.isEmpty() && member->value.isNull()))
        return {};
    if (!member->raw.isEmpty())
        return QString::fromUtf8(member->raw);
    if (member->value.isString())
        return member->value.toString();
    if (member->value.isArray()) {
        QStringList parts;
        const QJsonArray array = member->value.toArray();
        for (const QJsonValue part : array)
            parts << (part.isString() ? part.toString() : QString::fromUtf8(jsonText(part)));
        return parts.join(QLatin1Char(';'));
    }
    return QString::fromUtf8(jsonText(member->value));
}

QByteArray csvLine(const QStringList &cells)
{
    QByteArray line;
    for (qsizetype i = 0; i < cells.size(); ++i)
        line += (i > 0 ? "," : "") + base::csvCell(cells.at(i));
    return line + '\n';
}

/// Control characters, and the marks that turn the direction of text around, as an escape that shows them.
QString visible(const QString &text)
{
    QString result;
    for (const QChar c : text) {
        const bool turns =
            (c.unicode() >= 0x202A && c.unicode() <= 0x202E) || (c.unicode() >= 0x2066 && c.unicode() <= 0x2069);
        if (c == QLatin1Char('\n'))
            result += QStringLiteral("\\n");
        else if (c == QLatin1Char('\t'))
            result += QStringLiteral("\\t");
        else if (c.category() == QChar::Other_Control || turns)
            result += QStringLiteral("\\u%1").arg(c.unicode(), 4, 16, QLatin1Char('0'));
        else
            result += c;
    }
    return result;
}

/// How many columns of a terminal @p text takes: East Asian characters take two, combining marks none.
qsizetype displayWidth(const QString &text)
{
    qsizetype width = 0;
    for (const char32_t c : text.toStdU32String())
        width += std::max(::wcwidth(static_cast<wchar_t>(c)), 0);
    return width;
}

QString tableLine(const QStringList &cells, const QList<qsizetype> &widths)
{
    QString line;
    for (qsizetype i = 0; i < cells.size(); ++i) {
        line += cells.at(i);
        if (i + 1 < cells.size())
            line += QString(widths.at(i) + 2 - displayWidth(cells.at(i)), QLatin1Char(' '));
    }
    while (line.endsWith(QLatin1Char(' ')))
        line.chop(1);
    return line + QLatin1Char('\n');
}

QString tableOf(const std::vector<QStringList> &lines)
{
    QList<qsizetype> widths;
    for (const QStringList &line : lines) {
        widths.resize(std::max(widths.size(), line.size()));
        for (qsizetype i = 0; i < line.size(); ++i)
            widths[i] = std::max(widths[i], displayWidth(line.at(i)));
    }
    QString text;
    for (const QStringList &line : lines)
        text += tableLine(line, widths);
    return text;
}

QStringList cellsOf(const JsonRecord &record, const QStringList &columns)
{
    QStringList cells;
    for (const QString &column : columns)
        cells << cellText(record.find(column));
    return cells;
}

QStringList escaped(const QStringList &cells)
{
    QStringList result;
    for (const QString &cell : cells)
        result << visible(cell);
    return result;
}

/// @p columns of a list of objects as a table below its name; empty where none are named, or the list is empty.
QString listTable(const JsonRecord::Member &member, const QStringList &columns)
{
    const QJsonArray list = member.raw.isEmpty() ? member.value.toArray() : QJsonDocument::fromJson(member.raw).array();
    if (columns.isEmpty() || list.isEmpty())
        return {};
    std::vector<QStringList> lines{columns};
    for (const QJsonValue each : list) {
        QStringList cells;
        for (const QString &column : columns) {
            const JsonRecord::Member cell{column, each.toObject().value(column), {}};
            cells << visible(cellText(&cell));
        }
        lines.push_back(cells);
    }
    return QLatin1Char('\n') + visible(member.key) + QStringLiteral(":\n") + tableOf(lines);
}

/// Members as lines "name  value"; an object's own members stand below it as "name.member".
void appendMember(const QString &key, const JsonRecord::Member &member, std::vector<QStringList> &lines)
{
    const QJsonObject object =
        member.raw.isEmpty() ? member.value.toObject() : QJsonDocument::fromJson(member.raw).object();
    if (object.isEmpty()) {
        const QString text = cellText(&member);
        lines.push_back({visible(key), text.isEmpty() ? QStringLiteral("-") : visible(text)});
        return;
    }
    for (auto it = object.begin(); it != object.end(); ++it)
        appendMember(key + QLatin1Char('.') + it.key(), {it.key(), it.value(), {}}, lines);
}

JsonRecord document(const Answer *answer, const base::Error *error)
{
    JsonRecord record;
    if (answer && answer->list)
        record.addRaw(answer->list->key, listJson(*answer->list));
    if (answer) {
        for (const JsonRecord::Member &member : answer->members.members())
            member.raw.isEmpty() ? record.add(member.key, member.value) : record.addRaw(member.key, member.raw);
    }
    if (error)
        record.add(QStringLiteral("error"), errorRecord(*error));
    return record;
}

} // namespace

QByteArray renderJson(const Answer *answer, const base::Error *error)
{
    return document(answer, error).toJson() + '\n';
}

QByteArray renderNdjson(const Answer *answer, const base::Error *error)
{
    if (!answer || !answer->list)
        return renderJson(answer, error);
    QByteArray lines;
    for (const JsonRecord &element : answer->list->elements)
        lines += element.toJson() + '\n';
    if (answer->list->trailer || error) {
        Answer trailer;
        if (answer->list->trailer)
            trailer.members = answer->members;
        lines += renderJson(&trailer, error);
    }
    return lines;
}

QByteArray renderCsv(const Answer &answer)
{
    if (answer.list) {
        QByteArray text = csvLine(answer.list->columns);
        for (const JsonRecord &element : answer.list->elements)
            text += csvLine(cellsOf(element, answer.list->columns));
        return text;
    }
    QStringList keys;
    for (const JsonRecord::Member &member : answer.members.members())
        keys << member.key;
    return csvLine(keys) + csvLine(cellsOf(answer.members, keys));
}

QByteArray renderTable(const Answer &answer)
{
    QString text;
    std::vector<QStringList> lines;
    if (answer.list) {
        const QStringList &columns =
            answer.list->tableColumns.isEmpty() ? answer.list->columns : answer.list->tableColumns;
        lines.push_back(columns);
        for (const JsonRecord &element : answer.list->elements)
            lines.push_back(escaped(cellsOf(element, columns)));
        text += tableOf(lines);
        lines.clear();
    }
    QString lists; // behind the figures, which they would hide
    for (const JsonRecord::Member &member : answer.members.members()) {
        const QString list = listTable(member, answer.tableColumns.value(member.key));
        if (list.isEmpty())
            appendMember(member.key, member, lines);
        else
            lists += list;
    }
    text += tableOf(lines) + lists;
    if (!answer.note.isEmpty())
        text += visible(answer.note) + QLatin1Char('\n');
    return text.toUtf8();
}

} // namespace rollcall::ctl
