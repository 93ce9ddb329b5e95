#include "core/routes/JsRegExp.h"

#include "core/routes/JsCharacterSet.h"

namespace rollcall::routes {

QString subjectForPcre(QStringView text)
{
    QString out;
    out.reserve(text.size());
    for (const QChar unit : text) {
        if (unit.isSurrogate())
            out += QString::fromUcs4(std::array{pcreCharacter(unit.unicode())}.data(), 1);
        else
            out += unit;
    }
    return out;
}

tl::expected<JsRegExp, RegExpFault> JsRegExp::compile(QStringView source)
{
    const auto body = translateToPcre(source);
    if (!body)
        return tl::unexpected(body.error());
    // The limits count the same for everybody only where PCRE2 interprets the expression.
    const QString limits =
        QStringLiteral("(*NO_JIT)(*LIMIT_MATCH=%1)(*LIMIT_DEPTH=%1)(*LIMIT_HEAP=65536)").arg(maxSteps);
    QRegularExpression expression(limits + *body);
    if (!expression.isValid())
        return tl::unexpected(RegExpFault{RegExpFault::Kind::Unsupported, expression.errorString()});
    return JsRegExp(std::move(expression));
}

tl::expected<bool, RegExpFault> JsRegExp::test(QStringView subject) const
{
    if (subject.size() > maxSubject) {
        return tl::unexpected(RegExpFault{RegExpFault::Kind::TooHard,
                                          QStringLiteral("the text is longer than %1 characters").arg(maxSubject)});
    }
    const QRegularExpressionMatch match = m_expression.match(subjectForPcre(subject));
    if (!match.isValid()) {
        return tl::unexpected(
            RegExpFault{RegExpFault::Kind::TooHard, QStringLiteral("matching takes more than %1 steps").arg(maxSteps)});
    }
    return match.hasMatch();
}

} // namespace rollcall::routes
