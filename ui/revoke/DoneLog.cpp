#include "ui/revoke/DoneLog.h"

#include <QDateTime>
#include <QGridLayout>
#include <QLocale>

#include "ui/common/Label.h"

namespace rollcall::revoke {

using common::ColorToken;
using common::FontToken;
using common::Label;

DoneLog::DoneLog(const common::Theme &theme, const std::vector<Done> &log, QWidget *parent) : QWidget(parent)
{
    auto *grid = new QGridLayout(this);
    grid->setContentsMargins(0, common::space::s, 0, 0);
    grid->setHorizontalSpacing(common::space::l);
    grid->setVerticalSpacing(common::space::xs);
    grid->setColumnStretch(1, 1);
    grid->addWidget(new Label(theme, tr("What was done"), FontToken::Caption, ColorToken::Muted), 0, 0, 1, 2);
    int line = 1;
    const auto add = [&](const QString &at, const QString &what, ColorToken tint) {
        grid->addWidget(new Label(theme, at, FontToken::Code, ColorToken::Muted), line, 0, Qt::AlignTop);
        auto *words = new Label(theme, what, FontToken::Body, tint);
        words->setWordWrap(true);
        grid->addWidget(words, line++, 1);
    };
    const std::size_t atEnd = log.size() <= mostLines ? 0 : mostLines / 2;
    const std::size_t left = log.size() <= mostLines ? 0 : log.size() - mostLines;
    for (std::size_t i = 0; i < log.size(); ++i) {
        if (left > 0 && i == mostLines - atEnd) {
            add({}, tr("%1 more in between").arg(QLocale().toString(qint64(left))), ColorToken::Muted);
            i += left;
        }
        const auto at = QDateTime::fromMSecsSinceEpoch(log[i].at.time_since_epoch().count());
        add(at.toString(QStringLiteral("HH:mm:ss.zzz")), log[i].what, ColorToken::Text);
    }
}

} // namespace rollcall::revoke
