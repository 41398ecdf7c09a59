// One tile of a matrix product, the unit of work of matmul.h.

// How the operands of a tile are stored: A with strides or with offsets and the rows of B at a
// stride, or A with contiguous rows and each vector of columns of B contiguous ("packed").
enum { strided_form, offset_form, packed_form, tile_forms };

// Blocks along k are so short that a panel of B, TILE_VECTORS wide, stays in the first-level cache:
// it takes 16 KiB, and 24 where it is three vectors wide, as that cache is larger there.
enum { k_block = TILE_VECTORS == 1 ? 256 : 128 };

// What to prefetch during a tile: each of the first `count` values of k prefetches two neighbouring
// cache lines, at `lines`, which advances by `step`. The first `strided_count`, which may be more,
// also prefetch one line each, `stride` apart.
struct tile_prefetch {
  const float *lines, *strided;
  int64_t count, step, stride, strided_count;
};

// The operands of a tile. C has rows, of which the last vector may be incomplete, or if there are
// TRANSPOSED_ROWS rows, columns.
struct tile {
  struct cairn_matrix a;
  const float *b;                   // the first row of B
  int64_t b_row_stride;
  int64_t b_vector_stride;          // between the vectors of a row, if B is packed
  int64_t k;
  float *c;
  int64_t c_row_stride, c_column_stride, columns;
  int accumulate;
  const float *bias;                // or null
  int relu;
  struct tile_prefetch prefetch;
};
