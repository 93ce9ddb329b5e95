#include "ui/welcome/WelcomePage.h"

#include <QDragEnterEvent>
#include <QFileDialog>
#include <QGridLayout>
#include <QLabel>
#include <QMimeData>
#include <QScrollArea>
#include <QVBoxLayout>

#include "ui/common/Button.h"
#include "ui/common/ErrorBanner.h"
#include "ui/common/Label.h"
#include "ui/common/Surface.h"
#include "ui/welcome/BeginCard.h"
#include "ui/welcome/ProfileCard.h"

namespace rollcall::welcome {

using common::Button;
using common::ColorToken;
using common::FontToken;
using common::Icon;
using common::Label;

namespace {
constexpr int pageWidth = 960;
constexpr int columns = 3;
constexpr int logoSize = 72;
} // namespace

WelcomePage::WelcomePage(const common::Theme &theme, QWidget *parent) : common::Page(parent), m_theme(theme)
{
    setObjectName(QStringLiteral("welcomePage"));
    setAcceptDrops(true);
    common::setSurface(*this, common::Surface::Window);

    auto *content = new QWidget;
    content->setMaximumWidth(pageWidth);
    auto *column = new QVBoxLayout(content);
    column->setContentsMargins(common::space::xl, common::space::xxl, common::space::xl, common::space::xl);
    column->setSpacing(common::space::s);
    m_banner = new common::ErrorBanner(theme);
    column->addWidget(m_banner);
    column->addWidget(makeHead());
    column->addSpacing(common::space::xxl);

    auto *deployments = new QHBoxLayout;
    deployments->addWidget(new Label(theme, tr("Your deployments"), FontToken::Section));
    deployments->addStretch();
    auto *add = new Button(theme, tr("New connection"));
    add->setObjectName(QStringLiteral("newConnection"));
    add->setGlyph(Icon::Plus);
    add->setKeyHint(tr("Ctrl+N"));
    connect(add, &Button::clicked, this, &WelcomePage::newConnectionRequested);
    deployments->addWidget(add);
    column->addLayout(deployments);
    m_none = new Label(theme, tr("None yet. Import the .env file of a deployment, or look around in the demo."),
                       FontToken::Body, ColorToken::Muted);
    column->addWidget(m_none);
    m_cards = new QGridLayout;
    m_cards->setSpacing(common::space::l);
    for (int i = 0; i < columns; ++i)
        m_cards->setColumnStretch(i, 1);
    column->addLayout(m_cards);
    column->addSpacing(common::space::xl);
    column->addWidget(new Label(theme, tr("Or begin with"), FontToken::Section));
    column->addWidget(makeBegin());
    column->addSpacing(common::space::xl);

    auto *promise = new QHBoxLayout;
    auto *lock = new QLabel;
    lock->setPixmap(
        common::iconPixmap(theme, Icon::Lock, common::measure::icon, ColorToken::Muted, devicePixelRatioF()));
    connect(&theme, &common::Theme::changed, lock, [this, lock] {
        lock->setPixmap(
            common::iconPixmap(m_theme, Icon::Lock, common::measure::icon, ColorToken::Muted, devicePixelRatioF()));
    });
    promise->addWidget(lock, 0, Qt::AlignTop);
    auto *words = new Label(theme,
                            tr("Rollcall talks only to the deployments you connect. Every connection begins read-only; "
                               "nothing is written before you have seen a plan of it."),
                            FontToken::Body, ColorToken::Muted);
    words->setWordWrap(true);
    promise->addWidget(words, 1);
    column->addLayout(promise);
    column->addStretch();

    auto *centred = new QWidget;
    auto *row = new QHBoxLayout(centred);
    row->setContentsMargins(0, 0, 0, 0);
    row->addStretch();
    row->addWidget(content, 1000);
    row->addStretch();
    auto *scroll = new QScrollArea;
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidget(centred);
    auto *whole = new QVBoxLayout(this);
    whole->setContentsMargins(0, 0, 0, 0);
    whole->addWidget(scroll);
    setProfiles({});
}

QWidget *WelcomePage::makeHead()
{
    auto *head = new QWidget;
    head->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Maximum);
    auto *row = new QHBoxLayout(head);
    row->setContentsMargins(0, common::space::xxl, 0, 0);
    row->setSpacing(common::space::l);
    auto *logo = new QLabel;
    logo->setPixmap(common::applicationIcon().pixmap(QSize(logoSize, logoSize), devicePixelRatioF()));
    logo->setAccessibleName(tr("Rollcall"));
    row->addWidget(logo);
    auto *words = new QVBoxLayout;
    words->setSpacing(2);
    words->addStretch();
    words->addWidget(new Label(m_theme, tr("Rollcall"), FontToken::Display));
    words->addWidget(
        new Label(m_theme,
                  tr("Who is signed in, is this person really signed out, why is a session null, what does a "
                     "session check cost."),
                  FontToken::Body, ColorToken::Muted));
    words->addStretch();
    row->addLayout(words, 1);
    return head;
}

