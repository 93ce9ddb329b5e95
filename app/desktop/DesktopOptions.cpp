#include "app/desktop/DesktopOptions.h"

#include <QCommandLineParser>

namespace rollcall::app {

using base::Error;
using base::ErrorCode;
using base::ErrorParam;
using base::fail;

base::Result<DesktopOptions> DesktopOptions::parse(const QStringList &arguments)
{
    QCommandLineParser parser;
    parser.setApplicationDescription(QCoreApplication::translate(
        "DesktopOptions", "See who is signed in, sign them out for real, know what every session check costs."));
    const QCommandLineOption help = parser.addHelpOption();
    const QCommandLineOption version = parser.addVersionOption();
    const QCommandLineOption demo(QStringLiteral("demo"),
                                  QCoreApplication::translate("DesktopOptions", "Open the embedded demo deployment."));
    const QCommandLineOption envFile(
        QStringLiteral("env-file"),
        QCoreApplication::translate("DesktopOptions", "Begin with the connection that a deployment's .env describes."),
        QStringLiteral("FILE"));
    const QCommandLineOption keyFile(
        QStringLiteral("key-file"),
        QCoreApplication::translate("DesktopOptions",
                                    "Keep secrets and Rollcall's keys in FILE instead of the keychain."),
        QStringLiteral("FILE"));
    const QCommandLineOption appearance(
        QStringLiteral("appearance"), QCoreApplication::translate("DesktopOptions", "Colours: system, light or dark."),
        QStringLiteral("NAME"));
    parser.addOptions({demo, envFile, keyFile, appearance});

    if (!parser.parse(arguments))
        return fail(Error(ErrorCode::UsageInvalid).with(ErrorParam::Detail, parser.errorText()));
    if (parser.isSet(help))
        parser.showHelp();
    if (parser.isSet(version))
        parser.showVersion();
    if (!parser.positionalArguments().isEmpty()) {
        return fail(Error(ErrorCode::UsageInvalid)
                        .with(ErrorParam::Detail,
                              QCoreApplication::translate("DesktopOptions", "Nothing but flags is understood.")));
    }
    DesktopOptions options;
    options.demo = parser.isSet(demo);
    options.envFile = parser.value(envFile);
    options.keyFile = parser.value(keyFile);
    if (parser.isSet(appearance)) {
        const QString name = parser.value(appearance);
        if (name == QLatin1StringView("light"))
            options.appearance = common::Appearance::Light;
        else if (name == QLatin1StringView("dark"))
            options.appearance = common::Appearance::Dark;
        else if (name == QLatin1StringView("system"))
            options.appearance = common::Appearance::System;
        else
            return fail(
                Error(ErrorCode::UsageInvalid)
                    .with(ErrorParam::Flag, QStringLiteral("--appearance"))
                    .with(ErrorParam::Detail, QCoreApplication::translate("DesktopOptions", "system, light or dark")));
    }
    if (options.demo && !options.envFile.isEmpty()) {
        return fail(Error(ErrorCode::UsageInvalid)
                        .with(ErrorParam::Detail, QCoreApplication::translate(
                                                      "DesktopOptions", "--demo and --env-file exclude each other.")));
    }
    return options;
}

} // namespace rollcall::app
