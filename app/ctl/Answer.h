#pragma once

#include <QMap>

#include <optional>

#include "app/ctl/ExitCode.h"
#include "app/ctl/JsonRecord.h"

namespace rollcall::ctl {

/// A command's list of like elements.
struct AnswerList
{
    QString key; ///< the member that holds the list ("sessions")
    std::vector<JsonRecord> elements;
    QStringList columns;      ///< JSON keys, the header of `csv`; also where the list is empty
    QStringList tableColumns; ///< what a terminal shows of them; empty: all columns
    bool trailer = false;     ///< `ndjson` ends with a line that holds the other members
};

/// What a command answers: an object, most often around one list.
struct Answer
{
    std::optional<AnswerList> list; ///< stands first in JSON
    JsonRecord members;             ///< the members beside the list
    /// Members that are lists of objects, and which of their keys a `table` shows, in this order; others stand there as
    /// JSON.
    QMap<QString, QStringList> tableColumns;
    QString note; ///< for people: shown below a `table`, nowhere else
};

/// How a command ended: its answer as far as it got, its exit code and, where it failed, why.
struct Outcome
{
    std::optional<Answer> answer; ///< nullopt: all was written already, or there is nothing to say but the error
    int exit = exitDone;
    std::optional<base::Error> error;
    QString complaint; ///< one line for stderr where the answer is no and no error says why

    [[nodiscard]] static Outcome done(Answer answer) { return {std::move(answer), exitDone, {}, {}}; }
    [[nodiscard]] static Outcome no(Answer answer, QString complaint)
    {
        return {std::move(answer), exitNo, {}, std::move(complaint)};
    }
    [[nodiscard]] static Outcome failed(base::Error error)
    {
        const int code = exitCode(error);
        return {std::nullopt, code, std::move(error), {}};
    }
    [[nodiscard]] static Outcome failed(base::Error error, std::optional<Answer> soFar)
    {
        const int code = exitCode(error);
        return {std::move(soFar), code, std::move(error), {}};
    }
};

} // namespace rollcall::ctl
