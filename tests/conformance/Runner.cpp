#include "tests/conformance/Runner.h"

#include <QDir>
#include <QSet>

#include "core/base/ErrorText.h"
#include "tests/conformance/Checker.h"
#include "tests/conformance/Isolation.h"
#include "tests/conformance/VectorFile.h"

namespace rollcall::conformance {

namespace {

using jose::JsonValue;

constexpr std::chrono::seconds caseLimit{30};

QString idOf(const JsonValue &vector)
{
    const JsonValue *id = vector.find(u"id");
    return id && id->string() ? *id->string() : QString();
}

QStringList differencesOf(const Format &format, const JsonValue &vector, const JsonValue &file)
{
    Differences differences;
    {
        Fields fields(vector, {}, differences);
        fields.ignore({u"id", u"note"});
        format.check(fields, file, differences);
    }
    return differences.lines();
}

class Run
{
public:
    explicit Run(QTextStream &out) : m_out(out) {}

    void file(const QString &path, const QString &name)
    {
        const auto document = readVectorFile(path);
        if (!document) {
            report(name, {base::oneLine(document.error())});
            return;
        }
        if (const QStringList unknown = unknownMembers(*document); !unknown.isEmpty())
            report(name, {QStringLiteral("members that are not known: %1").arg(unknown.join(QStringLiteral(", ")))});
        QSet<QString> ids;
        const auto &cases = casesOf(*document);
        for (std::size_t i = 0; i < cases.size(); ++i) {
            const QString id = idOf(cases.at(i));
            const QString shown = name + u':' + (id.isEmpty() ? QStringLiteral("case %1").arg(i) : id);
            if (id.isEmpty())
                report(shown, {QStringLiteral("the case has no id")});
            else if (ids.contains(id))
                report(shown, {QStringLiteral("the id is taken by an earlier case")});
            else
                report(shown, check(cases.at(i), *document));
            ids.insert(id);
        }
    }

    void report(const QString &name, const QStringList &differences)
    {
        if (differences.isEmpty()) {
            ++m_tally.passed;
            return;
        }
        ++m_tally.failed;
        m_out << "FAIL " << name << '\n';
        for (const QString &line : differences)
            m_out << "    " << line << '\n';
        m_out.flush();
    }

    [[nodiscard]] Tally tally() const { return m_tally; }

private:
    static QStringList check(const JsonValue &vector, const JsonValue &file)
    {
        const Format *format = formatOf(vector);
        if (!format)
            return {QStringLiteral("the case is of no known format")};
        return runIsolated([format, &vector, &file] { return differencesOf(*format, vector, file); }, caseLimit);
    }

    /// Members of the file that neither every format nor that of one of its cases knows.
    static QStringList unknownMembers(const JsonValue &file)
    {
        QStringList known{QStringLiteral("description"), QStringLiteral("packages"), QStringLiteral("cases")};
        for (const JsonValue &vector : casesOf(file)) {
            const Format *format = formatOf(vector);
            for (const char16_t *name : format ? format->fileFields : std::vector<const char16_t *>())
                known << QString::fromUtf16(name);
        }
        QStringList unknown;
        for (const JsonValue::Member &member : *file.object()) {
            if (!known.contains(member.name))
                unknown << member.name;
        }
        return unknown;
    }

    QTextStream &m_out;
    Tally m_tally;
};

} // namespace

Tally runDirectory(const QString &directory, QTextStream &out)
{
    Run run(out);
    const QDir folder(directory);
    if (!folder.exists() || !folder.isReadable()) {
        run.report(directory, {QStringLiteral("there is no directory here that can be read")});
        return run.tally();
    }
    // Hidden and dangling entries too: what ends like a vector file and cannot be read is a failure.
    const QStringList names =
        folder.entryList({QStringLiteral("*.json")}, QDir::Files | QDir::System | QDir::Hidden, QDir::Name);
    if (names.isEmpty())
        run.report(directory, {QStringLiteral("it holds no *.json")});
    for (const QString &name : names)
        run.file(folder.filePath(name), name);
    return run.tally();
}

} // namespace rollcall::conformance
