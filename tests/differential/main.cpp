#include <QCommandLineParser>
#include <QCoreApplication>
#include <QElapsedTimer>
#include <QFile>
#include <QMap>
#include <QRandomGenerator>

#include <cstdio>

#include "tests/differential/Comparison.h"
#include "tests/differential/Engine.h"
#include "tests/differential/Generator.h"
#include "tests/differential/Minimiser.h"
#include "tests/differential/Oracle.h"
#include "tests/differential/Requests.h"

// Generated requests, answered by the real packages in Node.js and by our engine: they must agree on every one.
namespace rollcall::differential {

namespace {

constexpr qint64 batchSize = 250;
constexpr qsizetype mostShown = 5;
constexpr int minimiserAttempts = 1500;

void print(const QByteArray &line)
{
    std::fwrite(line.constData(), 1, static_cast<std::size_t>(line.size()), stdout);
    std::fputc('\n', stdout);
    std::fflush(stdout);
}

/// A run over many recipes and its account. **Thread-safety:** one thread.
class Run
{
public:
    explicit Run(Oracle &oracle) : m_oracle(oracle) {}

    /// False where the oracle died.
    bool compareAll(const std::vector<JsonValue> &recipes)
    {
        std::vector<JsonValue> requests;
        for (const JsonValue &recipe : recipes)
            requests.push_back(requestOf(recipe));
        QElapsedTimer timer;
        timer.start();
        const auto theirs = m_oracle.ask(requests);
        m_theirNs += timer.nsecsElapsed();
        if (theirs.size() != requests.size())
            return false;

        std::vector<std::pair<JsonValue, QString>> sealed;
        std::vector<std::size_t> sealedBy;
        for (std::size_t i = 0; i < requests.size(); ++i) {
            timer.start();
            const JsonValue ours = answerOf(requests.at(i));
            m_ourNs += timer.nsecsElapsed();
            Comparison comparison = compare(requests.at(i), theirs.at(i), ours);
            ++m_outcomes[outcomeOf(requests.at(i), theirs.at(i))];
            if (!comparison.agrees())
                disagree(recipes.at(i), comparison.where);
            for (auto &token : comparison.sealed) {
                sealed.push_back(std::move(token));
                sealedBy.push_back(i);
            }
        }
        return checkSealed(sealed, [&](std::size_t i) { return recipes.at(sealedBy.at(i)); });
    }

    [[nodiscard]] qint64 disagreements() const { return m_disagreements; }

    void printTable(qint64 count) const
    {
        for (auto it = m_outcomes.cbegin(); it != m_outcomes.cend(); ++it)
            print(QByteArray::number(it.value()).rightJustified(8) + "  " + it.key().toUtf8());
        const auto perSecond = [count](qint64 ns) {
            return QByteArray::number(
                static_cast<qint64>(static_cast<double>(count) * 1e9 / static_cast<double>(std::max<qint64>(ns, 1))));
        };
        print(QByteArray::number(m_sealed).rightJustified(8) + "  tokens that we sealed, opened by the packages");
        print("requests a second: the packages " + perSecond(m_theirNs) + ", ours " + perSecond(m_ourNs));
        print(QByteArray::number(count) + " requests, " + QByteArray::number(m_disagreements) + " disagreements");
    }

private:
    /// What we sealed must open in the packages, with the claims that we meant.
    template <typename RecipeOf>
    bool checkSealed(const std::vector<std::pair<JsonValue, QString>> &sealed, RecipeOf recipeOf)
    {
        std::vector<JsonValue> requests;
        for (const auto &[request, claims] : sealed)
            requests.push_back(request);
        if (requests.empty())
            return true;
        const auto answers = m_oracle.ask(requests);
        if (answers.size() != requests.size())
            return false;
        for (std::size_t i = 0; i < answers.size(); ++i) {
            ++m_sealed;
            if (textOf(answers.at(i), u"claims") == sealed.at(i).second)
                continue;
            ++m_disagreements;
            if (++m_sealedShown > mostShown)
                continue;
            print("DISAGREEMENT: a token that we sealed");
            print("  recipe: " + jose::printJson(recipeOf(i)));
            print("  packages: " + jose::printJson(answers.at(i)));
            print("  meant:    " + sealed.at(i).second.toUtf8());
        }
        return true;
    }

