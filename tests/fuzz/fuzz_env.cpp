// .env texts, and values written so that every reader of them must agree.
#include "core/workspace/DotEnv.h"
#include "tests/fuzz/Fuzz.h"

namespace rollcall::fuzz {

namespace {

using workspace::DotEnv;

/// The form in which nothing is expanded, escaped or cut off; nullopt where no quotes are left for it.
std::optional<QByteArray> quoted(QByteArrayView value)
{
    if (value.contains('$') || value.contains('\\') || value.contains('\r') || value.contains('\0'))
        return std::nullopt;
    for (const char quote : {'\'', '`', '"'}) {
        if (!value.contains(quote))
            return QByteArray(quote + value.toByteArray() + quote);
    }
    return std::nullopt;
}

} // namespace

void tryInput(QByteArrayView input)
{
    const auto read = DotEnv::parse(input.toByteArray(), QStringLiteral("fuzz.env"));
    if (!read)
        return;
    require(!read->values.empty() || read->notes.isEmpty(), "a text of lines, none of them an assignment, is refused");
    QByteArray text;
    std::map<QByteArray, const base::SecretBytes *> expected;
    for (const auto &[name, value] : read->values) {
        require(!name.isEmpty(), "a variable has a name");
        if (const auto form = quoted(value.view())) {
            text += name + '=' + *form + '\n';
            expected.emplace(name, &value);
        }
    }
    if (expected.empty())
        return;
    const auto again = DotEnv::parse(text, QStringLiteral("again.env"));
    require(again.has_value(), "what was read can be written and read again");
    require(again->values.size() == expected.size(), "with as many variables");
    for (const auto &[name, value] : expected) {
        const base::SecretBytes *found = again->find(name);
        require(found && *found == *value, "of the same values");
    }
}

} // namespace rollcall::fuzz
