#include "core/probe/BlockBoxes.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/probe/DrawnCells.h"
#include "core/probe/Quantiles.h"
#include "core/probe/RunSlice.h"
#include "core/probe/SampleLog.h"

namespace rollcall::probe {

namespace {

constexpr int mostGroups = 12;
constexpr int leastBlocks = 5; ///< of a group
constexpr int leastGroups = 4; ///< fewer show no course

/// Into how many groups @p blocks blocks are parted, where the cells shown have @p counts times: as few as leave each
/// cell enough for whiskers, or for a box at least, as long as there is still a course to see.
int groupsOf(qint64 blocks, const std::vector<qsizetype> &counts)
{
    int groups = static_cast<int>(std::min<qint64>(mostGroups, blocks / leastBlocks));
    const qsizetype fewest = counts.empty() ? 0 : *std::ranges::min_element(counts);
    for (const double p : {boxQuantiles[4], boxQuantiles[3]}) {
        const qsizetype enough = fewest / minimumSamples(p);
        if (enough >= leastGroups) {
            groups = static_cast<int>(std::min<qsizetype>(groups, enough));
            break;
        }
    }
    return blocks > 0 ? std::max(1, groups) : 0;
}

BlockBox boxOfTimes(const std::vector<Sample> &samples, bool response, qint64 timeoutNs)
{
    std::vector<qint64> times = distributionTimes(samples, response, timeoutNs);
    std::ranges::sort(times);
    BlockBox box;
    box.n = static_cast<qsizetype>(times.size());
    const auto ok =
        box.n - std::ranges::count_if(samples, [](const Sample &sample) { return isCensored(sample.outcome); });
    for (std::size_t i = 0; i < box.ns.size() && box.n > 0; ++i) {
        box.ns[i] = quantile7(times, boxQuantiles[i]);
        // The greater of the two that it lies between is a timeout.
        box.censored[i] = std::ceil(static_cast<double>(box.n - 1) * boxQuantiles[i]) >= static_cast<double>(ok);
    }
    return box;
}

/// The samples of each mode in each group of blocks.
using Parted = std::vector<std::vector<std::vector<Sample>>>;

/// Parts @p measured, each with the place of its mode, into the groups of @p boxes, which it makes; @p counts as in
/// groupsOf().
Parted parted(BlockBoxes &boxes, const std::vector<std::pair<std::size_t, const Sample *>> &measured,
              const std::vector<qsizetype> &counts)
{
    int first = std::numeric_limits<int>::max();
    int last = -1;
    for (const auto &[mode, sample] : measured) {
        first = std::min(first, sample->block);
        last = std::max(last, sample->block);
    }
    const qint64 blocks = std::max<qint64>(0, qint64{last} - first + 1);
    const int groups = groupsOf(blocks, counts);
    // Where group after group begins; even, so that none has too few.
    const auto begin = [&](int group) { return first + qint64{group} * blocks / std::max(1, groups); };
    Parted samples(static_cast<std::size_t>(groups));
    for (int group = 0; group < groups; ++group) {
        boxes.groups.push_back({static_cast<int>(begin(group)), static_cast<int>(begin(group + 1) - 1), {}});
        samples[static_cast<std::size_t>(group)].resize(boxes.modes.size());
    }
    for (const auto &[mode, sample] : measured) {
        const auto after = std::ranges::upper_bound(boxes.groups, sample->block, {}, &BlockGroup::first);
        samples[static_cast<std::size_t>(after - boxes.groups.begin() - 1)][mode].push_back(*sample);
    }
    return samples;
}

} // namespace

bool BlockBox::shows(std::size_t i) const
{
    return n > 0 && (boxQuantiles[i] == 0.5 || n >= minimumSamples(boxQuantiles[i]));
}

bool BlockBoxes::isIncomplete() const
{
    return std::ranges::any_of(groups, [](const BlockGroup &group) {
        return std::ranges::any_of(group.boxes, [](const BlockBox &box) { return box.n > 0 && !box.shows(4); });
    });
}

bool BlockBoxes::isOpen() const
{
    return std::ranges::any_of(groups, [](const BlockGroup &group) {
        return std::ranges::any_of(group.boxes, [](const BlockBox &box) { return box.shows(4) && box.censored[4]; });
    });
}

BlockBoxes blockBoxes(const RunDocument &document, const QString &route)
{
    BlockBoxes boxes;
    std::vector<int> modeOf(document.cells.size(), -1); // of each cell that is shown, its place in modes
    for (std::size_t i = 0; i < document.cells.size(); ++i) {
        const CellId &id = document.cells[i].id;
        if (id.route != route || id.cache == CachePath::Miss || !isDrawn(document, document.cells[i]))
            continue;
        modeOf[i] = static_cast<int>(boxes.modes.size());
        boxes.modes.push_back(id);
    }
    std::vector<std::pair<std::size_t, const Sample *>> measured;
    std::vector<qsizetype> counts(boxes.modes.size());
    for (const Sample &sample : document.samples) {
        const int mode = modeOf[static_cast<std::size_t>(sample.cell)];
        if (mode < 0 || !isMeasured(sample))
            continue;
        measured.emplace_back(static_cast<std::size_t>(mode), &sample);
        ++counts[static_cast<std::size_t>(mode)];
    }
    const Parted samples = parted(boxes, measured, counts);
    double least = std::numeric_limits<double>::max();
    for (std::size_t group = 0; group < boxes.groups.size(); ++group) {
        for (std::size_t mode = 0; mode < boxes.modes.size(); ++mode) {
            const bool response = !document.isClosed() && isNetwork(boxes.modes[mode].mode);
            const BlockBox box = boxOfTimes(samples[group][mode], response, timeoutNsOf(document));
            for (std::size_t i = 0; i < box.ns.size(); ++i) {
                if (!box.shows(i))
                    continue;
                least = std::min(least, box.ns[i]);
                boxes.most = std::max(boxes.most, box.ns[i]);
            }
            boxes.groups[group].boxes.push_back(box);
        }
    }
    if (boxes.most <= 0)
        boxes.groups.clear();
    boxes.least = boxes.groups.empty() ? 0 : least;
    return boxes;
}

} // namespace rollcall::probe