    void disagree(const JsonValue &recipe, const QStringList &where)
    {
        ++m_disagreements;
        // One of a kind is enough.
        if (m_seen.contains(where) || m_seen.size() >= mostShown)
            return;
        m_seen << where;
        // In the same members, lest a smaller recipe be wrong in a way of its own.
        const auto stillFails = [this, &where](const JsonValue &candidate) {
            const JsonValue request = requestOf(candidate);
            const auto answers = m_oracle.ask({request});
            return answers.size() == 1 && !answers.front().find(u"broken") &&
                   compare(request, answers.front(), answerOf(request)).where == where;
        };
        const JsonValue small = minimise(recipe, stillFails, minimiserAttempts);
        const JsonValue request = requestOf(small);
        const auto answers = m_oracle.ask({request});
        const Comparison comparison =
            compare(request, answers.empty() ? JsonValue() : answers.front(), answerOf(request));
        print("DISAGREEMENT in " + where.join(u' ').toUtf8() + " (again: --recipes FILE, with the recipe in it)");
        print("  recipe:   " + jose::printJson(small));
        print("  request:  " + jose::printJson(request));
        print("  packages: " + comparison.theirs);
        print("  ours:     " + comparison.ours);
    }

    Oracle &m_oracle;
    QMap<QString, qint64> m_outcomes;
    qint64 m_disagreements = 0;
    qint64 m_sealed = 0;
    qint64 m_sealedShown = 0;
    QList<QStringList> m_seen; ///< where the disagreements shown so far are
    qint64 m_theirNs = 0;
    qint64 m_ourNs = 0;
};

/// Recipes of a file, one a line.
std::vector<JsonValue> readRecipes(const QString &path)
{
    QFile file(path);
    std::vector<JsonValue> recipes;
    if (!file.open(QIODevice::ReadOnly))
        return recipes;
    while (!file.atEnd()) {
        if (auto recipe = jose::parseJson(QString::fromUtf8(file.readLine())))
            recipes.push_back(std::move(*recipe));
    }
    return recipes;
}

int lostOracle()
{
    std::fputs("the packages' process died or said nothing: what it wrote is above\n", stderr);
    return 2;
}

} // namespace

} // namespace rollcall::differential

int main(int argc, char *argv[])
{
    using namespace rollcall::differential;
    QCoreApplication application(argc, argv);
    QCommandLineParser options;
    options.addHelpOption();
    options.addOption({QStringLiteral("count"), QStringLiteral("How many requests to generate."),
                       QStringLiteral("number"), QStringLiteral("10000")});
    options.addOption({QStringLiteral("seed"), QStringLiteral("What they are generated from; 0 is a random one."),
                       QStringLiteral("number"), QStringLiteral("20261121")});
    options.addOption(
        {QStringLiteral("recipes"), QStringLiteral("Recipes to compare instead, one a line."), QStringLiteral("file")});
    options.addOption({QStringLiteral("node"), QStringLiteral("The Node.js to run the packages with."),
                       QStringLiteral("path"), QStringLiteral("node")});
    options.process(application);

    Oracle oracle(options.value(QStringLiteral("node")));
    const auto versions = oracle.ask({object({{"kind", text(QStringLiteral("versions"))}})});
    if (versions.empty())
        return lostOracle();
    print("packages: " + rollcall::jose::printJson(versions.front()));

    Run run(oracle);
    if (options.isSet(QStringLiteral("recipes"))) {
        const auto recipes = readRecipes(options.value(QStringLiteral("recipes")));
        if (!run.compareAll(recipes))
            return lostOracle();
        run.printTable(static_cast<qint64>(recipes.size()));
        return recipes.empty() || run.disagreements() > 0 ? 1 : 0;
    }
    quint64 seed = options.value(QStringLiteral("seed")).toULongLong();
    if (seed == 0)
        seed = QRandomGenerator::system()->generate64();
    print("seed: " + QByteArray::number(seed));
    const qint64 count = options.value(QStringLiteral("count")).toLongLong();
    for (qint64 from = 0; from < count; from += batchSize) {
        std::vector<JsonValue> recipes;
        for (qint64 i = from; i < std::min(from + batchSize, count); ++i)
            recipes.push_back(makeRecipe(seed, i));
        if (!run.compareAll(recipes))
            return lostOracle();
    }
    run.printTable(count);
    return count > 0 && run.disagreements() == 0 ? 0 : 1;
}
