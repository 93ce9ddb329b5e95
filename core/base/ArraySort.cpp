#include "core/base/ArraySort.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>

namespace rollcall::base {

namespace {

using Index = std::ptrdiff_t;

/// TimSort in the steps of V8's array-sort.tq. It sorts positions by their keys.
class TimSort final
{
public:
    explicit TimSort(const std::vector<double> &keys) : m_keys(keys), m_work(keys.size())
    {
        std::iota(m_work.begin(), m_work.end(), std::size_t(0));
    }

    std::vector<std::size_t> sorted() &&
    {
        Index low = 0;
        auto remaining = static_cast<Index>(m_work.size());
        if (remaining < 2)
            return std::move(m_work);
        const Index shortest = minimalRun(remaining);
        while (remaining > 0) {
            Index run = makeRun(low, low + remaining);
            if (run < shortest) {
                const Index forced = std::min(shortest, remaining);
                insertBinary(low, low + run, low + forced);
                run = forced;
            }
            m_runs.push_back({low, run});
            collapse();
            low += run;
            remaining -= run;
        }
        while (m_runs.size() > 1)
            mergeAt(smallerNeighbour(m_runs.size() - 2));
        return std::move(m_work);
    }

private:
    struct Run
    {
        Index base;
        Index length;
    };
    using Elements = std::span<const std::size_t>;

    /// Runs shorter than this are filled up: a number from 32 to 64 that cuts the whole into nearly 2ⁿ parts.
    static Index minimalRun(Index length)
    {
        Index lost = 0;
        while (length >= 64) {
            lost |= length & 1;
            length >>= 1;
        }
        return length + lost;
    }

    [[nodiscard]] double compare(std::size_t a, std::size_t b) const
    {
        const double difference = m_keys[a] - m_keys[b];
        return std::isnan(difference) ? 0 : difference;
    }

    [[nodiscard]] std::size_t &at(Index i) { return m_work[static_cast<std::size_t>(i)]; }
    [[nodiscard]] Elements part(Index base, Index length) const
    {
        return Elements(m_work).subspan(static_cast<std::size_t>(base), static_cast<std::size_t>(length));
    }
    static std::size_t in(Elements elements, Index i) { return elements[static_cast<std::size_t>(i)]; }

    /// Length of the ascending, or strictly descending and then reversed, run that begins at @p low.
    Index makeRun(Index low, Index high)
    {
        if (low + 1 == high)
            return 1;
        const bool descending = compare(at(low + 1), at(low)) < 0;
        Index end = low + 2;
        while (end < high && (compare(at(end), at(end - 1)) < 0) == descending)
            ++end;
        if (descending)
            std::reverse(m_work.begin() + low, m_work.begin() + end);
        return end - low;
    }

    /// Sorts [low, high), of which [low, start) is sorted.
    void insertBinary(Index low, Index start, Index high)
    {
        for (; start < high; ++start) {
            const std::size_t pivot = at(start);
            Index left = low;
            Index right = start;
            while (left < right) {
                const Index middle = left + (right - left) / 2;
                if (compare(pivot, at(middle)) < 0)
                    right = middle;
                else
                    left = middle + 1;
            }
            std::move_backward(m_work.begin() + left, m_work.begin() + start, m_work.begin() + start + 1);
            at(left) = pivot;
        }
    }

    /// Whether run @p n is so short that the two before it together are longer.
    [[nodiscard]] bool isBalanced(std::size_t n) const
    {
        return n < 2 || m_runs[n - 2].length > m_runs[n - 1].length + m_runs[n].length;
    }

    /// Of run @p n and the one before it, the one to merge with its right neighbour.
    [[nodiscard]] std::size_t smallerNeighbour(std::size_t n) const
    {
        return n > 0 && m_runs[n - 1].length < m_runs[n + 1].length ? n - 1 : n;
    }

    void collapse()
    {
        while (m_runs.size() > 1) {
            const std::size_t n = m_runs.size() - 2;
            if (!isBalanced(n + 1) || !isBalanced(n))
                mergeAt(smallerNeighbour(n));
            else if (m_runs[n].length <= m_runs[n + 1].length)
                mergeAt(n);
            else
                break;
        }
    }

