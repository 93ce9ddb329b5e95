#pragma once

#include <QHash>
#include <QString>
#include <QStringList>

#include <optional>
#include <vector>

#include "core/base/Clock.h"
#include "core/base/Result.h"

namespace rollcall::ctl {

/// A flag that a command takes.
struct Flag
{
    QString name;  ///< without the dashes
    QString value; ///< what stands for its value in the help ("URL"); empty: a switch
    QString help;
    bool repeatable = false;
};

/// What a command is called with: its words, arguments and flags beside those that all commands take.
struct CommandSpec
{
    QStringList words;             ///< {"sessions", "list"}
    QString argument;              ///< what stands for its arguments in the help ("NAME", "A B"); empty: takes none
    bool argumentRequired = false; ///< all of them
    QString summary;
    std::vector<Flag> flags;
    std::vector<QStringList> exclusive; ///< groups of flags of which at most one may be given
};

/// The flags and arguments behind the command words, checked against what the command takes. Values are still text; the
/// reading functions below turn them into what they mean. **Thread-safety:** a value.
class Arguments final
{
public:
    /// Reads @p words (`--flag VALUE` and `--flag=VALUE`, in any order). A value that begins with `--` must be given
    /// with
    /// `=`. Errors: UsageInvalid for an unknown or repeated flag, a missing or needless value, flags that exclude each
    /// other, an argument too many or too few.
    [[nodiscard]] static base::Result<Arguments> parse(const QStringList &words, const CommandSpec &spec);

    /// Whether @p flag is one of the command's own, given or not.
    [[nodiscard]] bool takes(const QString &flag) const { return m_flags.contains(flag); }
    [[nodiscard]] bool has(const QString &flag) const { return m_values.contains(flag); }
    /// The value of @p flag; nullopt where it was not given.
    [[nodiscard]] std::optional<QString> value(const QString &flag) const;
    /// All values of a repeatable flag, in order.
    [[nodiscard]] QStringList values(const QString &flag) const { return m_values.value(flag); }
    /// The argument that is no flag, the one numbered @p index; empty where there is none.
    [[nodiscard]] QString argument(qsizetype index = 0) const { return m_arguments.value(index); }

    /// The files that the command reads: its arguments, and what flags name as files, --out aside.
    [[nodiscard]] QStringList filesRead() const { return m_arguments + m_files; }

    // Each answers @p fallback where the flag was not given. Errors: UsageInvalid, naming the flag and what it takes.
    [[nodiscard]] base::Result<qint64> integer(const QString &flag, qint64 fallback, qint64 least, qint64 most) const;
    [[nodiscard]] base::Result<std::chrono::nanoseconds> duration(const QString &flag,
                                                                  std::chrono::nanoseconds fallback) const;
    [[nodiscard]] base::Result<std::optional<base::Instant>> time(const QString &flag, base::Instant now) const;
    /// The value, which must be one of @p choices; the first of them where the flag was not given.
    [[nodiscard]] base::Result<QString> choice(const QString &flag, const QStringList &choices) const;

private:
    QStringList m_flags; ///< those of the command
    QHash<QString, QStringList> m_values;
    QStringList m_arguments;
    QStringList m_files; ///< values of flags that name files
};

/// An error about one flag.
[[nodiscard]] base::Error usageError(const QString &flag, const QString &detail);

} // namespace rollcall::ctl
