#include "app/ctl/Arguments.h"

#include "app/ctl/ConnectionFlags.h"

#include <algorithm>

namespace rollcall::ctl {

namespace {

constexpr auto dashes = QLatin1StringView("--");

const Flag *findFlag(const CommandSpec &spec, const QString &name)
{
    for (const std::vector<Flag> *flags : {&spec.flags, &commonFlags()}) {
        const auto found = std::ranges::find(*flags, name, &Flag::name);
        if (found != flags->end())
            return &*found;
    }
    return nullptr;
}

base::Status checkExclusive(const std::vector<QStringList> &groups, const Arguments &arguments)
{
    for (const QStringList &group : groups) {
        QStringList given;
        for (const QString &flag : group) {
            if (arguments.has(flag))
                given << dashes + flag;
        }
        if (given.size() > 1) {
            return base::fail(
                usageError(given.first(), QStringLiteral("cannot be given together with %1").arg(given.at(1))));
        }
    }
    return {};
}

} // namespace

base::Error usageError(const QString &flag, const QString &detail)
{
    return base::Error(base::ErrorCode::UsageInvalid)
        .with(base::ErrorParam::Flag, flag)
        .with(base::ErrorParam::Detail, detail);
}

base::Result<Arguments> Arguments::parse(const QStringList &words, const CommandSpec &spec)
{
    Arguments result;
    for (const Flag &flag : spec.flags)
        result.m_flags << flag.name;
    const QStringList expected = spec.argument.split(QLatin1Char(' '), Qt::SkipEmptyParts);
    for (qsizetype i = 0; i < words.size(); ++i) {
        const QString &word = words.at(i);
        if (!word.startsWith(dashes)) {
            // Not repeated in the message: people put addresses with passwords in the wrong place.
            if (result.m_arguments.size() == expected.size())
                return base::fail(usageError({}, QStringLiteral("There is an argument that is not expected here.")));
            result.m_arguments << word;
            continue;
        }
        const qsizetype equals = word.indexOf(QLatin1Char('='));
        const QString name = word.sliced(2, (equals < 0 ? word.size() : equals) - 2);
        const Flag *flag = findFlag(spec, name);
        const QString shown = dashes + name;
        if (!flag)
            return base::fail(usageError(shown, QStringLiteral("there is no such flag here")));
        if (result.has(name) && !flag->repeatable)
            return base::fail(usageError(shown, QStringLiteral("is given twice")));
        QString value;
        if (flag->value.isEmpty()) {
            if (equals >= 0)
                return base::fail(usageError(shown, QStringLiteral("takes no value")));
        } else if (equals >= 0) {
            value = word.sliced(equals + 1);
        } else if (i + 1 < words.size() && !words.at(i + 1).startsWith(dashes)) {
            value = words.at(++i);
        } else {
            return base::fail(usageError(shown, QStringLiteral("its value (%1) is missing").arg(flag->value)));
        }
        // Else it would be taken for a file that is not there, or for none given.
        static const QStringList paths{QStringLiteral("FILE"), QStringLiteral("PEM"), QStringLiteral("DIR")};
        const QStringList forms = flag->value.split(QLatin1Char('|'));
        const bool isPath = std::ranges::any_of(forms, [](const QString &form) { return paths.contains(form); });
        if (isPath && name != QStringLiteral("out"))
            result.m_files << value;
        if (value.isEmpty() && isPath)
            return base::fail(usageError(shown, QStringLiteral("its value (%1) is empty").arg(flag->value)));
        result.m_values[name] << value;
    }
    for (qsizetype i = 0; spec.argumentRequired && i < expected.size(); ++i) {
        if (result.argument(i).isEmpty())
            return base::fail(usageError(expected.at(i), QStringLiteral("is missing")));
    }
    for (const std::vector<QStringList> *groups : {&spec.exclusive, &commonExclusive()}) {
        if (const auto status = checkExclusive(*groups, result); !status)
            return base::fail(status.error());
    }
    return result;
}

std::optional<QString> Arguments::value(const QString &flag) const
{
    const auto found = m_values.constFind(flag);
    return found == m_values.cend() ? std::nullopt : std::optional(found->last());
}

base::Result<qint64> Arguments::integer(const QString &flag, qint64 fallback, qint64 least, qint64 most) const
{
    const auto text = value(flag);
    if (!text)
        return fallback;
    bool ok = false;
    const qint64 number = text->toLongLong(&ok);
    if (!ok || number < least || number > most) {
        return base::fail(
            usageError(dashes + flag, QStringLiteral("wants a whole number from %1 to %2").arg(least).arg(most)));
    }
    return number;
}

base::Result<std::chrono::nanoseconds> Arguments::duration(const QString &flag, std::chrono::nanoseconds fallback) const
{
    const auto text = value(flag);
    if (!text)
        return fallback;
    const auto parsed = base::parseDuration(*text);
    if (!parsed)
        return base::fail(
            usageError(dashes + flag, QStringLiteral("wants a number with ns, us, ms, s, m, h or d, such as 250ms")));
    return *parsed;
}

base::Result<std::optional<base::Instant>> Arguments::time(const QString &flag, base::Instant now) const
{
    const auto text = value(flag);
    if (!text)
        return std::optional<base::Instant>();
    const auto parsed = base::parseTime(*text, now);
    if (!parsed) {
        return base::fail(usageError(
            dashes + flag,
            QStringLiteral("wants a time such as 2026-12-20T21:48:07.731Z, or relative to now such as +1h or -7d")));
    }
    return std::optional(*parsed);
}

base::Result<QString> Arguments::choice(const QString &flag, const QStringList &choices) const
{
    const auto text = value(flag);
    if (!text)
        return choices.first();
    if (!choices.contains(*text))
        return base::fail(
            usageError(dashes + flag, QStringLiteral("wants one of %1").arg(choices.join(QStringLiteral(", ")))));
    return *text;
}

} // namespace rollcall::ctl