    void mergeAt(std::size_t i)
    {
        Run a = m_runs[i];
        Run b = m_runs[i + 1];
        m_runs[i].length += b.length;
        m_runs.erase(m_runs.begin() + static_cast<Index>(i) + 1);
        // What already stands in its place on either side is left alone.
        const Index skipped = gallopRight(part(a.base, a.length), at(b.base), 0);
        a.base += skipped;
        a.length -= skipped;
        if (a.length == 0)
            return;
        b.length = gallopLeft(part(b.base, b.length), at(a.base + a.length - 1), b.length - 1);
        if (b.length == 0)
            return;
        if (a.length <= b.length)
            mergeLow(a, b);
        else
            mergeHigh(a, b);
    }

    /// The place before all elements of @p sorted that equal @p key, sought from @p hint in growing steps.
    [[nodiscard]] Index gallopLeft(Elements sorted, std::size_t key, Index hint) const
    {
        const auto isLess = [&](Index i) { return compare(in(sorted, i), key) < 0; };
        Index last = 0;
        Index offset = 1;
        if (isLess(hint)) {
            const Index most = static_cast<Index>(sorted.size()) - hint;
            while (offset < most && isLess(hint + offset))
                step(last, offset);
            offset = std::min(offset, most) + hint;
            last += hint;
        } else {
            const Index most = hint + 1;
            while (offset < most && !isLess(hint - offset))
                step(last, offset);
            offset = std::min(offset, most);
            const Index nearest = hint - last;
            last = hint - offset;
            offset = nearest;
        }
        for (++last; last < offset;) {
            const Index middle = last + (offset - last) / 2;
            if (isLess(middle))
                last = middle + 1;
            else
                offset = middle;
        }
        return offset;
    }

    /// The same, behind all elements that equal @p key.
    [[nodiscard]] Index gallopRight(Elements sorted, std::size_t key, Index hint) const
    {
        const auto isGreater = [&](Index i) { return compare(key, in(sorted, i)) < 0; };
        Index last = 0;
        Index offset = 1;
        if (isGreater(hint)) {
            const Index most = hint + 1;
            while (offset < most && isGreater(hint - offset))
                step(last, offset);
            offset = std::min(offset, most);
            const Index nearest = hint - last;
            last = hint - offset;
            offset = nearest;
        } else {
            const Index most = static_cast<Index>(sorted.size()) - hint;
            while (offset < most && !isGreater(hint + offset))
                step(last, offset);
            offset = std::min(offset, most) + hint;
            last += hint;
        }
        for (++last; last < offset;) {
            const Index middle = last + (offset - last) / 2;
            if (isGreater(middle))
                offset = middle;
            else
                last = middle + 1;
        }
        return offset;
    }

    static void step(Index &last, Index &offset)
    {
        last = offset;
        offset = 2 * offset + 1;
    }

