// Software prefetching for the matrix product: which cache lines each tile requests, so that they
// have arrived when they are needed. The hardware prefetcher follows neither the short rows of a
// block nor columns.
//
// What the tiles of a block of k request: lines that follow one another, two per k (one if B is
// packed), and lines at a stride, one per k.
//
//                     lines that follow one another           lines at a stride
//
//     A has rows      what the caller asks for, or else       A, the same rows in the next block
//                     the rows of B in the next block;
//                     then A, two tiles further down,
//                     if its rows are contiguous
//     A has columns   what the caller asks for, or else B     if they are copied, the columns of A
//                                                             for the product that follows in
//                                                             memory
//     A has offsets   what the caller asks for; if that is    none
//                     nothing, the panel of B that is
//                     read next; then C, the next rows
//     B is packed     the panel of B that is read next        none
//
// If C is transposed, the lines at a stride are the columns of C that will be written.
//
// Each product has one `prefetch_plan`, which distributes the lines evenly over the tiles: the
// processor stalls if too many requests are outstanding.

// Requests a cache line for reading, into the second-level cache.
INLINE void prefetch_line(const float *p) { __builtin_prefetch(p, 0, 2); }

struct prefetch_plan {
  const float *const *ranges;  // what the caller asks for, or the next rows of B
  int64_t count, length;       // how many ranges there are, and how many floats each has
  int64_t range, position;     // the next float to prefetch
  int64_t step;                // the floats per k

  // Lines of A: `a_lines` consecutive cache lines from each of its `a_count` rows (or columns).
  const float *a;
  int64_t a_stride, a_count, a_lines;
  int64_t a_index;             // the next row (or column)
  int64_t a_per_tile;          // the number of lines that each tile prefetches
};

// The floats to prefetch per k, to spread `length` floats evenly over `count` values of k. At most
// the two lines that a k prefetches.
INLINE int64_t prefetch_step(int64_t length, int64_t count) {
  return length < 2 * lanes * count ? (length + count - 1) / count : 2 * lanes;
}

// The plan for a product, with the ranges that the caller asks for. (The pixels under a window are
// in the cache already, but the memory for its features is not. See `plan_panel_prefetch`, too.)
INLINE struct prefetch_plan plan_prefetch(const struct cairn_product *s, int64_t tiles) {
  return (struct prefetch_plan){
      .ranges = s->prefetch, .count = s->prefetch_count, .length = s->prefetch_length,
      .step = s->a.column_offsets
                  ? 2 * lanes
                  : prefetch_step(s->prefetch_count * s->prefetch_length, tiles * s->k)};
}

// The plan for the block [p, p + k) of a product without such ranges: the rows of B that follow the
// block. `next_rows` is storage for their address.
INLINE struct prefetch_plan plan_prefetch_of_b(const struct cairn_product *s,
                                               const float **next_rows, int64_t p, int64_t k,
                                               int64_t tiles) {
  *next_rows = s->b + (p + k) * s->b_row_stride;
  struct prefetch_plan plan = {.ranges = next_rows, .count = 1,
                               .length = smaller(k_block, s->k - p - k) * s->b_row_stride};
  plan.step = prefetch_step(plan.length, tiles * k);
  return plan;
}

// Adds the lines of A to prefetch during the block [p, p + k): if A has rows, those of its next
// block; if its columns are copied, those of the next product, which follow in memory.
INLINE void plan_prefetch_of_a(struct prefetch_plan *plan, const struct cairn_product *s,
                               int copies_a, int64_t p, int64_t k, int64_t tiles) {
  const struct cairn_matrix a = s->a;
  plan->a = copies_a ? a.data + p * a.column_stride + s->m * a.row_stride : a.data + p + k;
  plan->a_stride = copies_a ? a.column_stride : a.row_stride;
  plan->a_count = copies_a ? k : s->m;
  const int64_t length = copies_a               ? s->m
                         : a.column_stride == 1 ? smaller(k_block, s->k - p - k)
                                                : 0;
  plan->a_lines = (length + lanes - 1) / lanes;
  plan->a_index = 0;
  plan->a_per_tile = tiles > 0 ? (plan->a_lines * plan->a_count + tiles - 1) / tiles : 0;
}

// Sets what a tile of so many rows prefetches, and advances the plan.
//
// Where a tile is at most one vector wide, a k has too few multiply-adds to hide requests: the
// first values of k make them all, two lines each, and the others none.
INLINE void plan_tile_prefetch(struct prefetch_plan *plan, struct tile *t,
                               const struct cairn_product *s, int64_t rows) {
  struct tile_prefetch *to = &t->prefetch;
  if (plan->position >= plan->length) plan->range++, plan->position = 0;
  int64_t length = 0;
  to->lines = t->b;
  if (plan->range < plan->count) {
    to->lines = plan->ranges[plan->range] + plan->position;
    length = plan->step * t->k;
  } else if (s->a.column_offsets) {
    to->lines = t->c + rows * s->c_row_stride;
    length = rows * s->c_row_stride;
  } else if (s->a.column_stride == 1 && s->a.row_stride == s->k) {
    to->lines = t->a.data + 2 * rows * s->a.row_stride;
    length = rows * t->k;
  }
  to->step = TILE_VECTORS == 1 && length > 0 ? 2 * lanes : prefetch_step(length, t->k);
  to->count = TILE_VECTORS == 1 ? (length + 2 * lanes - 1) / (2 * lanes) : length > 0 ? t->k : 0;
  plan->position += length;

  if (s->a.column_offsets) return;
  if (s->c_column_stride != 1) {  // the columns of C that will be written
    to->strided = t->c;
    to->stride = s->c_column_stride;
    to->strided_count = t->columns;
    return;
  }
  to->strided = plan->a + plan->a_index * plan->a_stride;
  to->stride = plan->a_stride;
  to->strided_count =
      plan->a_lines > 0 ? smaller(plan->a_per_tile, plan->a_count - plan->a_index) : 0;
  plan->a_index += to->strided_count;
  if (plan->a_index == plan->a_count) plan->a += lanes, plan->a_index = 0, plan->a_lines--;
}

// For a product with offsets: the first tiles of a panel prefetch, two lines of each row per tile,
// the rows of B that are read next: those of the next panel, or after the last panel, those of the
// first panel in the next block of k.
INLINE void plan_panel_prefetch(struct tile *t, const struct cairn_product *s, int64_t p,
                                int64_t j, int64_t vectors, int64_t i) {
  const int64_t next = j + vectors * lanes, column = next + i / TILE_ROWS * 2 * lanes;
  if (next < s->n) {
    if (column >= next + vectors * lanes || column >= s->n) return;
    t->prefetch.lines = s->b + p * s->b_row_stride + column;
  } else {
    if (p + t->k >= s->k || i / TILE_ROWS * 2 * lanes >= TILE_VECTORS * lanes) return;
    t->prefetch.lines = s->b + (p + t->k) * s->b_row_stride + i / TILE_ROWS * 2 * lanes;
  }
  t->prefetch.step = s->b_row_stride;
  t->prefetch.count = t->k;
}

// For a product with packed B: the first tiles of a panel prefetch, one vector of columns each, the
// panel that is read next.
INLINE void plan_packed_prefetch(struct tile *t, const float *next, int64_t vectors,
                                 int64_t number) {
  t->prefetch.lines = next + number * t->b_vector_stride;
  t->prefetch.count = number < vectors ? t->k : 0;
}
