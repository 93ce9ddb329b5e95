const GOODS = ['rope', 'lantern', 'sailcloth', 'tar', 'compass', 'oilskin', 'chart', 'anchor'];

/** The first `count` orders of the shop: the same at every call, so that answers can be compared. */
export function orders(count) {
  return Array.from({ length: count }, (_, index) => ({
    number: 1000 + index,
    item: GOODS[index % GOODS.length],
    quantity: 1 + ((index * 7) % 12),
    priceCents: 250 + ((index * 373) % 9000),
  }));
}