    /// Merges @p a with @p b behind it from the front; @p a is the shorter.
    void mergeLow(Run a, Run b)
    {
        const std::vector<std::size_t> copy(m_work.begin() + a.base, m_work.begin() + a.base + a.length);
        const Elements temp(copy);
        Index dest = a.base;
        Index fromA = 0;
        Index fromB = b.base;
        const auto takeA = [&](Index count) {
            std::copy_n(copy.begin() + fromA, count, m_work.begin() + dest);
            dest += count;
            fromA += count;
            a.length -= count;
        };
        const auto takeB = [&](Index count) {
            std::copy_n(m_work.begin() + fromB, count, m_work.begin() + dest);
            dest += count;
            fromB += count;
            b.length -= count;
        };
        // The last element of a belongs behind all of b. Without any (which takes a comparison that contradicts itself)
        // the rest of b stands where it belongs.
        const auto finish = [&] {
            if (a.length == 0)
                return;
            takeB(b.length);
            takeA(a.length);
        };
        takeB(1);
        if (b.length == 0 || a.length == 1)
            return finish();
        for (Index threshold = m_threshold;;) {
            Index winsA = 0;
            Index winsB = 0;
            while (winsA < threshold && winsB < threshold) {
                if (compare(at(fromB), in(temp, fromA)) < 0) {
                    takeB(1);
                    ++winsB;
                    winsA = 0;
                    if (b.length == 0)
                        return finish();
                } else {
                    takeA(1);
                    ++winsA;
                    winsB = 0;
                    if (a.length == 1)
                        return finish();
                }
            }
            // One run wins so often that its next elements are sought together.
            ++threshold;
            do {
                threshold = m_threshold = std::max<Index>(1, threshold - 1);
                winsA = gallopRight(temp.subspan(static_cast<std::size_t>(fromA)), at(fromB), 0);
                takeA(winsA);
                // Never 0 with a consistent comparison.
                if (winsA > 0 && a.length <= 1)
                    return finish();
                takeB(1);
                if (b.length == 0)
                    return finish();
                winsB = gallopLeft(part(fromB, b.length), in(temp, fromA), 0);
                takeB(winsB);
                if (winsB > 0 && b.length == 0)
                    return finish();
                takeA(1);
                if (a.length == 1)
                    return finish();
            } while (winsA >= winsToGallop || winsB >= winsToGallop);
            m_threshold = ++threshold;
        }
    }

    /// Merges @p a with @p b behind it from the back; @p b is the shorter.
    void mergeHigh(Run a, Run b)
    {
        const std::vector<std::size_t> copy(m_work.begin() + b.base, m_work.begin() + b.base + b.length);
        const Elements temp(copy);
        Index dest = b.base + b.length; // behind the next place
        const auto takeA = [&](Index count) {
            dest -= count;
            a.length -= count;
            std::copy_backward(m_work.begin() + a.base + a.length, m_work.begin() + a.base + a.length + count,
                               m_work.begin() + dest + count);
        };
        const auto takeB = [&](Index count) {
            dest -= count;
            b.length -= count;
            std::copy_n(copy.begin() + b.length, count, m_work.begin() + dest);
        };
        const auto finish = [&] {
            if (b.length == 0)
                return;
            takeA(a.length);
            takeB(b.length);
        };
        takeA(1);
        if (a.length == 0 || b.length == 1)
            return finish();
        for (Index threshold = m_threshold;;) {
            Index winsA = 0;
            Index winsB = 0;
            while (winsA < threshold && winsB < threshold) {
                if (compare(in(temp, b.length - 1), at(a.base + a.length - 1)) < 0) {
                    takeA(1);
                    ++winsA;
                    winsB = 0;
                    if (a.length == 0)
                        return finish();
                } else {
                    takeB(1);
                    ++winsB;
                    winsA = 0;
                    if (b.length == 1)
                        return finish();
                }
            }
            ++threshold;
            do {
                threshold = m_threshold = std::max<Index>(1, threshold - 1);
                winsA = a.length - gallopRight(part(a.base, a.length), in(temp, b.length - 1), a.length - 1);
                takeA(winsA);
                if (winsA > 0 && a.length == 0)
                    return finish();
                takeB(1);
                if (b.length == 1)
                    return finish();
                winsB = b.length - gallopLeft(temp.first(static_cast<std::size_t>(b.length)), at(a.base + a.length - 1),
                                              b.length - 1);
                takeB(winsB);
                if (winsB > 0 && b.length <= 1)
                    return finish();
                takeA(1);
                if (a.length == 0)
                    return finish();
            } while (winsA >= winsToGallop || winsB >= winsToGallop);
            m_threshold = ++threshold;
        }
    }

    static constexpr Index winsToGallop = 7;

    const std::vector<double> &m_keys;
    std::vector<std::size_t> m_work;
    std::vector<Run> m_runs;          ///< sorted, not yet merged
    Index m_threshold = winsToGallop; ///< wins in a row from which on galloping is tried
};

} // namespace

std::vector<std::size_t> arraySortOrder(const std::vector<double> &keys)
{
    return TimSort(keys).sorted();
}

} // namespace rollcall::base
