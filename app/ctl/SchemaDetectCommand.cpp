#include <QJsonArray>

#include "app/ctl/Commands.h"
#include "core/base/ErrorText.h"
#include "core/store/StoreFactory.h"

namespace rollcall::ctl {

namespace {

void addProfile(const store::SchemaProfile &profile, JsonRecord &members)
{
    const QJsonObject json = profile.toJson();
    for (const QString &key :
         {QStringLiteral("profile"), QStringLiteral("confidence"), QStringLiteral("sessions"), QStringLiteral("users"),
          QStringLiteral("accounts"), QStringLiteral("indexes"), QStringLiteral("warnings")})
        members.add(key, json.value(key));
}

Outcome answerOf(const store::SchemaDetection &detection)
{
    Answer answer;
    JsonRecord database;
    database.add(QStringLiteral("kind"), detection.database.kind)
        .add(QStringLiteral("version"), detection.database.version);
    answer.members.add(QStringLiteral("database"), database);
    if (detection.best) {
        addProfile(*detection.best, answer.members);
        return Outcome::done(std::move(answer));
    }
    QJsonArray candidates;
    for (const store::SchemaProfile &candidate : detection.candidates)
        candidates.append(candidate.toJson());
    if (!candidates.isEmpty()) {
        answer.members.add(QStringLiteral("candidates"), candidates);
        if (candidates.size() > 1)
            return Outcome::no(std::move(answer),
                               QStringLiteral("Several tables could hold the sessions: write the right candidate to a "
                                              "file and give it by --map."));
        const store::SchemaProfile &only = detection.candidates.front();
        // The last says what speaks against it, where its rows do.
        const QString why = only.warnings.isEmpty() ? QString() : QString(QLatin1Char(' ') + only.warnings.last());
        return Outcome::no(
            std::move(answer),
            QStringLiteral("Table %1 could hold the sessions, but that is not sure.%2 Write the candidate "
                           "to a file, corrected where it is wrong, and give it by --map.")
                .arg(only.sessions.table, why));
    }
    answer.members.add(QStringLiteral("profile"), QJsonValue::Null)
        .add(QStringLiteral("confidence"), 0)
        .add(QStringLiteral("sessions"), QJsonValue::Null);
    return Outcome::no(std::move(answer), base::oneLine(base::Error(base::ErrorCode::SchemaNotFound)));
}

class SchemaDetectCommand final : public Command
{
public:
    CommandSpec spec() const override
    {
        return {{QStringLiteral("schema"), QStringLiteral("detect")},
                {},
                false,
                QStringLiteral("find the adapter's tables by reading the database's catalogue"),
                {},
                {}};
    }

    Outcome run(Context &context) const override
    {
        const auto config = context.connection();
        if (!config)
            return Outcome::failed(config.error());
        if (!config->database) {
            return Outcome::failed(base::Error(base::ErrorCode::PartNotGiven)
                                       .with(base::ErrorParam::Part, QStringLiteral("database"))
                                       .with(base::ErrorParam::Flag, QStringLiteral("--database")));
        }
        const auto detection = store::detectSchema(*config->database, config->storeOptions, context.callFor(2));
        if (!detection)
            return Outcome::failed(detection.error());
        return answerOf(*detection);
    }
};

} // namespace

std::unique_ptr<const Command> makeSchemaDetect()
{
    return std::make_unique<SchemaDetectCommand>();
}

} // namespace rollcall::ctl
