// The order book of cascade_sim once more, in C++: the limit that the compiled Python is measured against.
// Same ladder, same three layers of bits, same pool of linked orders; a ring keeps the latest trades.

#include <algorithm>
#include <cstdint>
#include <vector>

namespace {

constexpr int64_t levels = 1 << 18;
constexpr int64_t ring = 1 << 16;
constexpr int64_t cancel_kind = 1;
constexpr int64_t market_kind = 2;
constexpr int fields = 5;  // of a message: kind, number, side, level, lots

struct Level { uint32_t head, tail; int64_t lots; };
struct Order { int64_t lots; uint32_t level, owner, previous, next; };
struct Trade { int64_t level, lots, taker, maker; };

struct Bits {
    std::vector<uint64_t> low, middle, high;
    Bits() : low(levels >> 6), middle(levels >> 12), high(1) {}

    void set(int64_t i) {
        low[i >> 6] |= 1ull << (i & 63);
        middle[i >> 12] |= 1ull << ((i >> 6) & 63);
        high[0] |= 1ull << (i >> 12);
    }
    void clear(int64_t i) {
        if (low[i >> 6] &= ~(1ull << (i & 63))) return;
        if (middle[i >> 12] &= ~(1ull << ((i >> 6) & 63))) return;
        high[0] &= ~(1ull << (i >> 12));
    }
    // A shift by 64 is undefined, hence the guards at the ends of the ladder.
    int64_t above(int64_t i) const {
        if (++i >= levels) return levels;
        if (uint64_t word = low[i >> 6] >> (i & 63)) return i + __builtin_ctzll(word);
        int64_t j = (i >> 6) + 1;
        if (j >= levels >> 6) return levels;
        if (uint64_t word = middle[j >> 6] >> (j & 63)) return lowest(j + __builtin_ctzll(word));
        int64_t k = (j >> 6) + 1;
        if (k >= levels >> 12) return levels;
        uint64_t word = high[0] >> k;
        if (!word) return levels;
        k += __builtin_ctzll(word);
        return lowest((k << 6) + __builtin_ctzll(middle[k]));
    }
    int64_t below(int64_t i) const {
        if (--i < 0) return -1;
        if (uint64_t word = low[i >> 6] << (63 - (i & 63))) return i - __builtin_clzll(word);
        int64_t j = (i >> 6) - 1;
        if (j < 0) return -1;
        if (uint64_t word = middle[j >> 6] << (63 - (j & 63))) return highest(j - __builtin_clzll(word));
        int64_t k = (j >> 6) - 1;
        if (k < 0) return -1;
        uint64_t word = high[0] << (63 - k);
        if (!word) return -1;
        k -= __builtin_clzll(word);
        return highest((k << 6) + 63 - __builtin_clzll(middle[k]));
    }
    int64_t lowest(int64_t j) const { return (j << 6) + __builtin_ctzll(low[j]); }
    int64_t highest(int64_t j) const { return (j << 6) + 63 - __builtin_clzll(low[j]); }
};

struct Book {
    std::vector<Level> ladder;
    std::vector<Order> orders;
    std::vector<uint32_t> slots;  // by number of the message
    std::vector<Trade> trades;
    Bits bits;
    int64_t bid = -1, ask = levels, count = 0;
    uint32_t free = 1;

    Book(int64_t numbers, int64_t capacity)
        : ladder(levels), orders(capacity + 1), slots(numbers), trades(ring) {
        for (int64_t i = 1; i < capacity; i++) orders[i].next = uint32_t(i + 1);
    }

    void unlink(uint32_t slot) {
        Order& order = orders[slot];
        Level& level = ladder[order.level];
        (order.previous ? orders[order.previous].next : level.head) = order.next;
        (order.next ? orders[order.next].previous : level.tail) = order.previous;
        order.next = free;
        order.lots = 0;
        free = slot;
        if (level.head) return;
        bits.clear(order.level);
        if (order.level == bid) bid = bits.below(bid);
        else if (order.level == ask) ask = bits.above(ask);
    }

    void rest(uint32_t number, int64_t side, int64_t at, int64_t lots) {
        uint32_t slot = free;
        slots[number] = slot;
        if (!slot) return;
        Order& order = orders[slot];
        Level& level = ladder[at];
        free = order.next;
        order = {lots, uint32_t(at), number, level.tail, 0};
        if (level.tail) {
            orders[level.tail].next = slot;
        } else {
            level.head = slot;
            bits.set(at);
            if (side > 0) bid = std::max(bid, at);
            else ask = std::min(ask, at);
        }
        level.tail = slot;
        level.lots += lots;
    }

    int64_t take(uint32_t number, int64_t side, int64_t limit, int64_t lots) {
        while (lots > 0) {
            int64_t best = side > 0 ? ask : bid;
            if (side > 0 ? best > limit || best >= levels : best < limit || best < 0) break;
            uint32_t slot = ladder[best].head;
            Order& order = orders[slot];
            int64_t traded = std::min(lots, order.lots);
            trades[count++ & (ring - 1)] = {best, side * traded, number, order.owner};
            lots -= traded;
            order.lots -= traded;
            ladder[best].lots -= traded;
            if (!order.lots) unlink(slot);
        }
        return lots;
    }

    void cancel(uint32_t number) {
        uint32_t slot = slots[number];
        Order& order = orders[slot];
        if (!slot || !order.lots || order.owner != number) return;
        ladder[order.level].lots -= order.lots;
        unlink(slot);
    }
};

}  // namespace

extern "C" {

Book* twin_open(int64_t numbers, int64_t capacity) { return new Book(numbers, capacity); }

void twin_close(Book* book) { delete book; }

const Trade* twin_trades(const Book* book) { return book->trades.data(); }

// Handle messages; returns the number of trades so far.
int64_t twin_run(Book* book, const int64_t* rows, int64_t messages) {
    for (const int64_t* row = rows; row != rows + fields * messages; row += fields) {
        uint32_t number = uint32_t(row[1]);
        if (row[0] == cancel_kind) {
            book->cancel(number);
        } else {
            int64_t side = row[2];
            bool is_market = row[0] == market_kind;
            int64_t limit = !is_market ? row[3] : side > 0 ? levels - 1 : 1;
            int64_t left = book->take(number, side, limit, row[4]);
            if (left > 0 && !is_market) book->rest(number, side, limit, left);
        }
    }
    return book->count;
}

}