QWidget *WelcomePage::makeBegin()
{
    auto *box = new QWidget;
    auto *row = new QHBoxLayout(box);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(common::space::l);
    auto *demo = new BeginCard(m_theme, Icon::Demo, tr("Open the demo deployment"),
                               tr("Some thousand made-up sessions on this machine. Revoke and measure freely."), false);
    demo->setObjectName(QStringLiteral("openDemo"));
    connect(demo, &BeginCard::clicked, this, &WelcomePage::demoRequested);
    auto *env = new BeginCard(m_theme, Icon::Import, tr("Import a .env file"),
                              tr("Drop it anywhere in this window, or choose it. The file stays as it is."), true);
    env->setObjectName(QStringLiteral("importEnv"));
    connect(env, &BeginCard::clicked, this, &WelcomePage::chooseEnvFile);
    auto *fresh =
        new BeginCard(m_theme, Icon::Plus, tr("Type the addresses"),
                      tr("Database and deployment, each tried as you fill it in. Nothing is written."), false);
    connect(fresh, &BeginCard::clicked, this, &WelcomePage::newConnectionRequested);
    for (BeginCard *card : {demo, env, fresh})
        row->addWidget(card, 1);
    return box;
}

void WelcomePage::setProfiles(const std::vector<workspace::ConnectionProfile> &profiles)
{
    while (QLayoutItem *item = m_cards->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    m_none->setVisible(profiles.empty());
    int index = 0;
    for (const workspace::ConnectionProfile &profile : profiles) {
        auto *card = new ProfileCard(m_theme, profile, index == 0);
        const QString name = profile.name;
        connect(card, &ProfileCard::connectRequested, this, [this, name] { Q_EMIT connectRequested(name); });
        connect(card, &ProfileCard::editRequested, this, [this, name] { Q_EMIT editRequested(name); });
        connect(card, &ProfileCard::removeRequested, this, [this, name] { Q_EMIT removeRequested(name); });
        connect(card, &ProfileCard::cancelRequested, this, &WelcomePage::cancelRequested);
        m_cards->addWidget(card, index / columns, index % columns);
        ++index;
    }
}

QString WelcomePage::help() const
{
    return tr("# Welcome\n\nOpen a saved deployment, or begin with one:\n\n"
              "- **Import a .env file**: drop the deployment's own `.env` onto the window. Rollcall reads the database "
              "address, the secret and the deployment's URL from it; the file stays as it is.\n"
              "- **Open the demo deployment**: made-up sessions on this machine. Nothing leaves it.\n"
              "- **Type the addresses**: each is tried as you fill it in.\n\n"
              "Every connection begins read-only.");
}

QList<common::StatusItem> WelcomePage::statusItems() const
{
    common::StatusItem version;
    version.text = tr("Version %1").arg(QStringLiteral(ROLLCALL_VERSION));
    common::StatusItem vault;
    if (!m_vault) {
        vault.text = tr("Looking for a keychain");
        vault.icon = Icon::Busy;
    } else if (m_vault->isEmpty()) {
        vault.text = tr("No keychain here: secrets are not saved and nothing is written. Start with --key-file.");
        vault.icon = Icon::Warn;
        vault.tint = ColorToken::Warn;
    } else {
        vault.text = tr("Secrets rest in: %1").arg(*m_vault);
        vault.icon = Icon::Ok;
        vault.tint = ColorToken::Good;
    }
    return {version, vault};
}

void WelcomePage::setVault(const QString &description)
{
    m_vault = description;
    Q_EMIT statusChanged();
}

void WelcomePage::setOpening(const QString &name)
{
    for (ProfileCard *card : findChildren<ProfileCard *>())
        card->setOpening(!name.isEmpty() && card->name() == name);
}

void WelcomePage::chooseEnvFile()
{
    // The native dialog runs its own loop outside ours; the signal arrives when it is done.
    auto *dialog = new QFileDialog(this, tr("Import a .env file"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    dialog->setFilter(QDir::Files | QDir::Hidden);
    dialog->setNameFilters({tr("Environment files (.env* *.env)"), tr("All files (*)")});
    connect(dialog, &QFileDialog::fileSelected, this, &WelcomePage::envFileChosen);
    dialog->open();
}

void WelcomePage::dragEnterEvent(QDragEnterEvent *event)
{
    const QList<QUrl> urls = event->mimeData()->urls();
    if (urls.size() == 1 && urls.first().isLocalFile())
        event->acceptProposedAction();
}

void WelcomePage::dropEvent(QDropEvent *event)
{
    event->acceptProposedAction();
    Q_EMIT envFileChosen(event->mimeData()->urls().first().toLocalFile());
}

} // namespace rollcall::welcome
